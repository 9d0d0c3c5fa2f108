"""Connections that last for one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starter.client import ItemClient
from starter.settings import Settings, SettingsError, read_settings
from starter.temporal import connect
from storage.database import Database

CONNECTIONS = 2


@asynccontextmanager
async def open_database(url: str | None) -> AsyncIterator[Database]:
    """The database at `url`, else at the settings'; raises `DatabaseUnavailable`, `SettingsError`."""
    settings = settings_with(url)
    database = await Database.connect(
        settings.database_url,
        max_size=CONNECTIONS,
        command_timeout_seconds=settings.database_timeout_seconds,
    )
    try:
        yield database
    finally:
        await database.close()


async def open_client(address: str | None) -> ItemClient:
    """A client of the items; raises `TemporalUnreachable`."""
    return ItemClient(await connect(address))


def settings_with(database_url: str | None) -> Settings:
    """The settings of this process, with the database that the command names; raises `SettingsError`."""
    if database_url is None:
        return read_settings()
    try:
        return read_settings(database_url=database_url)
    except SettingsError as error:
        raise SettingsError(str(error).replace("CRM_TRIGGERS_DATABASE_URL", "--database-url")) from error
