"""Commands that change item types and stages, against real servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.support.workbench import unused_number

PERMIT = """\
code: permit
title: Permit
fields:
  - {code: channel, type: enumeration, title: Channel, options: [Desk, Post]}
  - {code: area, type: string}
"""
RECEIPT = """\
pipeline: permit:receipt
title: Receipt
stages:
  - {code: received, title: Received}
  - {code: checked, title: Checked}
  - {code: granted, title: Granted, semantics: won}
"""
RECEIPT_TRIGGERS = """\
pipeline: permit:receipt
revision: 1
triggers:
  - id: measured
    kind: field_changed
    stage: checked
    state: enabled
    settings: {fields: [{field: area}]}
  - id: large
    kind: field_changed
    stage: granted
    state: enabled
    settings: {fields: [{field: channel}]}
    condition: [{field: area, operator: contains, value: ha}]
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a file for a command; its path."""

    def write_file(text: str) -> str:
        file = tmp_path / "given.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write_file


@pytest.fixture
async def permits(run: Run, write: Any) -> Run:
    """Runs commands where there is a smart process with a pipeline and two triggers."""
    for text, command in (
        (PERMIT, ("type", "save")),
        (RECEIPT, ("pipeline", "save")),
        (RECEIPT_TRIGGERS, ("automation", "save", "permit:receipt")),
    ):
        status, _, errors = await run(*command, write(text))
        assert (status, errors) == (0, "")
    return run


async def new_permit(run: Run, *others: str) -> str:
    status, output, errors = await run("item", "create", "permit", "--id", str(unused_number()), *others)
    assert (status, errors) == (0, "")
    return output.strip()


async def test_a_smart_process_is_saved_with_its_pipeline(run: Run, write: Any) -> None:
    status, output, _ = await run("type", "save", write(PERMIT), "--author", "1")
    assert (status, output) == (
        0,
        (
            "permit, a new smart process:\n"
            "  channel is new, enumeration\n"
            "  area is new, string\n"
            "permit needs stages: `crm-triggers pipeline save`\n"
        ),
    )
    status, output, _ = await run("pipeline", "save", write(RECEIPT))
    assert (status, output) == (
        0,
        (
            "permit:receipt, a new pipeline:\n"
            "  received is new, in_progress\n"
            "  checked is new, in_progress\n"
            "  granted is new, won\n"
            "permit:receipt is at revision 1 now\n"
        ),
    )

    _, listed, _ = await run("type", "list")
    assert [line.split() for line in listed.splitlines() if "permit" in line] == [
        ["permit", "Permit", "smart", "process", "2", "permit:receipt"]
    ]
    _, listed, _ = await run("pipeline", "list", "permit", "--json")
    assert [(one["pipeline"], one["revision"], len(one["stages"])) for one in json.loads(listed)] == [
        ("permit:receipt", 1, 3)
    ]


async def test_what_is_shown_and_saved_again_changes_nothing(permits: Run, write: Any) -> None:
    for group, name in (("type", "permit"), ("pipeline", "permit:receipt"), ("type", "deal")):
        _, text, _ = await permits(group, "show", name)
        status, output, _ = await permits(group, "save", write(text))
        assert (status, output) == (0, f"nothing to save: {name} is like this already\n")


async def test_a_field_that_triggers_use_is_removed_only_with_consent(permits: Run, write: Any) -> None:
    await new_permit(permits, "area=3 ha")
    file = write(PERMIT.replace("  - {code: area, type: string}\n", ""))

    status, output, errors = await permits("type", "save", file)
    assert (status, output) == (1, "")
    assert errors == (
        "error: nothing was saved; if all of this is wanted, add --yes\n"
        "permit:\n"
        "  area is removed: 1 item has a value in it, which nothing reads any more\n"
        "Then:\n"
        "  trigger measured of permit:receipt is disabled: settings.fields[0].field: unknown field 'area'\n"
        "  trigger large of permit:receipt is disabled: condition[0].field: there is no field 'area'\n"
    )

    status, output, _ = await permits("type", "save", file, "--yes")
    assert status == 0
    assert output.splitlines()[2:] == [
        "permit:receipt is at revision 3 now",
        "  measured is disabled: settings.fields[0].field: unknown field 'area'",
        "  large is disabled: condition[0].field: there is no field 'area'",
    ]


async def test_a_field_gets_another_type_and_what_does_not_fit_is_counted(permits: Run, write: Any) -> None:
    await new_permit(permits, "area=3 ha")
    await new_permit(permits, "area=4")
    file = write(PERMIT.replace("{code: area, type: string}", "{code: area, type: number}"))

    status, _, errors = await permits("type", "save", file)
    assert status == 1
    assert "  area becomes number, it was string: 1 item has a value that does not fit" in errors
    assert "  triggers of permit:receipt go on with another type of area: measured\n" in errors
    assert "  trigger large of permit:receipt is disabled: condition[0].operator: " in errors

    status, output, _ = await permits("type", "save", file, "--yes", "--json")
    assert status == 0
    [revision] = json.loads(output)["revisions"]
    assert (revision["pipeline"], revision["revision"]) == ("permit:receipt", 3)
    assert [one["trigger"] for one in revision["disabled"]] == ["large"]


async def test_a_change_that_harms_nothing_is_saved_at_once(permits: Run, write: Any) -> None:
    renamed = RECEIPT.replace("title: Checked", "title: Was checked").replace(
        "  - {code: granted", "  - {code: signed}\n  - {code: granted"
    )
    status, output, _ = await permits("pipeline", "save", write(renamed))
    assert (status, output) == (
        0,
        (
            "permit:receipt:\n"
            "  checked is called 'Was checked', it was 'Checked'\n"
            "  signed is new, in_progress\n"
            "permit:receipt is at revision 3 now\n"
        ),
    )


async def test_the_items_of_a_deleted_stage_are_listed_and_moved_in_one_command(
    permits: Run, write: Any
) -> None:
    items = sorted([await new_permit(permits, "--stage", "checked") for _ in range(3)])
    elsewhere = await new_permit(permits)
    file = write(RECEIPT.replace("  - {code: checked, title: Checked}\n", ""))

    status, _, errors = await permits("pipeline", "save", file)
    assert status == 1
    assert "  checked is removed: 3 items stand there\n" in errors
    assert "  trigger measured of permit:receipt is disabled: stage: pipeline permit:receipt has no" in errors
    status, output, _ = await permits("pipeline", "save", file, "--yes", "--author", "1")
    assert (status, output.splitlines()[2]) == (0, "permit:receipt is at revision 3 now")

    _, output, _ = await permits("item", "stranded", "permit:receipt", "--json")
    assert json.loads(output) == [{"stage": "permit:receipt/checked", "items": 3, "first": items}]
    _, output, _ = await permits("item", "stranded", "--limit", "1")
    [row] = [line for line in output.splitlines() if "permit:receipt/checked  " in line]
    assert row.split() == ["permit:receipt/checked", "3", f"{items[0]},", "..."]
    _, output, _ = await permits("item", "show", items[0])
    assert "checked" in output

    move = ("item", "move-all", "permit:receipt/checked", "received", "--actor", "5")
    _, output, _ = await permits(*move, "--dry-run")
    assert output == "3 items would be moved from permit:receipt/checked to received.\n"
    status, output, errors = await permits(*move)
    assert (status, output) == (0, "3 items moved from permit:receipt/checked to received.\n"), errors
    status, output, _ = await permits(*move)
    assert (status, output) == (0, "No item stands on permit:receipt/checked.\n")
    _, output, _ = await permits(*move, "--json")
    assert json.loads(output) == {
        "from": "permit:receipt/checked",
        "to": "received",
        "moved": 0,
        "unchanged": 0,
        "failed": [],
        "not_tried": 0,
    }
    _, output, _ = await permits("item", "stranded")
    assert output == "Every item stands on a stage of its pipeline.\n"

    _, output, _ = await permits("item", "timeline", items[1])
    assert "moved from checked to Received" in output
    assert "user 5" in output
    _, output, _ = await permits("item", "timeline", elsewhere)
    assert "moved" not in output


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        pytest.param(("type", "show", "dael"), 1, "did you mean 'deal'?", id="unknown type"),
        pytest.param(
            ("pipeline", "show", "deal:sale"), 1, "did you mean 'deal:sales'?", id="unknown pipeline"
        ),
        pytest.param(("pipeline", "list", "dael"), 1, "did you mean 'deal'?", id="pipelines of unknown type"),
        pytest.param(("item", "stranded", "deal:sale"), 1, "did you mean 'deal:sales'?", id="stranded where"),
        pytest.param(
            ("item", "move-all", "deal:sales/new", "wno"), 1, "did you mean 'won'?", id="to nowhere"
        ),
        pytest.param(
            ("item", "move-all", "deal:sales/won", "won"), 1, "on won already", id="to where they are"
        ),
        pytest.param(("item", "move-all", "new", "won"), 2, "is no stage with its", id="no reference"),
        pytest.param(
            ("item", "move-all", "deal:sales/new", "won", "--actor", "77"), 1, "no user 77", id="unknown user"
        ),
    ],
)
async def test_what_is_not_there_is_refused(
    run: Run, arguments: tuple[str, ...], status: int, told: str
) -> None:
    ended, output, errors = await run(*arguments)
    assert (ended, output) == (status, "")
    assert told in " ".join(errors.split())


@pytest.mark.parametrize(
    ("group", "text", "told"),
    [
        pytest.param("type", "code: user\nfields: []", "line 1, code: user:7 is no item", id="type"),
        pytest.param(
            "pipeline",
            RECEIPT + "  - {code: late}",
            "line 7, stages[3]: stage 'late' is in progress but stands after 'granted'",
            id="pipeline",
        ),
        pytest.param(
            "pipeline", RECEIPT.replace("permit:", "premit:"), "there is no item type 'premit'", id="its type"
        ),
    ],
)
async def test_a_file_that_breaks_a_rule_is_refused(
    run: Run, write: Any, group: str, text: str, told: str
) -> None:
    status, output, errors = await run(group, "save", write(text))
    assert (status, output) == (1, "")
    assert told in errors
