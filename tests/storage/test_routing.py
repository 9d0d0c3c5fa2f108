"""To which items a client event goes (R18); every expectation is written by hand."""

from __future__ import annotations

import pytest

from crm.pipelines import Pipeline
from storage.database import Database
from storage.portal import Portal
from tests.support.routing import (
    BOTH,
    COMPANY_1,
    CONTACT_1,
    KIND,
    OFFICE,
    OTHER_KIND,
    RECEPTION,
    STAGES,
    Placed,
    enabled,
    names,
    place,
    publish,
    route,
)


@pytest.mark.parametrize(
    ("address", "placed", "items"),
    [
        pytest.param(CONTACT_1, [], [], id="no item at all"),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "contact:1", day=3),
                Placed("deal:3", "contact:1", day=2),
            ],
            ["deal:2"],
            id="of deals the one modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:9", "contact:1"),
                Placed("deal:10", "contact:1"),
                Placed("deal:8", "contact:1"),
            ],
            ["deal:10"],
            id="of deals modified at once the highest number",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1", day=1), Placed("lead:1", "contact:1", day=2)],
            ["deal:1"],
            id="a deal before a lead modified later",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", stage="won"),
                Placed("lead:1", "contact:1", day=2),
                Placed("lead:2", "contact:1", day=3),
                Placed("lead:3", "contact:1", day=3, stage="lost"),
            ],
            ["lead:2"],
            id="without a deal in progress the lead modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "contact:1", day=2, stage="won"),
                Placed("deal:3", "contact:1", day=3, stage="lost"),
            ],
            ["deal:1"],
            id="closed deals get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("quote:1", "contact:1"),
                Placed("invoice:1", "contact:1"),
            ],
            [],
            id="quotes and invoices get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:2"),
                Placed("lead:1", "contact:3"),
                Placed("procurement:1", "contact:2 contact:3"),
                Placed("deal:2", ""),
            ],
            [],
            id="items of other clients get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", day=1),
                Placed("procurement:2", "contact:1", day=2),
                Placed("repair:1", "contact:1", stage="late"),
                Placed("procurement:3", "contact:1", stage="won"),
                Placed("deal:1", "contact:1"),
            ],
            ["deal:1", "procurement:1", "procurement:2", "repair:1"],
            id="every smart process in progress, besides the deal",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", pipeline="unwatched"),
                Placed("procurement:2", "contact:1", pipeline="main"),
            ],
            ["procurement:2"],
            id="drafts, disabled triggers and other kinds don't count",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1", day=1), Placed("deal:2", "company:1", day=2)],
            ["deal:1"],
            id="the contact's deal before its company's",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("lead:1", "contact:1"), Placed("deal:1", "company:1")],
            ["deal:1"],
            id="per item type: the company's deal before the contact's lead",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", stage="won"),
                Placed("deal:2", "company:1", day=1),
                Placed("deal:3", "company:2", day=2),
            ],
            ["deal:3"],
            id="of all its companies' deals the one modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", pipeline="unwatched"),
                Placed("procurement:2", "company:1"),
                Placed("repair:1", "company:1"),
                Placed("repair:2", "company:2"),
            ],
            ["repair:1", "repair:2"],
            id="the contact wins per item type before triggers are looked at",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1 company:1", day=1), Placed("deal:2", "contact:2 company:1", day=2)],
            ["deal:1"],
            id="linked to the contact and the company is linked to the contact",
        ),
        pytest.param(
            COMPANY_1,
            [
                Placed("deal:1", "contact:1", day=3),
                Placed("deal:2", "company:1", day=1),
                Placed("deal:3", "contact:2 company:1", day=2),
            ],
            ["deal:3"],
            id="a company's own items, not its people's",
        ),
        pytest.param({"client": "contact:9"}, [Placed("deal:1", "contact:1")], [], id="no such client"),
        pytest.param({"phone": "02 9999999"}, [Placed("deal:1", "contact:1")], [], id="nobody's number"),
        pytest.param({"email": "A@B.IT"}, [Placed("deal:1", "contact:1")], ["deal:1"], id="by email address"),
        pytest.param(
            {"phone": "+39 02 1111111"},
            [Placed("deal:1", "contact:1"), Placed("deal:3", "contact:3"), Placed("lead:3", "contact:3")],
            ["deal:1", "deal:3"],
            id="each item of two people with one number",
        ),
        pytest.param(
            {"phone": BOTH},
            [
                Placed("deal:1", "contact:1 contact:3", day=2),
                Placed("deal:3", "contact:3", day=1),
                Placed("procurement:1", "contact:1 contact:3"),
            ],
            ["deal:1", "procurement:1"],
            id="an item that two people with one number share once",
        ),
        pytest.param(
            {"phone": BOTH},
            [Placed("deal:1", "contact:1"), Placed("lead:3", "contact:3")],
            ["deal:1", "lead:3"],
            id="one's deal does not stand in the way of the other's lead",
        ),
        pytest.param(
            {"phone": OFFICE},
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "company:1", day=2),
                Placed("repair:1", "company:1"),
            ],
            ["deal:1", "repair:1"],
            id="the contact wins over its company also where both have the number",
        ),
        pytest.param(
            {"phone": RECEPTION},
            [Placed("deal:1", "contact:3", day=1), Placed("deal:2", "company:1", day=2)],
            ["deal:1", "deal:2"],
            id="a contact and a company that is not its own",
        ),
    ],
)
async def test_a_client_event_goes_to(
    world: Database, address: dict[str, str], placed: list[Placed], items: list[str]
) -> None:
    await place(world, *placed)

    routed = await route(world, address)

    assert names(routed.items) == items
    assert not routed.duplicate


async def test_an_item_on_a_deleted_stage_is_not_in_progress(world: Database) -> None:
    await place(
        world, Placed("deal:1", "contact:1", stage="late", day=2), Placed("deal:2", "contact:1", day=1)
    )
    without_late = tuple(stage for stage in STAGES if stage.code != "late")

    await Portal(world).define_pipeline(Pipeline(item_type="deal", code="main", stages=without_late))

    assert names((await route(world, CONTACT_1)).items) == ["deal:2"]


async def test_the_triggers_that_count_are_those_of_the_current_revision(world: Database) -> None:
    await place(world, Placed("procurement:1", "contact:1"))

    assert names((await route(world, CONTACT_1, "e-1")).items) == ["procurement:1"]
    await publish(world, "procurement", "main", enabled(OTHER_KIND))
    assert names((await route(world, CONTACT_1, "e-2")).items) == []
    await publish(world, "procurement", "main", enabled(KIND))
    assert names((await route(world, CONTACT_1, "e-3")).items) == ["procurement:1"]


async def test_a_trigger_whose_stage_was_deleted_counts_no_more(world: Database) -> None:
    await place(world, Placed("repair:1", "contact:1"))
    without_late = tuple(stage for stage in STAGES if stage.code != "late")

    await Portal(world).define_pipeline(Pipeline(item_type="repair", code="main", stages=without_late))

    assert names((await route(world, CONTACT_1)).items) == []
