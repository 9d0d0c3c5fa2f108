"""The relay: delivers what waits in the outbox to the items' workflows (docs/reference/outbox.md).

Of all relays one leads and delivers; the others stand by and take over when it ends, however it does.
Messages to one item are delivered in order, each after the one before was; items do not wait for each other.

A relay that dies between a delivery and its note delivers again. That is safe: an item handles an event id
once (R8), so at least once here is exactly once in effect.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic_core import from_json
from temporalio.service import RPCError, RPCStatusCode

from starter.client import ItemClient
from starter.outages import Outage
from starter.settings import Settings
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.outbox import Leadership, Outbox, WaitingMessage

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""The leader asks so often; being woken by NOTIFY would cost every producer a lock at its commit."""

STAND_BY_SECONDS = 1.0
UNDER_WAY = 64
"""At most so many items are delivered to at once."""

DELIVERY_TIMEOUT_SECONDS = 15.0
"""The client itself retries for 10 seconds, and then says why."""

FINISH_SECONDS = 3.0
"""How long a stop waits for what is under way; the next leader delivers the rest."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0

KEEP_DELIVERED = timedelta(days=1)
"""So long one can see what was delivered, and when; the ledger of the item knows for ever."""

FORGET_SECONDS = 60.0
FORGET_AT_ONCE = 1_000

_AWAY = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})


@dataclass(slots=True)
class _Delivery:
    """Messages to one item, and how far it got: a message that fails holds back those after it."""

    messages: Sequence[WaitingMessage]
    delivered: list[int] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def failed(self) -> WaitingMessage:
        return self.messages[len(self.delivered)]


class Relay:
    """One relay. It survives that PostgreSQL or Temporal is away, and tells each outage once."""

    def __init__(self, outbox: Outbox, client: ItemClient) -> None:
        self._outbox = outbox
        self._client = client
        self._database_outage = Outage(logger, "the relay can't reach the database")
        self._temporal_outage = Outage(logger, "the relay can't reach Temporal")

    async def run(self, stop: asyncio.Event) -> None:
        """Lead or stand by until `stop` is set; then finish what is under way."""
        failures = 0
        while not stop.is_set():
            try:
                async with self._outbox.lead() as leadership:
                    self._database_outage.ended()
                    failures = 0
                    if leadership is not None:
                        logger.info("the relay delivers the outbox")
                        await _Leader(leadership, self._client, self._temporal_outage).run(stop)
                await _wait(stop, STAND_BY_SECONDS)
            except DatabaseUnavailable as error:
                self._database_outage.began(error)
                failures += 1
                await _wait(stop, _pause_seconds(failures))


class _Leader:
    """A relay while it leads. Only `run` speaks to the database, so that its one connection is enough."""

    def __init__(self, leadership: Leadership, client: ItemClient, outage: Outage) -> None:
        self._leadership = leadership
        self._client = client
        self._outage = outage
        self._under_way: dict[asyncio.Task[None], _Delivery] = {}
        self._resting: dict[str, float] = {}
        """Items whose delivery failed, and when it is tried again by the loop's clock."""
        self._forgets_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set. Raises `DatabaseUnavailable`; leadership is lost then."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self._begin()
                await asyncio.wait(
                    {stopping, *self._under_way}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                await self._conclude()
                await self._forget()
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
                await self._conclude()
        finally:
            stopping.cancel()
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(stopping, *self._under_way, return_exceptions=True)

    async def _begin(self) -> None:
        """Take what waits, and deliver to each item that has nothing under way and does not rest."""
        now = asyncio.get_running_loop().time()
        self._resting = {item: until for item, until in self._resting.items() if until > now}
        room = UNDER_WAY - len(self._under_way)
        if room == 0:
            return
        busy = [delivery.messages[0].item for delivery in self._under_way.values()]
        for messages in _by_item(await self._leadership.waiting(room, [*busy, *self._resting])):
            delivery = _Delivery(messages)
            self._under_way[asyncio.create_task(self._deliver(delivery))] = delivery

    async def _deliver(self, delivery: _Delivery) -> None:
        for one in delivery.messages:
            try:
                async with asyncio.timeout(DELIVERY_TIMEOUT_SECONDS):
                    await self._client.signal(one.item, one.signal, from_json(one.message))
            except Exception as error:  # whatever is wrong with one item must not hold up the others
                delivery.failure = error
                return
            delivery.delivered.append(one.id)

    async def _conclude(self) -> None:
        """Note what became of the deliveries that have ended."""
        ended = [(task, delivery) for task, delivery in self._under_way.items() if task.done()]
        delivered = [one for _, delivery in ended for one in delivery.delivered]
        if delivered:
            await self._leadership.delivered(delivered)
            self._outage.ended()
        for task, delivery in ended:
            if delivery.failure is not None:
                await self._note_failure(delivery.failed, delivery.failure)
            del self._under_way[task]

    async def _note_failure(self, message: WaitingMessage, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if _is_away(error):
            self._outage.began(error)
        elif message.attempts == 0:
            logger.warning("message %d to %s can't be delivered yet: %s", message.id, message.item, reason)
        until = asyncio.get_running_loop().time() + _pause_seconds(message.attempts + 1)
        self._resting[message.item] = until
        await self._leadership.failed(message, reason)

    async def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._forgets_at:
            return
        forgotten = await self._leadership.forget(KEEP_DELIVERED, FORGET_AT_ONCE)
        if forgotten < FORGET_AT_ONCE:
            self._forgets_at = now + FORGET_SECONDS


async def run_relay(settings: Settings, client: ItemClient, stop: asyncio.Event) -> None:
    """Run a relay with a connection of its own until `stop` is set. The database may be away at the start."""
    database = await Database.connect(
        settings.database_url,
        min_size=0,
        max_size=1,
        command_timeout_seconds=settings.database_timeout_seconds,
    )
    try:
        await Relay(Outbox(database), client).run(stop)
    finally:
        await database.close()


def _by_item(messages: Iterable[WaitingMessage]) -> Iterable[Sequence[WaitingMessage]]:
    """The messages to each item, in their order."""
    groups: dict[str, list[WaitingMessage]] = {}
    for one in messages:
        groups.setdefault(one.item, []).append(one)
    return groups.values()


def _is_away(error: Exception) -> bool:
    """Whether Temporal did not answer, rather than refused the message."""
    if isinstance(error, RPCError):
        return error.status in _AWAY
    return isinstance(error, TimeoutError | ConnectionError)


def _pause_seconds(failures: int) -> float:
    """How long to wait after so many failures in a row: twice as long each time."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Return after so long, or when `stop` is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
