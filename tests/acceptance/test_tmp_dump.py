from __future__ import annotations
import asyncio, time
from tests.support.workbench import *
from temporalio.api.enums.v1 import EventType
async def test_dump(bench: Workbench) -> None:
    async with bench.worker(cached_items=0):
        deals = [await bench.create("new", responsible=ANN) for _ in range(20)]
        async def tell(deal: str) -> None:
            await bench.client.field_changed(deal, {"note": "told"}, event_id="first")
            await asyncio.sleep(0.005)
            await bench.client.responsible_changed(deal, BOB, event_id="second")
        t0=time.time()
        await asyncio.gather(*map(tell, deals))
        slow=set()
        for i in range(400):
            left=[d for d in deals if len(await bench.decided(d))<2]
            if time.time()-t0>4: slow|=set(left)
            if not left: break
            await asyncio.sleep(0.2)
        print("done", time.time()-t0, "left", len(left), "slow", len(slow))
        for d in list(slow)[:3]:
            h=await bench.handle(d).fetch_history()
            for e in h.events: print(e.event_id, EventType.Name(e.event_type)[11:], e.event_time.ToDatetime().time(), e.workflow_task_failed_event_attributes.cause or "", e.workflow_task_timed_out_event_attributes.timeout_type or "", e.workflow_task_failed_event_attributes.failure.message)
            print()
    assert 0
