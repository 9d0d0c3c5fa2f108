from __future__ import annotations

import os
import socket

import pytest

from starter.local.errors import PortTaken
from starter.local.ports import claim_port


async def test_a_port_that_nobody_listens_on_is_given_back() -> None:
    port = await claim_port(0, "--some-port")

    assert await claim_port(port, "--some-port") == port


async def test_a_taken_port_is_refused_with_its_holder_and_the_option_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]

        with pytest.raises(PortTaken) as refusal:
            await claim_port(port, "--some-port")

    message = str(refusal.value)
    assert f"Port {port} is taken by " in message
    assert f"(process {os.getpid()})" in message
    assert "Choose another with --some-port" in message


async def test_a_port_is_free_again_while_its_old_connections_are_closing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            # The side that closes first keeps the connection in TIME_WAIT.
            accepted.close()

    assert await claim_port(port, "--some-port") == port
