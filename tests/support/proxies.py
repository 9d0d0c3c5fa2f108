"""A road to a server that can be cut, and opened again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from starter.local.ports import LOOPBACK


class Proxy:
    """Passes bytes between clients and the server at `port`; a cut refuses and breaks connections."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._drops_answers = False
        self.port = 0

    async def open(self) -> None:
        """Let clients through, on the same port as before."""
        self._drops_answers = False
        self._listener = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in list(self._writers):
            writer.transport.abort()

    def drop_answers(self) -> None:
        """Until the next `open`, let through what clients say and nothing that the server answers."""
        self._drops_answers = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection(LOOPBACK, self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, server_writer}
        try:
            await asyncio.gather(
                self._pass(reader, server_writer), self._pass(server_reader, writer, are_answers=True)
            )
        finally:
            self._writers -= {writer, server_writer}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, are_answers: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if not (are_answers and self._drops_answers):
                    writer.write(data)
                    await writer.drain()
        writer.close()


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """An open proxy to the server of a URL, and the URL that leads through it."""
    parts = urlsplit(url)
    assert parts.port is not None
    proxy = Proxy(parts.port)
    await proxy.open()
    try:
        yield proxy, urlunsplit(parts._replace(netloc=parts.netloc.replace(str(parts.port), str(proxy.port))))
    finally:
        await proxy.cut()
