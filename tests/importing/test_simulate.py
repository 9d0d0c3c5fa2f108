"""The simulation, against a case worked out by hand."""

from __future__ import annotations

from crm.decisions import Verdict
from starter.importing.simulate import SimulatedMove, simulate
from tests.importing.desk import ANN, BOB, OLD, desk, plan_of, two_cases

ACTIVE = frozenset({ANN, BOB})


def test_two_requests_end_where_they_must() -> None:
    bobs, olds = simulate(plan_of(*two_cases()), desk().mapping.automation(), ACTIVE)

    assert (bobs.item.stage, bobs.item.responsible, bobs.item.arrival) == ("done", BOB, 4)
    assert bobs.item.fields == {"amount": 100, "state": "sent"}
    assert bobs.item.executed_documents == ("case-1:letter",)
    assert bobs.verdicts == (
        ("desk:case-1:r2:fields", Verdict.MOVED),
        ("desk:case-1:r2:responsible", Verdict.MOVED),
        ("desk:case-1:r3:fields", Verdict.NO_TRIGGER_MATCHED),
        ("desk:case-1:r3:document", Verdict.MOVED),
    )
    # The first move is Bob's already: both events of a save see the item as it left it.
    assert bobs.moves == (
        SimulatedMove("desk:case-1:r2:fields", "checking", "checked", BOB),
        SimulatedMove("desk:case-1:r2:responsible", "deciding", "handed-to-bob", BOB),
        SimulatedMove("desk:case-1:r3:document", "done", "letter-sent", BOB),
    )

    assert (olds.item.stage, olds.item.responsible) == ("checking", OLD)
    assert olds.verdicts == (
        ("desk:case-2:r2:fields", Verdict.MOVED),
        ("desk:case-2:r2:responsible", Verdict.NO_TRIGGER_MATCHED),
        ("desk:case-2:r3:fields", Verdict.NO_TRIGGER_MATCHED),
        ("desk:case-2:r3:document", Verdict.NO_TRIGGER_MATCHED),
        ("desk:case-2:r4:fields", Verdict.NO_CHANGE),
        ("desk:case-2:r4:document", Verdict.NO_CHANGE),
    )
    # Old is inactive: the system stands in.
    assert olds.moves == (SimulatedMove("desk:case-2:r2:fields", "checking", "checked", None),)


def test_suppressed_events_change_the_item_and_move_nothing() -> None:
    bobs, _ = simulate(plan_of(*two_cases(), suppress=True), desk().mapping.automation(), ACTIVE)
    assert (bobs.item.stage, bobs.item.responsible, bobs.moves) == ("new", BOB, ())
    assert bobs.item.fields == {"amount": 100, "state": "sent"}
    assert {verdict for _, verdict in bobs.verdicts} == {Verdict.SUPPRESSED}
