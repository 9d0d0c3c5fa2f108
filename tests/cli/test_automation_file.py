"""An automation as a file."""

from __future__ import annotations

import pytest

from crm.automations import Automation, Trigger, TriggerState, check
from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.pipelines import Pipeline, Semantics, Stage
from starter.automation_changes import changes_between
from starter.automation_file import read_automation_file, write_automation_file

PIPELINE = Pipeline(
    item_type="deal",
    code="sales",
    stages=(
        Stage(code="new"),
        Stage(code="approval"),
        Stage(code="won", semantics=Semantics.WON),
    ),
)
FIELDS = (
    Field(code="contract", type=FieldType.FILE),
    Field(code="close_on", type=FieldType.DATE),
    Field(code="note", type=FieldType.STRING),
)
UPLOADED = Trigger(
    id="uploaded",
    kind="field_changed",
    stage="approval",
    name="Contract: uploaded",
    condition=(
        {"field": "close_on", "operator": ">", "value": "2026-11-21", "join": "or"},
        {"field": "note", "operator": "=", "value": "no"},
    ),
    on_behalf_of=1,
    allow_previous_stage=True,
    settings={"fields": [{"field": "contract", "was": None}, {"field": "note", "becomes": "12"}]},
    state=TriggerState.ENABLED,
)
DRAFT = Trigger(id="signed", kind="document_executed", stage="won")
LOST_ITS_FIELD = Trigger(
    id="old",
    kind="field_changed",
    stage="won",
    state=TriggerState.DISABLED,
    disabled_because="settings.fields[0].field: unknown field 'gone'",
)
AUTOMATION = Automation(
    pipeline=PIPELINE, fields=FIELDS, triggers=(UPLOADED, DRAFT, LOST_ITS_FIELD), revision=7
)


def test_a_file_that_was_written_is_read_back_as_the_same_triggers() -> None:
    content, _ = read_automation_file(write_automation_file(AUTOMATION))
    assert content.pipeline == "deal:sales"
    assert content.revision == 7
    assert content.triggers == (UPLOADED, DRAFT, LOST_ITS_FIELD)


def test_a_file_leaves_out_what_is_as_it_would_be_anyway_but_shows_that_a_draft_is_one() -> None:
    text = write_automation_file(AUTOMATION.model_copy(update={"triggers": (DRAFT,)}))
    assert text == (
        "# Stages: new, approval, won\n"
        "pipeline: deal:sales\n"
        "revision: 7\n"
        "triggers:\n"
        "  - id: signed\n"
        "    kind: document_executed\n"
        "    stage: won\n"
        "    state: draft\n"
    )


HEAD = "pipeline: deal:sales\nrevision: 7\ntriggers:\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("- a", "line 1, the file: ", id="no object"),
        pytest.param("revision: 7\ntriggers: []", "line 1, pipeline: it is missing", id="no pipeline"),
        pytest.param(f"{HEAD}  []\nauthor: 5", "line 5, author: there is no such setting", id="unknown key"),
        pytest.param(
            f"{HEAD}  - id: a\n    kind: x\n    stage: won\n    nmae: y",
            "line 7, triggers[0].nmae: there is no such setting",
            id="unknown key of a trigger",
        ),
        pytest.param(
            f"{HEAD}  - id: a\n    kind: x", "line 4, triggers[0].stage: it is missing", id="no stage"
        ),
        pytest.param(
            f"{HEAD}  - id: a b\n    kind: x\n    stage: won",
            "line 4, triggers[0].id: it is not written as it must be",
            id="id with a blank",
        ),
        pytest.param(
            f"{HEAD}  - id: a\n    kind: x\n    stage: won\n    condition:\n    - amount",
            "line 8, triggers[0].condition[0]: ",
            id="row that is no object",
        ),
        pytest.param(
            f"{HEAD}  []".replace("deal:sales", "sales"),
            "line 1, pipeline: it is not written as it must be",
            id="pipeline without its type",
        ),
        pytest.param(f"{HEAD}  []".replace("7", "-1"), "line 2, revision: ", id="negative revision"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_its_place(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_automation_file(text)
    assert str(refusal.value).startswith(problem)


def test_problems_that_the_domain_finds_have_their_lines_in_the_file() -> None:
    text = (
        f"{HEAD}  - id: a\n    kind: field_changed\n    stage: won\n    state: enabled\n"
        "    settings:\n      fields:\n        - field: contrct\n"
    )
    content, document = read_automation_file(text)
    with pytest.raises(Refused) as refusal:
        check(AUTOMATION.model_copy(update={"triggers": content.triggers}), [])
    assert str(document.located(refusal.value.problems)) == (
        "line 10, triggers[0].settings.fields[0].field: unknown field 'contrct'; did you mean 'contract'?"
    )


@pytest.mark.parametrize(
    ("triggers", "sentences"),
    [
        pytest.param((UPLOADED, DRAFT, LOST_ITS_FIELD), [], id="nothing"),
        pytest.param((UPLOADED, DRAFT), ["old was deleted"], id="deleted"),
        pytest.param(
            (UPLOADED, DRAFT, LOST_ITS_FIELD, DRAFT.model_copy(update={"id": "b"})),
            ["b was added on won"],
            id="added",
        ),
        pytest.param(
            (UPLOADED, DRAFT.model_copy(update={"stage": "new", "name": "N"}), LOST_ITS_FIELD),
            ["signed was changed: stage, name"],
            id="changed",
        ),
        pytest.param(
            (DRAFT, UPLOADED, LOST_ITS_FIELD), ["the order of the triggers was changed"], id="order"
        ),
    ],
)
def test_what_a_revision_changed_is_told_trigger_by_trigger(
    triggers: tuple[Trigger, ...], sentences: list[str]
) -> None:
    assert changes_between(AUTOMATION, AUTOMATION.model_copy(update={"triggers": triggers})) == sentences
