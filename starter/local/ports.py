"""The ports that the local stack listens on, all of them on the loopback address."""

from __future__ import annotations

import asyncio
import random
import socket

import psutil

from starter.local.errors import PortTaken

LOOPBACK = "127.0.0.1"

# Below what systems hand out by themselves for outgoing connections, which could take it any moment.
FREE_PORT_RANGE = range(20_000, 32_000)

# A stack that was killed this moment still holds its ports until the kernel has ended its programs.
RELEASE_SECONDS = 1.0
RELEASE_POLL_SECONDS = 0.05


async def claim_port(port: int, option: str) -> int:
    """Give back `port` if it can be listened on, for 0 one that is free; else raise PortTaken.

    `option` is named in the error as what chooses another port.
    """
    if port == 0:
        return _pick_free_port()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + RELEASE_SECONDS
    while not _is_free(port):
        if loop.time() > deadline:
            raise PortTaken(port, option, _holder_of(port))
        await asyncio.sleep(RELEASE_POLL_SECONDS)
    return port


def _pick_free_port() -> int:
    candidates = random.SystemRandom().sample(FREE_PORT_RANGE, k=100)
    return next(port for port in candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Without it, connections that are closing would make the port look taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _holder_of(port: int) -> str | None:
    """Name and number of the process that listens there, where this user may know them."""
    try:
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listening and listening.port == port and connection.pid is not None:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        return None
    return None
