"""Where the Temporal UI shows an item's workflow, where that can be known."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from temporalio.envconfig import ClientConfig

from crm import contract
from crm.items import ItemRef

UI_PORT_DISTANCE = 1000
"""How far above its own port a development server puts its UI unless told otherwise."""

_LOOPBACK = ("localhost", "127.0.0.1")
_LOOK_SECONDS = 0.3


async def workflow_link(ref: ItemRef, address: str | None) -> str | None:
    """The page of the item's workflow on a development server of this machine; else None."""
    config = ClientConfig.load_client_connect_config()
    host, _, port = (address or config.get("target_host", "localhost:7233")).rpartition(":")
    if host not in _LOOPBACK or not port.isdecimal():
        return None
    ui_port = int(port) + UI_PORT_DISTANCE
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            _, writer = await asyncio.open_connection(host, ui_port)
        writer.close()
    except (OSError, TimeoutError):
        return None
    return workflow_page(f"http://{host}:{ui_port}", config.get("namespace", "default"), ref)


def workflow_page(ui_url: str, namespace: str, ref: ItemRef) -> str:
    """The page of an item's workflow in the UI at `ui_url`."""
    return f"{ui_url}/namespaces/{quote(namespace)}/workflows/{quote(contract.workflow_id(ref), safe='')}"
