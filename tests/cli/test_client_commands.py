"""Clients, links and client events at the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run
from tests.support.workbench import unused_number

VIEWED = ("client", "event", "document_viewed", "document=d-1", "template=offer")


async def a_contact(run: Run) -> str:
    """A contact of company:3 of the examples; its reference."""
    status, output, errors = await run(
        *("client", "create", "contact", "--name", "Marta Rossi", "--phone", "+39 02 7654321"),
        *("--email", "Marta@Example.com", "--company", "company:3"),
    )
    assert (status, output, errors) == (0, "contact:8\n", "")
    return "contact:8"


async def a_deal_of(run: Run, client: str) -> str:
    """A new deal that an opened offer moves; its reference."""
    deal = f"deal:{unused_number()}"
    create = ("item", "create", "deal", "amount=1200 EUR", "--responsible", "5", "--id", deal[5:])
    assert (await run(*create))[0] == 0
    assert await run("item", "link", deal, client) == (0, f"{deal} is linked to {client}.\n", "")
    return deal


async def test_a_client_is_created_and_shown_with_the_items_linked_to_it(run: Run) -> None:
    contact = await a_contact(run)
    deal = await a_deal_of(run, contact)

    status, output, _ = await run("client", "show", contact)
    assert status == 0
    assert output.splitlines() == [
        "contact:8 Marta Rossi",
        "  Phones     +39027654321",
        "  E-mails    marta@example.com",
        "  Companies  company:3",
        f"  Items      {deal}",
    ]

    status, output, _ = await run("client", "show", contact, "--json")
    assert status == 0
    assert json.loads(output) == {
        "client": "contact:8",
        "name": "Marta Rossi",
        "phones": ["+39027654321"],
        "emails": ["marta@example.com"],
        "companies": ["company:3"],
        "items": [deal],
    }


async def test_a_client_event_moves_the_deal_of_the_client_once(run: Run) -> None:
    deal = await a_deal_of(run, await a_contact(run))
    arguments = (*VIEWED, "--phone", "+39 02 765 43 21", "--event-id", "offer-1")

    status, output, errors = await run(*arguments)
    assert (status, errors) == (0, "")
    assert output.splitlines() == [
        "event offer-1",
        (
            f"{deal} moved from New to Negotiation in the name of Clara Rossi (sales), user 5, "
            'by the trigger "Client opened the offer".'
        ),
    ]

    status, output, errors = await run(*arguments)
    assert (status, errors) == (0, "")
    assert "it goes nowhere new" in output
    assert "handled before" in output


async def test_a_client_event_is_answered_in_json_and_nothing_else(run: Run) -> None:
    deal = await a_deal_of(run, await a_contact(run))

    status, output, errors = await run(*VIEWED, "--client", "contact:8", "--event-id", "offer-1", "--json")

    answer = json.loads(output)
    assert (status, errors) == (0, "")
    assert (answer["event_id"], answer["clients"], answer["duplicate"]) == ("offer-1", ["contact:8"], False)
    [sent] = answer["items"]
    assert (sent["item"], sent["outcome"]["to_stage"], sent["failure"]) == (deal, "negotiation", None)


async def test_a_client_event_that_is_not_waited_for_says_where_it_was_sent(run: Run) -> None:
    deal = await a_deal_of(run, await a_contact(run))

    status, output, errors = await run(*VIEWED, "--email", "marta@EXAMPLE.com", "--no-wait")

    assert (status, errors) == (0, "")
    assert f"Sent to {deal};" in output


async def test_that_nobody_or_nothing_was_found_is_fine_and_said(run: Run) -> None:
    contact = await a_contact(run)

    status, output, errors = await run(*VIEWED, "--phone", "+39 02 0000000")
    assert (status, errors) == (0, "")
    assert output.endswith("Nobody has this address. It was recorded.\n")

    await run("client", "create", "company", "--id", "77")
    status, output, errors = await run(*VIEWED, "--client", "company:77")
    assert (status, errors) == (0, "")
    assert output.endswith("company:77 has no item that it goes to. It was recorded.\n")
    assert contact not in output


async def test_items_are_linked_and_unlinked(run: Run) -> None:
    for arguments, words in (
        (("link", "deal:43", "invoice:3"), "deal:43 is linked to invoice:3."),
        (("link", "invoice:3", "deal:43"), "invoice:3 is linked to deal:43 already."),
        (("unlink", "invoice:3", "deal:43"), "invoice:3 is no longer linked to deal:43."),
        (("unlink", "deal:43", "invoice:3"), "deal:43 is not linked to invoice:3."),
        (("unlink", "deal:43", "contact:7"), "deal:43 is no longer linked to contact:7."),
    ):
        assert await run("item", *arguments) == (0, f"{words}\n", "")


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        pytest.param(("client", "show", "contact:99"), 1, "there is no contact:99", id="show"),
        pytest.param(("client", "show", "deal:1"), 1, "'deal:1' is no client", id="no client"),
        pytest.param(
            ("client", "create", "contact", "--id", "7"), 1, "there is contact:7 already", id="create again"
        ),
        pytest.param(
            ("client", "create", "contact", "--phone", "02 1234567"),
            1,
            "phones[0]: '02 1234567' is no phone number",
            id="phone number",
        ),
        pytest.param(
            ("item", "link", "deal:43", "contact:99"), 1, "other: there is no contact:99", id="link"
        ),
        pytest.param(
            ("item", "link", "deal:43", "somebody"), 1, "'somebody' is no reference", id="link to nothing"
        ),
        pytest.param(VIEWED, 2, "one of --client, --phone and --email", id="event for nobody"),
        pytest.param(
            (*VIEWED, "--phone", "+39 02 1234567", "--client", "contact:7"),
            2,
            "one of --client, --phone and --email",
            id="event for two",
        ),
        pytest.param(
            ("client", "event", "document_veiwed", "--client", "contact:7"),
            1,
            "did you mean 'document_viewed'?",
            id="kind",
        ),
        pytest.param(
            (*VIEWED, "--phone", "anonymous"), 1, "phone: 'anonymous' is no phone number", id="phone"
        ),
        pytest.param((*VIEWED, "--client", "contact:7", "--actor", "99"), 1, "no user 99", id="actor"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_reason(
    run: Run, arguments: tuple[str, ...], status: int, why: str
) -> None:
    ended, output, errors = await run(*arguments)

    assert (ended, output) == (status, "")
    assert why in errors
