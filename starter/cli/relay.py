"""`crm-triggers relay`: a relay alone, where the workers are to run without."""

from __future__ import annotations

import asyncio
import logging

from starter.cli.connections import open_client, settings_with
from starter.cli.loop import run_async
from starter.cli.options import DatabaseUrl, TemporalAddress
from starter.local.signals import handle_stop_signals
from starter.relay import run_relay
from starter.settings import Settings


def relay(database_url: DatabaseUrl = None, temporal_address: TemporalAddress = None) -> None:
    """Deliver what waits in the outbox until told to stop; workers do so too, unless CRM_TRIGGERS_RELAY=0.

    Example: crm-triggers relay --temporal-address temporal.internal:7233
    """
    settings = settings_with(database_url)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    run_async(_relay(settings, temporal_address))


async def _relay(settings: Settings, temporal_address: str | None) -> None:
    stop = asyncio.Event()
    with handle_stop_signals(stop.set):
        await run_relay(settings, await open_client(temporal_address), stop)
