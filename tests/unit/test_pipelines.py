"""Pipelines and item types: what they refuse (R5, R21)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from crm.fields import Field, FieldType
from crm.pipelines import ItemType, Pipeline, Semantics, Stage, stage_reference


def a_pipeline(written: str) -> Pipeline:
    """From `a b +c -d`: the stages a and b in progress, c won and d lost."""
    semantics = {"+": Semantics.WON, "-": Semantics.LOST}
    stages = tuple(
        Stage(code=code.lstrip("+-"), semantics=semantics.get(code[0], Semantics.IN_PROGRESS))
        for code in written.split()
    )
    return Pipeline(item_type="deal", code="sales", stages=stages)


@pytest.mark.parametrize("written", ["a", "a b c", "a +b", "a -b", "a b +c -d", "a b -c +d -e"])
def test_won_and_lost_stages_stand_after_all_in_progress(written: str) -> None:
    assert " ".join(stage.code for stage in a_pipeline(written).stages) == written.replace("+", "").replace(
        "-", ""
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("a +b c", "stage 'c' is in progress but stands after 'b', which is won", id="after won"),
        pytest.param(
            "a -b c", "stage 'c' is in progress but stands after 'b', which is lost", id="after lost"
        ),
        pytest.param("+a b", "must begin with a stage in progress", id="won first"),
        pytest.param("-a", "must begin with a stage in progress", id="nothing but lost"),
        pytest.param("", "must begin with a stage in progress", id="no stage"),
        pytest.param("a b a", "stage 'a' stands twice in pipeline 'sales'", id="a stage twice"),
    ],
)
def test_any_other_order_is_refused(written: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_pipeline(written)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param("a +b c", ("stages", 2), id="after won"),
        pytest.param("a b a", ("stages", 2, "code"), id="a stage twice"),
        pytest.param("+a b", ("stages",), id="won first"),
    ],
)
def test_the_place_of_a_wrong_order_is_named(written: str, place: tuple[int | str, ...]) -> None:
    with pytest.raises(ValidationError) as refusal:
        a_pipeline(written)
    assert [problem["loc"] for problem in refusal.value.errors()] == [place]


@pytest.mark.parametrize("code", ["", "A", "1a", "a b", "a_b", "a/b", "a:b", "é", "a\n", "a" * 64])
def test_what_is_no_code_of_a_stage_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        Stage(code=code)


@pytest.mark.parametrize(
    ("semantics", "closed"),
    [(Semantics.IN_PROGRESS, False), (Semantics.WON, True), (Semantics.LOST, True)],
)
def test_won_and_lost_are_closed(semantics: Semantics, closed: bool) -> None:
    assert semantics.closed is closed


def test_a_stage_is_named_with_its_pipeline() -> None:
    assert stage_reference("deal", "sales", "contract-approval") == "deal:sales/contract-approval"
    assert a_pipeline("a").reference == "deal:sales"
    assert a_pipeline("a +b").stage_references == ("deal:sales/a", "deal:sales/b")


@pytest.mark.parametrize("code", ["stage", "pipeline", "responsible"])
def test_what_every_item_has_already_is_no_field(code: str) -> None:
    with pytest.raises(ValidationError, match=f"'{code}' can't be the code of a field"):
        ItemType(code="deal", fields=(Field(code=code, type=FieldType.STRING),))


def test_a_field_is_declared_once() -> None:
    field = Field(code="note", type=FieldType.STRING)
    with pytest.raises(ValidationError, match="field 'note' is declared twice"):
        ItemType(code="deal", fields=(field, field))
    assert ItemType(code="deal", fields=(field,)).field_map() == {"note": field}


@pytest.mark.parametrize("code", ["contact", "company", "user"])
def test_what_clients_and_users_are_called_is_no_code_of_a_type(code: str) -> None:
    with pytest.raises(ValidationError, match=f"{code}:7 is no item") as refusal:
        ItemType(code=code)
    assert [problem["loc"] for problem in refusal.value.errors()] == [("code",)]


def test_the_place_of_a_field_that_is_declared_twice_is_named() -> None:
    field = Field(code="note", type=FieldType.STRING)
    with pytest.raises(ValidationError) as refusal:
        ItemType(code="deal", fields=(field, field))
    assert [problem["loc"] for problem in refusal.value.errors()] == [("fields", 1, "code")]
