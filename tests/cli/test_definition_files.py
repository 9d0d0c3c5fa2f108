"""Item types and pipelines as files, and what a new definition changes, in words."""

from __future__ import annotations

import pytest

from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from starter.definition_changes import pipeline_changes, type_changes
from starter.pipeline_file import read_pipeline_file, write_pipeline_file
from starter.type_file import read_type_file, write_type_file

CHANNEL = Field(
    code="channel", type=FieldType.ENUMERATION, title="Channel", options=("Desk", "no", "12"), multiple=True
)
DEADLINE = Field(code="deadline", type=FieldType.DATETIME)
PERMIT = ItemType(code="permit", title="Permit: to build", fields=(CHANNEL, DEADLINE))

NEW = Stage(code="new", title="New")
CHECK = Stage(code="check")
WON = Stage(code="won", title="Won", semantics=Semantics.WON)
SALES = Pipeline(item_type="deal", code="sales", title="Sales", stages=(NEW, CHECK, WON))


def test_a_type_that_was_written_is_read_back() -> None:
    assert read_type_file(write_type_file(PERMIT)) == PERMIT


def test_a_type_is_written_without_what_is_as_it_would_be_anyway() -> None:
    assert write_type_file(PERMIT.model_copy(update={"fields": (DEADLINE,)})) == (
        "code: permit\n"
        "title: 'Permit: to build'\n"
        "fields:\n"
        "  - code: deadline\n"
        "    type: datetime\n"
    )  # fmt: skip


def test_a_pipeline_that_was_written_is_read_back() -> None:
    assert read_pipeline_file(write_pipeline_file(SALES)) == SALES


def test_a_pipeline_is_written_without_what_is_as_it_would_be_anyway() -> None:
    assert write_pipeline_file(SALES) == (
        "pipeline: deal:sales\n"
        "title: Sales\n"
        "stages:\n"
        "  - code: new\n"
        "    title: New\n"
        "  - code: check\n"
        "  - code: won\n"
        "    title: Won\n"
        "    semantics: won\n"
    )


