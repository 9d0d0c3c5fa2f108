"""All items of one stage, moved by hand: those of a stage that was deleted, or of any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from temporalio.service import RPCError

from crm.automations import Automation
from crm.decisions import Verdict
from crm.errors import CrmError
from crm.items import ItemRef
from starter.client import EventOptions, ItemClient, NotAnswered
from storage.census import Census, Standing

ITEMS_AT_ONCE = 32
ITEMS_A_PAGE = 200
"""Read at once: few, because what was read may have moved elsewhere when its turn comes."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """An item that was not moved; `reason` says why."""

    item: ItemRef
    reason: str


@dataclass(slots=True)
class MassMove:
    """What became of the items; `given_up` where nobody answered, so that others were not tried."""

    moved: int = 0
    unchanged: int = 0
    failed: list[Unmoved] = field(default_factory=list)
    given_up: bool = False

    @property
    def tried(self) -> int:
        return self.moved + self.unchanged + len(self.failed)


class MassMover:
    """Moves items to `target`, a stage of the pipeline of `automation`, which is its current one."""

    def __init__(
        self, client: ItemClient, census: Census, automation: Automation, target: str, options: EventOptions
    ) -> None:
        self._client = client
        self._census = census
        self._pipeline = automation.pipeline
        self._revision = automation.revision
        self._target = target
        self._options = options
        self._slots = asyncio.Semaphore(ITEMS_AT_ONCE)

    async def run(self, stage: str, advance: Callable[[int], None]) -> MassMove:
        """Move every item that stands on a stage of the pipeline, which need not have it any more.

        Gives up where no item of a page answers; the first page is one item.
        """
        result = MassMove()
        names = (self._pipeline.item_type, self._pipeline.code, stage)
        last, size = 0, 1
        while page := await self._census.on_stage(*names, after=last, limit=size):
            last, size = page[-1].ref.item_id, ITEMS_A_PAGE
            async with asyncio.TaskGroup() as group:
                attempts = [group.create_task(self._move(one, result, advance)) for one in page]
            if not any(attempt.result() for attempt in attempts):
                result.given_up = True
                break
        return result

    async def _move(self, standing: Standing, result: MassMove, advance: Callable[[int], None]) -> bool:
        """Whether there was an answer."""
        item = str(standing.ref)
        answered = True
        async with self._slots:
            try:
                outcome = await self._client.move(
                    item, self._target, event_id=self._event_id(standing), **self._options
                )
            except (CrmError, RPCError) as error:
                answered = not isinstance(error, NotAnswered | RPCError)
                result.failed.append(Unmoved(standing.ref, str(error)))
            else:
                match outcome.verdict:
                    case Verdict.MOVED:
                        result.moved += 1
                    case Verdict.NO_CHANGE:
                        result.unchanged += 1
                    case _:
                        result.failed.append(Unmoved(standing.ref, outcome.reason or outcome.verdict))
        advance(1)
        return answered

    def _event_id(self, standing: Standing) -> str:
        """The same for the same arrival on the stage, so that a repeated command moves nothing twice.

        The revision is part of it: a move that was refused under one may be right under the next.
        """
        return f"move-all:{standing.ref}#{standing.arrival}:{self._target}@{self._revision}"
