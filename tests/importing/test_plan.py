"""The plan: items and their messages in the order of time, under ids that never change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm.items import ItemRef
from starter.importing.errors import MappingRefused
from starter.importing.mapping_file import parse_mapping
from starter.importing.plan import Person, make_plan
from starter.importing.rows import parse_log
from tests.importing.desk import ANN, BOB, MAPPING, OLD, csv_of, plan_of, two_cases


def test_a_case_becomes_an_item_made_from_its_first_row() -> None:
    plan = plan_of(*two_cases())
    assert [one.ref for one in plan.items] == [ItemRef("request", 1), ItemRef("request", 2)]
    first = plan.items[0]
    assert (first.title, first.responsible, first.fields) == ("Request case-1", ANN, {"amount": 100})
    assert first.created_at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert plan.users == (Person(ANN, "Ann", True), Person(OLD, "Old", False), Person(BOB, "Bob", True))


def test_a_save_that_changes_fields_and_the_person_raises_fields_first_and_shows_the_person_in_both() -> None:
    check, handed, sent, letter = plan_of(*two_cases()).items[0].messages
    assert check.content == {
        "event_id": "desk:case-1:r2:fields",
        "kind": "field_changed",
        "data": {"changes": {"state": {"new": "checked"}}, "responsible": BOB},
        "occurred_at": "2026-01-05T09:20:00+01:00",
        "source": "import",
        "actor": BOB,
    }
    assert (handed.event_id, handed.kind, handed.data) == (
        "desk:case-1:r2:responsible",
        "responsible_changed",
        {"new": BOB},
    )
    assert (sent.event_id, sent.data) == ("desk:case-1:r3:fields", {"changes": {"state": {"new": "sent"}}})
    assert (letter.event_id, letter.kind, letter.data) == (
        "desk:case-1:r3:document",
        "document_executed",
        {"document": "case-1:letter", "template": "letter"},
    )


def test_only_a_person_other_than_the_last_one_is_a_responsible_change() -> None:
    plan = plan_of(
        "case-1,r1,2026-01-05T09:00:00Z,receive,Ann,Ann,1,",
        "case-1,r2,2026-01-05T09:01:00Z,receive,Bob,Ann,1,",
        "case-1,r3,2026-01-05T09:02:00Z,receive,Bob,Ann,1,",
        "case-1,r4,2026-01-05T09:03:00Z,receive,,Ann,1,",
        "case-1,r5,2026-01-05T09:04:00Z,receive,Ann,Ann,1,",
    )
    assert [(one.event_id, one.data) for one in plan.items[0].messages] == [
        ("desk:case-1:r2:responsible", {"new": BOB}),
        ("desk:case-1:r5:responsible", {"new": ANN}),
    ]


def test_messages_stand_in_the_order_of_time_and_rows_of_one_time_in_that_of_the_file() -> None:
    plan = plan_of(
        "case-1,late,2026-01-05T12:00:00+01:00,check,Ann,Ann,1,",
        "case-1,b,2026-01-05T09:00:00+01:00,check,Ann,Ann,2,",
        "case-1,a,2026-01-05T08:00:00+00:00,check,Ann,Ann,3,",
        "case-1,early,2026-01-05T09:30:00+02:00,check,Ann,Ann,4,",
    )
    assert [one.event_id for one in plan.items[0].messages] == [
        "desk:case-1:early:fields",
        "desk:case-1:b:fields",
        "desk:case-1:a:fields",
        "desk:case-1:late:fields",
    ]
    assert plan.items[0].fields == {"amount": 4}


def test_the_same_log_is_the_same_plan_whatever_stands_around_a_case() -> None:
    both = plan_of(*two_cases())
    alone = plan_of(*[line for line in two_cases() if line.startswith("case-2")])
    assert alone.items == (both.items[1],)


def test_a_suppressed_import_says_so_in_every_message() -> None:
    messages = [one for item in plan_of(*two_cases(), suppress=True).items for one in item.messages]
    assert {one.content["automation"] for one in messages} == {"suppress"}


def test_two_persons_who_are_one_user_are_refused() -> None:
    file = parse_mapping(MAPPING.replace("Bob: 7", "Bob: 5"), "desk.yaml")
    log = parse_log(csv_of(two_cases()), file.mapping, "desk.csv")
    with pytest.raises(MappingRefused, match=r"desk\.yaml:3: users: 'Ann' and 'Bob' are both user 5"):
        make_plan(file, log)


def test_a_trigger_that_acts_for_nobody_in_the_log_is_refused() -> None:
    text = MAPPING.replace("    stage: done\n", "    stage: done\n    on_behalf_of: 8\n")
    file = parse_mapping(text, "desk.yaml")
    log = parse_log(csv_of(two_cases()), file.mapping, "desk.csv")
    with pytest.raises(
        MappingRefused, match=r"desk.yaml:31: triggers\[2\].on_behalf_of: user 8 is nobody in the log"
    ):
        make_plan(file, log)