TYPE_HEAD = "code: permit\nfields:\n  - {code: note, type: string}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("- a", "line 1, the file: ", id="no object"),
        pytest.param("title: Permit\nfields: []", "line 1, code: it is missing", id="no code"),
        pytest.param("code: permit", "line 1, fields: it is missing", id="no fields"),
        pytest.param("code: Permit\nfields: []", "line 1, code: it is not written as it must be", id="code"),
        pytest.param(
            "title: x\ncode: contact\nfields: []", "line 2, code: contact:7 is no item", id="a client"
        ),
        pytest.param(f"{TYPE_HEAD}colour: red", "line 4, colour: there is no such setting", id="unknown key"),
        pytest.param(
            f"{TYPE_HEAD}  - {{code: size, type: whole}}",
            "line 4, fields[1].type: Input should be",
            id="type",
        ),
        pytest.param(f"{TYPE_HEAD}  - code: size", "line 4, fields[1].type: it is missing", id="no type"),
        pytest.param(
            f"{TYPE_HEAD}  - type: date\n    code: note",
            "line 5, fields[1].code: field 'note' is declared twice",
            id="a field twice",
        ),
        pytest.param(
            f"{TYPE_HEAD}  - {{code: stage, type: string}}",
            "line 4, fields[1].code: 'stage' can't be the code of a field",
            id="what every item has",
        ),
    ],
)
def test_what_is_wrong_in_a_type_is_named_with_its_line_and_its_place(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_type_file(text)
    assert str(refusal.value).startswith(problem)


PIPELINE_HEAD = "pipeline: deal:sales\nstages:\n  - code: new\n  - {code: won, semantics: won}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("stages: [{code: new}]", "line 1, pipeline: it is missing", id="no pipeline"),
        pytest.param(
            PIPELINE_HEAD.replace("deal:", ""),
            "line 1, pipeline: it is not written as it must be",
            id="no type",
        ),
        pytest.param("pipeline: deal:sales", "line 1, stages: it is missing", id="no stages"),
        pytest.param(
            "pipeline: deal:sales\nstages: []",
            "line 2, stages: pipeline 'sales' must begin with a stage in progress",
            id="empty stages",
        ),
        pytest.param(
            f"{PIPELINE_HEAD}  - code: check",
            "line 5, stages[2]: stage 'check' is in progress but stands after 'won', which is won",
            id="in progress after won",
        ),
        pytest.param(
            f"{PIPELINE_HEAD}  - semantics: lost\n    code: won",
            "line 6, stages[2].code: stage 'won' stands twice",
            id="a stage twice",
        ),
        pytest.param(
            f"{PIPELINE_HEAD}  - {{code: lost, semantics: failed}}",
            "line 5, stages[2].semantics: Input should be",
            id="semantics",
        ),
        pytest.param(
            f"{PIPELINE_HEAD}  - {{code: Lost, semantics: lost}}",
            "line 5, stages[2].code: it is not written as it must be",
            id="code",
        ),
        pytest.param(f"{PIPELINE_HEAD}triggers: []", "line 5, triggers: there is no such", id="unknown key"),
    ],
)
def test_what_is_wrong_in_a_pipeline_is_named_with_its_line_and_its_place(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_pipeline_file(text)
    assert str(refusal.value).startswith(problem)


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        pytest.param((CHANNEL, DEADLINE), [], id="nothing"),
        pytest.param(
            (CHANNEL, Field(code="area", type=FieldType.NUMBER, multiple=True), DEADLINE),
            ["area is new, multiple number"],
            id="added",
        ),
        pytest.param((CHANNEL,), ["deadline is removed: noted"], id="removed"),
        pytest.param(
            (CHANNEL, Field(code="deadline", type=FieldType.DATE, title="Until")),
            ["deadline becomes date, it was datetime, is called 'Until', it was '': noted"],
            id="retyped and renamed",
        ),
        pytest.param(
            (CHANNEL.model_copy(update={"multiple": False, "options": ("Desk",)}), DEADLINE),
            [
                (
                    "channel becomes enumeration, it was multiple enumeration, "
                    "has the options Desk, it had the options Desk, no, 12"
                )
            ],
            id="single, with fewer options",
        ),
        pytest.param(
            (DEADLINE, CHANNEL), ["the fields stand in another order: deadline, channel"], id="order"
        ),
    ],
)
def test_what_changes_in_a_type_is_told_field_by_field(
    fields: tuple[Field, ...], sentences: list[str]
) -> None:
    changed = PERMIT.model_copy(update={"fields": fields})
    assert type_changes(PERMIT, changed, {"deadline": "noted"}) == sentences


def test_another_title_is_told() -> None:
    titled = "it is called 'Permit', it was 'Permit: to build'"
    assert type_changes(PERMIT, PERMIT.model_copy(update={"title": "Permit"}), {}) == [titled]
    assert pipeline_changes(SALES, SALES.model_copy(update={"title": ""}), {}) == [
        "it is called '', it was 'Sales'"
    ]


@pytest.mark.parametrize(
    ("stages", "sentences"),
    [
        pytest.param((NEW, CHECK, WON), [], id="nothing"),
        pytest.param((NEW, Stage(code="sign"), CHECK, WON), ["sign is new, in_progress"], id="added"),
        pytest.param((NEW, WON), ["check is removed: noted"], id="removed"),
        pytest.param(
            (Stage(code="new", title="Fresh"), CHECK, WON),
            ["new is called 'Fresh', it was 'New'"],
            id="renamed",
        ),
        pytest.param(
            (NEW, WON.model_copy(update={"semantics": Semantics.LOST})),
            ["won becomes lost, it was won", "check is removed: noted"],
            id="other semantics",
        ),
        pytest.param((CHECK, NEW, WON), ["the stages stand in another order: check, new, won"], id="order"),
    ],
)
def test_what_changes_in_a_pipeline_is_told_stage_by_stage(
    stages: tuple[Stage, ...], sentences: list[str]
) -> None:
    changed = SALES.model_copy(update={"stages": stages})
    assert pipeline_changes(SALES, changed, {"check": "noted"}) == sentences


def test_what_is_new_is_told_whole() -> None:
    assert type_changes(None, PERMIT, {}) == [
        "channel is new, multiple enumeration",
        "deadline is new, datetime",
    ]
    assert pipeline_changes(None, SALES, {}) == [
        "new is new, in_progress",
        "check is new, in_progress",
        "won is new, won",
    ]
