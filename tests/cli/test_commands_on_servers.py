"""Commands against real servers: what they refuse before anything is sent, what they tell, how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.support.workbench import unused_number


async def new_deal(run: Run, *options: str) -> str:
    """A deal with a number of its own, responsible is user 5; its reference."""
    number = str(unused_number())
    status, output, errors = await run(
        "item", "create", "deal", "--id", number, "--responsible", "5", *options
    )
    assert (status, output, errors) == (0, f"deal:{number}\n", "")
    return output.strip()


async def test_an_event_is_told_with_its_move_its_author_and_its_trigger(run: Run) -> None:
    deal = await new_deal(run, "--stage", "negotiation")
    status, output, _ = await run("event", "field-changed", deal, "contract=file-17", "--actor", "4")
    assert status == 0
    assert (
        f"{deal} moved from Negotiation to Contract approval in the name of Clara Rossi (sales), user 5, "
        'by the trigger "Contract uploaded".'
    ) in output
    assert "came after the winner" in output


async def test_an_event_is_answered_in_json_and_nothing_else(run: Run) -> None:
    deal = await new_deal(run, "--stage", "contract-approval")
    arguments = ("event", "document-executed", deal, "d-1", "--event-id", "edi-9", "--json")
    status, output, errors = await run(*arguments)
    answer: Any = json.loads(output)
    assert (status, errors) == (0, "")
    assert answer["outcome"]["event_id"] == "edi-9"
    assert answer["outcome"]["to_stage"] == "won"
    assert answer["outcome"]["author"] == 1
    assert [one["reason"] for one in answer["considered"]] == ["won"]

    status, output, _ = await run(*arguments)
    assert status == 0
    assert json.loads(output)["outcome"]["duplicate"] is True


async def test_a_rejected_event_is_a_failure(run: Run) -> None:
    deal = await new_deal(run)
    status, output, _ = await run("event", "document-executed", deal, "")
    assert status == 1
    assert "The event was rejected: data.document" in output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("event", "field-changed", "deal:42", "amuont=1"), "did you mean 'amount'?", id="unknown field"
        ),
        pytest.param(
            ("event", "field-changed", "deal:42", "close_on=soon"), "write it as 2026-11-21", id="wrong value"
        ),
        pytest.param(
            ("event", "responsible-changed", "deal:42", "77"), "there is no user 77", id="unknown user"
        ),
        pytest.param(
            ("event", "document-executed", "deal:41", "d"), "there is no item deal:41", id="unknown item"
        ),
        pytest.param(
            ("event", "document-executed", "dael:42", "d"), "did you mean 'deal'?", id="unknown item type"
        ),
        pytest.param(("item", "move", "deal:42", "wno"), "did you mean 'won'?", id="unknown stage"),
        pytest.param(("item", "create", "deal", "--id", "42"), "deal:42 exists already", id="taken number"),
        pytest.param(
            ("automation", "show", "deal:sale"), "did you mean 'deal:sales'?", id="unknown pipeline"
        ),
        pytest.param(
            ("event", "responsible-changed", "deal:42", "5", "--temporal-address", "127.0.0.1:1"),
            "no Temporal server answers at 127.0.0.1:1",
            id="no Temporal",
        ),
    ],
)
async def test_what_can_not_be_done_is_refused_with_what_can(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    status, output, errors = await run(*arguments)
    assert (status, output) == (1, "")
    assert errors.startswith("error: ")
    assert told in errors


async def test_an_item_is_shown_with_its_stage_its_timeline_and_its_decisions(run: Run) -> None:
    deal = await new_deal(run, "--stage", "new", "--title", "Pumps", "amount=12.50 EUR")
    await run("item", "move", deal, "negotiation", "--actor", "4")

    _, shown, _ = await run("item", "show", deal)
    assert "New → In progress → [Negotiation] → Contract approval → Won | Lost" in shown
    assert "12.50 EUR" in shown
    _, timeline, _ = await run("item", "timeline", deal)
    assert "moved from New to Negotiation" in timeline
    assert "Tom Weber (sales), user 4" in timeline
    moved = f"{deal} moved from New to Negotiation in the name of Tom Weber (sales), user 4, by hand."
    _, decisions, _ = await run("item", "decisions", deal)
    assert moved in decisions


async def test_an_automation_is_shown_changed_and_saved_and_a_save_on_an_older_revision_is_refused(
    run: Run, tmp_path: Path
) -> None:
    _, text, _ = await run("automation", "show", "deal:sales")
    file = tmp_path / "sales.yaml"
    file.write_text(text.replace("Contract uploaded", "Signed contract uploaded"), encoding="utf-8")

    status, output, _ = await run("automation", "save", "deal:sales", str(file), "--author", "1")
    assert status == 0
    assert "contract-uploaded was changed: name" in output

    status, _, errors = await run("automation", "save", "deal:sales", str(file))
    assert status == 1
    assert "your changes are based on revision" in errors
    assert "contract-uploaded was changed: name" in errors


async def test_a_file_that_breaks_a_rule_is_refused_with_the_line(run: Run, tmp_path: Path) -> None:
    _, text, _ = await run("automation", "show", "deal:sales")
    file = tmp_path / "sales.yaml"
    broken = text.replace("field: contract", "field: contrct")
    file.write_text(broken, encoding="utf-8")
    line = next(number for number, one in enumerate(broken.splitlines(), 1) if "- field: contrct" in one)

    status, output, errors = await run("automation", "save", "deal:sales", str(file))
    assert (status, output) == (1, "")
    assert f"line {line}, triggers[2].condition[0].field: there is no field 'contrct'" in errors


async def test_an_event_of_any_kind_is_sent_and_its_outcome_told(run: Run, tmp_path: Path) -> None:
    _, text, _ = await run("automation", "show", "deal:sales")
    file = tmp_path / "sales.yaml"
    trigger = {
        "id": "called-back",
        "kind": "task_status_changed",
        "stage": "in-progress",
        "state": "enabled",
        "settings": {
            "status": "done",
            "condition": [{"field": "title", "operator": "contains", "value": "call"}],
        },
    }
    file.write_text(f"{text.rstrip()}\n  - {json.dumps(trigger)}\n", encoding="utf-8")
    status, _, errors = await run("automation", "save", "deal:sales", str(file))
    assert (status, errors) == (0, "")

    deal = await new_deal(run, "--stage", "new")
    send = ("event", "send", "task_status_changed", deal, "status=done")
    status, output, _ = await run(*send, 'task={"title": "Write"}')
    assert status == 0
    assert f"{deal} stays on New: no trigger matched." in output
    status, output, _ = await run(*send, 'task={"title": "Call back"}', "--actor", "4")
    assert status == 0
    assert f"{deal} moved from New to In progress" in output
    status, output, errors = await run(*send, "--no-wait")
    assert (status, errors) == (0, "")
    assert f"Sent to {deal}" in output
