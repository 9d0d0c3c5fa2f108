"""Automations as they enter an item's history: packed once per revision, shared by the process."""

from __future__ import annotations

import logging

from crm.compiled import CompiledAutomation, load, pack
from storage.automations import Automations

logger = logging.getLogger(__name__)

_REMEMBERED = 512

_Key = tuple[str, str, int]


class PackedAutomations:
    """Revisions are immutable, so what was read once is right for ever."""

    def __init__(self, automations: Automations) -> None:
        self._automations = automations
        self._packed: dict[_Key, str] = {}

    async def current(self, item_type: str, pipeline: str) -> tuple[str, CompiledAutomation]:
        """The packed and the compiled automation that counts now, of a pipeline that exists."""
        revision = await self._automations.current_revision(item_type, pipeline)
        assert revision is not None, f"items stand in {item_type}:{pipeline}, which is not defined"
        return await self.at(item_type, pipeline, revision)

    async def at(self, item_type: str, pipeline: str, revision: int) -> tuple[str, CompiledAutomation]:
        """The packed and the compiled automation of a revision that exists."""
        key = (item_type, pipeline, revision)
        packed = self._packed.get(key)
        if packed is None:
            automation = await self._automations.at(item_type, pipeline, revision)
            assert automation is not None, "revisions are never deleted"
            left_out = CompiledAutomation(automation).left_out
            for trigger, why in left_out.items():
                logger.warning(
                    "%s:%s revision %d: trigger %s is left out by this worker: %s",
                    *key,
                    trigger,
                    why,
                )
            packed = pack(automation, left_out)
            if len(self._packed) >= _REMEMBERED:
                del self._packed[next(iter(self._packed))]
            self._packed[key] = packed
        return packed, load(packed)
