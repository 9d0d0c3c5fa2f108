"""The kinds about linked items, the responsible person and HR documents: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.automations import check
from crm.errors import Refused
from crm.values import Json
from tests.support.builders import a_trigger, an_automation
from tests.support.matching import fires

PAID: dict[str, Json] = {
    "item": "invoice:7",
    "from": "invoice:main/sent",
    "to": "invoice:main/paid",
    "to_semantics": "won",
}
MOVED: dict[str, Json] = {"item": "invoice:7", "to": "invoice:main/paid"}


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, PAID, True, id="any move"),
        pytest.param({}, MOVED, True, id="any move, little known"),
        pytest.param({"item_type": "", "stage": "", "semantics": ""}, PAID, True, id="empty is any"),
        pytest.param({"item_type": "invoice"}, MOVED, True, id="the type"),
        pytest.param({"item_type": "deal"}, MOVED, False, id="another type"),
        pytest.param({"item_type": "invoice_draft"}, MOVED, False, id="a longer type"),
        pytest.param({"stage": "invoice:main/paid"}, MOVED, True, id="the stage"),
        pytest.param({"stage": "invoice:main/sent"}, PAID, False, id="the stage that it left"),
        pytest.param({"stage": "invoice:old/paid"}, PAID, False, id="the same stage of another pipeline"),
        pytest.param({"item_type": "invoice", "stage": "invoice:main/paid"}, PAID, True, id="type and stage"),
        pytest.param({"semantics": "won"}, PAID, True, id="the semantics"),
        pytest.param({"semantics": "lost"}, PAID, False, id="other semantics"),
        pytest.param({"semantics": "won"}, MOVED, False, id="semantics unknown"),
        pytest.param(
            {"item_type": "deal", "semantics": "won"}, PAID, False, id="the semantics, another type"
        ),
    ],
)
def test_a_linked_item_fires_by_its_type_and_where_it_moved(
    settings: Json, data: Json, matches: bool
) -> None:
    assert fires("linked_item_moved", settings, data) is matches


@pytest.mark.parametrize(
    ("settings", "place", "reason"),
    [
        pytest.param(
            {"stage": "deal:sales/won", "semantics": "won"},
            "semantics",
            "give a stage or semantics, not both",
            id="both",
        ),
        pytest.param(
            {"item_type": "invoice", "stage": "deal:sales/won"},
            "stage",
            "deal:sales/won is no stage of the type invoice",
            id="a stage of another type",
        ),
        pytest.param(
            {"stage": "won"},
            "stage",
            "'won' is no stage with its pipeline; write it as deal:sales/won",
            id="bare",
        ),
    ],
)
def test_where_a_linked_item_moved_is_said_in_one_way(settings: Json, place: str, reason: str) -> None:
    automation = an_automation(a_trigger("one", "s2", "linked_item_moved", settings=settings))
    with pytest.raises(Refused) as refusal:
        check(automation, ())
    assert str(refusal.value) == f"triggers[0].settings.{place}: {reason}"


@pytest.mark.parametrize(
    ("settings", "matches"),
    [
        pytest.param({}, True, id="any phase"),
        pytest.param({"phase": ""}, True, id="empty is any"),
        pytest.param({"phase": "signing"}, True, id="the phase"),
        pytest.param({"phase": "completed"}, False, id="another phase"),
    ],
)
def test_an_hr_document_fires_by_its_phase(settings: Json, matches: bool) -> None:
    data: Json = {"document": "hr-1", "phase": "signing"}
    assert fires("employee_document_progressed", settings, data) is matches


@pytest.mark.parametrize(
    ("users", "new", "matches"),
    [
        pytest.param([], 7, True, id="anybody"),
        pytest.param(None, None, True, id="null is anybody, and nobody"),
        pytest.param([7, 8], 7, True, id="one of them"),
        pytest.param(["user:7"], "7", True, id="in whatever form"),
        pytest.param([7, 8], 9, False, id="none of them"),
        pytest.param([7, 8], None, False, id="nobody"),
    ],
)
def test_a_new_responsible_person_fires_by_who_it_is(users: Json, new: Json, matches: bool) -> None:
    assert fires("responsible_changed", {"new_responsible": users}, {"new": new}) is matches
