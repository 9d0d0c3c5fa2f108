"""What becomes of an automation when the stages or the fields that it rests on change (R21)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crm.automations import Automation, Trigger, TriggerState
from crm.fields import Field, FieldType
from crm.pipelines import Pipeline, Semantics, Stage
from crm.upkeep import Followed, fits, follow, triggers_using
from crm.values import Json
from tests.support.builders import ANN, FIELDS, PIPELINE, a_row, a_trigger, an_automation, watching

INVOICE_STAGES = ("invoice:billing/draft", "invoice:billing/paid")


def followed(
    automation: Automation,
    pipeline: Pipeline = PIPELINE,
    fields: Sequence[Field] = FIELDS,
    others: Sequence[str] = INVOICE_STAGES,
) -> Followed | None:
    """The automation after the change; `others` are the stages of other pipelines."""
    return follow(automation, pipeline, fields, (ANN,), (*pipeline.stage_references, *others))


def disabled(automation: Automation, **changed: object) -> dict[str, str | None]:
    """Why which triggers are disabled by the change, by id."""
    found = followed(automation, **changed)  # type: ignore[arg-type]
    assert found is not None
    assert found.before is automation
    assert found.after.revision == automation.revision + 1
    kept = [one for one in found.after.triggers if one not in found.disabled]
    assert kept == [one for one in automation.triggers if one.id in {trigger.id for trigger in kept}]
    assert {one.state for one in found.disabled} <= {TriggerState.DISABLED}
    return {one.id: one.disabled_because for one in found.disabled}


def without_stages(*codes: str) -> Pipeline:
    stages = tuple(stage for stage in PIPELINE.stages if stage.code not in codes)
    return PIPELINE.model_copy(update={"stages": stages})


def without_fields(*codes: str) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if field.code not in codes)


def with_field(changed: Field) -> tuple[Field, ...]:
    return tuple(changed if field.code == changed.code else field for field in FIELDS)


def moved_to(stage: str, trigger_id: str = "linked", **others: object) -> Trigger:
    return a_trigger(trigger_id, "s3", "linked_item_moved", settings={"stage": stage}, **others)


def test_where_nothing_changes_there_is_no_revision() -> None:
    assert followed(an_automation(watching("one", "s2", "note"))) is None


@pytest.mark.parametrize(
    "stages",
    [
        pytest.param((Stage(code="s0"), *PIPELINE.stages), id="a stage more"),
        pytest.param((Stage(code="s1", title="First"), *PIPELINE.stages[1:]), id="another title"),
        pytest.param((PIPELINE.stages[1], PIPELINE.stages[0], *PIPELINE.stages[2:]), id="another order"),
        pytest.param(
            (*PIPELINE.stages[:5], Stage(code="s6", semantics=Semantics.WON), *PIPELINE.stages[6:]),
            id="other semantics",
        ),
    ],
)
def test_stages_that_stay_keep_their_triggers(stages: tuple[Stage, ...]) -> None:
    automation = an_automation(watching("one", "s2", "note"), moved_to("deal:sales/s6"))
    changed = PIPELINE.model_copy(update={"stages": stages})
    assert disabled(automation, pipeline=changed) == {}


def test_a_trigger_on_a_removed_stage_is_disabled_and_the_others_keep_working() -> None:
    automation = an_automation(watching("on-it", "s2", "note"), watching("on-another", "s3", "note"))
    assert disabled(automation, pipeline=without_stages("s2", "lost")) == {
        "on-it": "stage: pipeline deal:sales has no stage 's2'; its stages are s1, s3, s4, s5, s6, won"
    }


def test_a_trigger_that_waits_for_a_removed_stage_of_another_pipeline_is_disabled() -> None:
    automation = an_automation(moved_to("invoice:billing/paid"), moved_to("invoice:billing/draft", "other"))
    assert disabled(automation, others=["invoice:billing/draft"]) == {
        "linked": "settings.stage: pipeline invoice:billing has no stage 'paid'; its stages are draft"
    }


def test_a_trigger_that_waits_for_a_removed_stage_of_its_own_pipeline_is_disabled() -> None:
    automation = an_automation(moved_to("deal:sales/s1"))
    assert disabled(automation, pipeline=without_stages("s1", "s6", "lost"), others=()) == {
        "linked": "settings.stage: pipeline deal:sales has no stage 's1'; its stages are s2, s3, s4, s5, won"
    }


def test_triggers_that_watch_or_test_a_removed_field_are_disabled() -> None:
    automation = an_automation(
        watching("watches", "s2", "contract", "note"),
        watching(
            "tests", "s2", "contract", condition=[a_row("contract", "not empty"), a_row("note", "=", "x")]
        ),
        watching("neither", "s2", "contract"),
    )
    assert disabled(automation, fields=without_fields("note")) == {
        "watches": "settings.fields[1].field: unknown field 'note'",
        "tests": "condition[1].field: there is no field 'note'",
    }


def test_a_trigger_whose_operator_the_new_type_does_not_allow_is_disabled() -> None:
    automation = an_automation(
        watching("greater", "s2", "contract", condition=[a_row("score", ">", 5)]),
        watching("equal", "s2", "contract", condition=[a_row("score", "=", "5")]),
        watching("watches", "s2", "score"),
    )
    found = disabled(automation, fields=with_field(Field(code="score", type=FieldType.STRING)))
    assert list(found) == ["greater"]
    assert str(found["greater"]).startswith("condition[0].operator: ")


def test_every_reason_is_given() -> None:
    automation = an_automation(watching("one", "s2", "note", condition=[a_row("due", "empty")]))
    found = disabled(automation, pipeline=without_stages("s2"), fields=without_fields("note", "due"))
    assert [reason.partition(":")[0] for reason in str(found["one"]).split("; ") if ": " in reason] == [
        "stage",
        "settings.fields[0].field",
        "condition[0].field",
    ]


@pytest.mark.parametrize("state", [TriggerState.DRAFT, TriggerState.DISABLED])
def test_drafts_and_disabled_triggers_stay_as_they_are(state: TriggerState) -> None:
    automation = an_automation(watching("one", "s2", "note", state=state))
    assert disabled(automation, pipeline=without_stages("s2"), fields=without_fields("note")) == {}


def test_the_triggers_that_use_a_field_are_those_that_watch_or_test_it() -> None:
    automation = an_automation(
        watching("watches", "s2", "contract", "note"),
        watching("tests", "s2", "contract", condition=[a_row("note", "empty")]),
        watching("neither", "s2", "contract"),
        watching("draft", "s2", "note", state=TriggerState.DRAFT),
        a_trigger("unknown", "s2", "a_kind_of_later_code"),
    )
    assert [one.id for one in triggers_using(automation, ["note"])] == ["watches", "tests"]
    assert [one.id for one in triggers_using(automation, ["score", "contract"])] == [
        "watches",
        "tests",
        "neither",
    ]


@pytest.mark.parametrize(
    ("field_type", "multiple", "stored", "expected"),
    [
        pytest.param("string", False, "12", True, id="text"),
        pytest.param("integer", False, "12", True, id="a number in text"),
        pytest.param("integer", False, "twelve", False, id="a word as integer"),
        pytest.param("integer", False, None, True, id="null"),
        pytest.param("integer", False, "", True, id="empty text"),
        pytest.param("string", False, 12, False, id="a number as text"),
        pytest.param("boolean", False, False, True, id="false"),
        pytest.param("integer", False, 0, True, id="zero"),
        pytest.param("date", False, "2026-11-21", True, id="a date"),
        pytest.param("date", False, "2026-11-31", False, id="no date"),
        pytest.param("string", True, "one", True, id="one value where there may be several"),
        pytest.param("string", False, ["one"], False, id="a list where there may be one"),
        pytest.param("integer", True, ["1", "2"], True, id="a list that fits"),
        pytest.param("integer", True, ["1", "two"], False, id="a list that fits in part"),
        pytest.param("money", False, {"amount": None, "currency": "EUR"}, True, id="money without an amount"),
    ],
)
def test_what_fits_a_field(field_type: str, multiple: bool, stored: Json, expected: bool) -> None:
    assert fits(Field(code="f", type=FieldType(field_type), multiple=multiple), stored) is expected


def test_an_option_that_was_removed_still_fits() -> None:
    assert fits(Field(code="f", type=FieldType.ENUMERATION, options=("open",)), "done")
