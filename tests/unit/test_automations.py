"""What can't be saved, with the place of each error (R21), and the standard settings (R1)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from crm.automations import Automation, Trigger, TriggerState, check
from crm.errors import Refused
from tests.support.builders import ANN, BOB, a_row, a_trigger, an_automation, watching

USERS = (ANN, BOB)


def problems(automation: Automation) -> dict[str, str]:
    """The messages by their places."""
    with pytest.raises(Refused) as refusal:
        check(automation, USERS)
    places = [problem.place for problem in refusal.value.problems]
    assert len(set(places)) == len(places)
    return {problem.place: problem.message for problem in refusal.value.problems}


# ------------------------------------------------------------------------- the standard settings (R1)


def test_a_trigger_has_four_standard_settings_with_defaults() -> None:
    trigger = Trigger(id="one", kind="field_changed", stage="s2")
    assert trigger.title == "Field changed"
    assert trigger.condition == ()
    assert trigger.on_behalf_of is None
    assert trigger.allow_previous_stage is False
    assert trigger.state is TriggerState.DRAFT


def test_a_trigger_is_called_by_its_name() -> None:
    assert (
        Trigger(id="one", kind="field_changed", stage="s2", name="Contract uploaded").title
        == "Contract uploaded"
    )


@pytest.mark.parametrize("trigger_id", ["", "One", "-one", "a b", "a/b", "a" * 64])
def test_what_is_no_id_of_a_trigger_is_refused(trigger_id: str) -> None:
    with pytest.raises(ValidationError):
        Trigger(id=trigger_id, kind="field_changed", stage="s2")


# ------------------------------------------------------------------------------ scenario 14, and more


def test_a_complete_automation_is_accepted() -> None:
    check(
        an_automation(
            watching(
                "one", "s2", "note", {"field": "status", "was": None, "becomes": "done"}, on_behalf_of=BOB
            ),
            a_trigger("two", "won", "responsible_changed", condition=[a_row("responsible", "in", [ANN])]),
        ),
        USERS,
    )


SETTINGS = {
    "an empty list of watched fields": ({"fields": []}, "fields", "at least 1 item"),
    "no watched fields": ({}, "fields", "required"),
    "an unknown setting": ({"fields": [{"field": "note"}], "more": 1}, "more", "not permitted"),
    "a watched field without a name": ({"fields": [{"was": 1}]}, "fields[0].field", "required"),
    "an unknown setting of a watched field": (
        {"fields": [{"field": "note", "is": 1}]},
        "fields[0].is",
        "not permitted",
    ),
    "an unknown watched field": ({"fields": [{"field": "notes"}]}, "fields[0].field", "did you mean 'note'?"),
    "the stage as watched field": ({"fields": [{"field": "stage"}]}, "fields[0].field", "is no field"),
    "the pipeline as watched field": ({"fields": [{"field": "pipeline"}]}, "fields[0].field", "is no field"),
    "the responsible person as watched field": (
        {"fields": [{"field": "note"}, {"field": "responsible"}]},
        "fields[1].field",
        "is no field",
    ),
    "a value that is no date, before": (
        {"fields": [{"field": "due", "was": "soon"}]},
        "fields[0].was",
        "'soon' is no date",
    ),
    "a value that is no date, after": (
        {"fields": [{"field": "note"}, {"field": "due", "becomes": "soon"}]},
        "fields[1].becomes",
        "'soon' is no date",
    ),
    "a value that is no option": (
        {"fields": [{"field": "status", "becomes": "lost"}]},
        "fields[0].becomes",
        "lost",
    ),
    "a file that becomes a certain one": (
        {"fields": [{"field": "contract", "becomes": "f-1"}]},
        "fields[0].becomes",
        "can only be compared with null",
    ),
}


@pytest.mark.parametrize(("settings", "place", "message"), SETTINGS.values(), ids=SETTINGS.keys())
def test_wrong_settings_are_refused_with_their_place(
    settings: dict[str, object], place: str, message: str
) -> None:
    trigger = a_trigger("one", "s2", "field_changed", settings=settings)
    [(found, reason)] = problems(an_automation(trigger)).items()
    assert found == f"triggers[0].settings.{place}"
    assert message in reason


CONDITIONS = {
    "an unknown field": (a_row("notes", "=", "a"), "field", "did you mean 'note'?"),
    "the stage, which is no field": (a_row("stage", "=", "s2"), "field", "there is no field 'stage'"),
    "an operator that the type does not allow": (a_row("urgent", ">", True), "operator", "boolean"),
    "a value that is no date": (a_row("due", ">", "soon"), "value", "'soon' is no date"),
    "a value that is missing": (a_row("due", ">"), "value", "missing"),
    "reversed limits": (a_row("score", "between", [9, 1]), "value", "reversed"),
    "one value of a list": (a_row("score", "in", [1, "x"]), "value[1]", "'x'"),
}


@pytest.mark.parametrize(("row", "place", "message"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_a_wrong_condition_is_refused_with_its_place(
    row: dict[str, object], place: str, message: str
) -> None:
    trigger = a_trigger("one", "s2", condition=[a_row("note", "not empty"), row])
    [(found, reason)] = problems(an_automation(trigger)).items()
    assert found == f"triggers[0].condition[1].{place}"
    assert message in reason


def test_an_unknown_kind_stage_or_user_is_refused_with_its_place() -> None:
    found = problems(an_automation(a_trigger("one", "s9", "burnt", on_behalf_of=404)))
    assert found["triggers[0].stage"].startswith(
        "pipeline deal:sales has no stage 's9'; its stages are s1, s2"
    )
    assert found["triggers[0].on_behalf_of"] == "there is no user 404"
    assert found["triggers[0].kind"].startswith("unknown kind 'burnt'; known are field_changed, ")


def test_every_error_of_every_trigger_is_named_at_once() -> None:
    wrong = a_trigger(
        "two",
        "s9",
        "field_changed",
        settings={"fields": [{"field": "due", "was": "soon", "becomes": "later"}, {"field": "nothing"}]},
        condition=[a_row("nothing", "=", 1), a_row("urgent", ">", True)],
    )
    automation = an_automation(a_trigger("one", "s2"), wrong, a_trigger("three", "s2", "burnt"))
    assert list(problems(automation)) == [
        "triggers[1].stage",
        "triggers[1].settings.fields[0].was",
        "triggers[1].settings.fields[0].becomes",
        "triggers[1].settings.fields[1].field",
        "triggers[1].condition[0].field",
        "triggers[1].condition[1].operator",
        "triggers[2].kind",
    ]


STAGES = ("deal:sales/won", "invoice:billing/draft", "invoice:billing/paid")


@pytest.mark.parametrize(
    ("stage", "problem"),
    [
        pytest.param("invoice:billing/paid", None, id="another pipeline's"),
        pytest.param("deal:sales/won", None, id="its own pipeline's"),
        pytest.param(
            "invoice:billing/payd",
            "pipeline invoice:billing has no stage 'payd'; its stages are draft, paid",
            id="unknown stage",
        ),
        pytest.param("invoice:main/paid", "there is no pipeline invoice:main", id="unknown pipeline"),
    ],
)
def test_a_stage_that_settings_name_must_be_there(stage: str, problem: str | None) -> None:
    def naming(state: TriggerState) -> Automation:
        return an_automation(
            a_trigger("one", "s2", "linked_item_moved", settings={"stage": stage}, state=state)
        )

    check(naming(TriggerState.DRAFT), USERS, STAGES)
    # Where the stages of other pipelines are not known.
    check(naming(TriggerState.ENABLED), USERS)
    if problem is None:
        check(naming(TriggerState.ENABLED), USERS, STAGES)
        return
    with pytest.raises(Refused) as refusal:
        check(naming(TriggerState.ENABLED), USERS, STAGES)
    assert [str(one) for one in refusal.value.problems] == [f"triggers[0].settings.stage: {problem}"]


@pytest.mark.parametrize("state", [TriggerState.DRAFT, TriggerState.DISABLED])
def test_drafts_and_disabled_triggers_are_saved_as_they_are(state: TriggerState) -> None:
    unfinished = a_trigger(
        "one", "s9", "burnt", state=state, on_behalf_of=404, condition=[a_row("nothing", "=", 1)]
    )
    check(an_automation(unfinished, a_trigger("two", "s2", "field_changed", state=state)), USERS)


def test_no_two_triggers_have_one_id_not_even_drafts() -> None:
    automation = an_automation(
        a_trigger("one", "s2"), a_trigger("two", "s2"), a_trigger("one", "s3", state=TriggerState.DRAFT)
    )
    assert problems(automation) == {"triggers[2].id": "'one' is the id of triggers[0] too"}


def test_a_draft_may_be_saved_with_a_condition_that_is_not_finished() -> None:
    unfinished = [{"field": "note"}, {"operator": "="}]
    check(an_automation(watching("one", "s2", condition=unfinished, state=TriggerState.DRAFT)), USERS)
    assert problems(an_automation(watching("one", "s2", "note", condition=unfinished))).keys() == {
        "triggers[0].condition[0].operator",
        "triggers[0].condition[1].field",
    }
