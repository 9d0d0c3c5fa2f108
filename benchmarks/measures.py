"""The measures: what is sent, in what rhythm, and what is read off afterwards.

Times are PostgreSQL's own time of each commit, against the same machine's clock at sending; so no
figure depends on how often the load looks.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import psutil
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.observer import Observer
from benchmarks.scene import event_id, idle_message, moving_message
from benchmarks.sender import Sender

STALLED_SECONDS = 60.0
"""After so long without any progress the measurement fails."""

SATURATION_POLL_SECONDS = 0.01
LATENCY_POLL_SECONDS = 0.002
LATENCY_PAUSE_SECONDS = 0.01
"""Lets what follows a commit (the workflow task's end, the visibility store) be done before the next."""

SETTLED_SECONDS = 0.5


class Stalled(Exception):
    """The events that were sent are not handled."""


class Subject:
    """The deals that are measured, and how many events each was sent."""

    def __init__(self, deals: range, sender: Sender, observer: Observer, worker_pid: int) -> None:
        self.deals = deals
        self.sender = sender
        self.observer = observer
        self.worker = psutil.Process(worker_pid)
        self.sent = dict.fromkeys(deals, 0)
        self.sent_at: dict[tuple[int, str], float] = {}

    async def send(self, item_id: int, message_of: Callable[[int], dict[str, Any]] = moving_message) -> None:
        """Send the deal its next event."""
        self.sent[item_id] += 1
        message = message_of(self.sent[item_id])
        self.sent_at[item_id, message["event_id"]] = await self.sender.send(item_id, message)

    async def warm_up(self) -> None:
        """Start every deal's workflow with a first move, and wait until all is quiet."""
        await asyncio.gather(*(self.send(item_id) for item_id in self.deals))
        await self.wait_until_handled(SATURATION_POLL_SECONDS)
        await asyncio.sleep(SETTLED_SECONDS)

    async def wait_until_handled(self, poll_seconds: float) -> None:
        """Return when every event that was sent is committed; raises `Stalled`."""
        deadline = time.monotonic() + STALLED_SECONDS
        while await self.observer.handled_events() != self.sent:
            if time.monotonic() > deadline:
                raise Stalled(f"not all events were handled after {STALLED_SECONDS:g} seconds")
            await asyncio.sleep(poll_seconds)

    async def check_that_all_moved(self) -> None:
        """Raises `Stalled` where an event that should have moved its deal did not."""
        moves, sent = await self.observer.count_moves(), sum(self.sent.values())
        if moves != sent:
            raise Stalled(f"of {sent} events that move an item, {moves} did")

    def worker_cpu_seconds(self) -> float:
        times = self.worker.cpu_times()
        return float(times.user + times.system)


async def measure_throughput(subject: Subject, events: int) -> dict[str, float]:
    """Every deal has one event on its way, all the time: as soon as it is committed, the next is sent."""
    cpu_before = subject.worker_cpu_seconds()
    warmed_up = set(subject.sent_at)
    remaining = events
    progress, deadline = 0, time.monotonic() + STALLED_SECONDS
    while remaining:
        handled = await subject.observer.handled_events()
        if (total := sum(handled.values())) != progress:
            progress, deadline = total, time.monotonic() + STALLED_SECONDS
        if time.monotonic() > deadline:
            raise Stalled(f"no event was handled for {STALLED_SECONDS:g} seconds")
        idle = [deal for deal in subject.deals if handled[deal] == subject.sent[deal]][:remaining]
        await asyncio.gather(*map(subject.send, idle))
        remaining -= len(idle)
        await asyncio.sleep(SATURATION_POLL_SECONDS)
    await subject.wait_until_handled(SATURATION_POLL_SECONDS)
    cpu_seconds = subject.worker_cpu_seconds() - cpu_before
    await subject.check_that_all_moved()
    began = min(at for event, at in subject.sent_at.items() if event not in warmed_up)
    ended = max((await subject.observer.commit_times()).values())
    return {
        "moves_per_second": events / (ended - began),
        "worker_cpu_ms_per_move": 1000 * cpu_seconds / events,
    }


async def measure_latency(subject: Subject, events: int) -> dict[str, float]:
    """One event at a time, to the deals in turn."""
    measured = []
    for number in range(events):
        item_id = subject.deals[number % len(subject.deals)]
        await subject.send(item_id)
        measured.append((item_id, event_id(subject.sent[item_id])))
        await subject.wait_until_handled(LATENCY_POLL_SECONDS)
        await asyncio.sleep(LATENCY_PAUSE_SECONDS)
    await subject.check_that_all_moved()
    committed_at = await subject.observer.commit_times()
    latencies = [1000 * (committed_at[event] - subject.sent_at[event]) for event in measured]
    return {
        "latency_median_ms": statistics.median(latencies),
        "latency_p95_ms": statistics.quantiles(latencies, n=20, method="inclusive")[-1],
    }


async def measure_history(subject: Subject, events: int) -> dict[str, float]:
    """What an event adds to the history of its item, one at a time: first moves, then events without one."""
    figures: dict[str, float] = {}
    for kind, message_of in (("move", moving_message), ("none", idle_message)):
        before = await _settled_history(subject)
        for _ in range(events):
            await subject.send(subject.deals[0], message_of)
            await subject.wait_until_handled(LATENCY_POLL_SECONDS)
            await _settled_history(subject)
        added = (await _settled_history(subject))[len(before) :]
        figures[f"history_events_per_{kind}"] = len(added) / events
        figures[f"history_bytes_per_{kind}"] = sum(event.ByteSize() for event in added) / events
    return figures


async def _settled_history(subject: Subject) -> list[HistoryEvent]:
    """The history once the workflow task that committed last has ended."""
    history = await subject.sender.fetch_history(subject.deals[0])
    while True:
        await asyncio.sleep(SETTLED_SECONDS / 2)
        later = await subject.sender.fetch_history(subject.deals[0])
        if len(later) == len(history):
            return later
        history = later


Measure: TypeAlias = Callable[[Subject, int], Awaitable[dict[str, float]]]

MEASURES: dict[str, Measure] = {
    "throughput": measure_throughput,
    "latency": measure_latency,
    "history": measure_history,
}
