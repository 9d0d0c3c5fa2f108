from __future__ import annotations
import asyncio, time
import pytest
from starter.client import ItemClient
from tests.support.workbench import *
async def test_dump(bench: Workbench) -> None:
    deal = await bench.create("new")
    t0=time.time()
    for s in (3, 25):
        try:
            async with asyncio.timeout(60):
                print(await ItemClient(bench.temporal, answer_timeout_seconds=s).submit(deal, "field_changed", {}, event_id="a"))
        except BaseException as e: print(s, repr(e), time.time()-t0)
    assert 0
