"""Settings, read once and early into one object.

Where Temporal is comes from its own profile file and variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_PROFILE, ...); everything else from variables that begin with CRM_TRIGGERS_.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PostgresDsn, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crm.errors import CrmError
from storage.addresses import is_phone_region

DEFAULT_DATABASE_URL = "postgresql://postgres@127.0.0.1:5499/crm_triggers"
"""Where `crm-triggers run` puts its own."""

_DSN = TypeAdapter(PostgresDsn)


class SettingsError(CrmError):
    """A variable that is set to something that can't be used; the message names it."""


class Settings(BaseSettings):
    """One process's settings; each field is the variable CRM_TRIGGERS_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="CRM_TRIGGERS_", frozen=True)

    database_url: str = DEFAULT_DATABASE_URL
    database_connections: Annotated[int, Field(ge=1, le=500)] = 10
    database_timeout_seconds: Annotated[float, Field(gt=0)] = 10
    phone_region: str | None = None
    cached_items: Annotated[int, Field(ge=0)] = 2_000
    concurrent_workflow_tasks: Annotated[int, Field(ge=2)] = 8
    concurrent_commits: Annotated[int, Field(ge=1)] = 32
    shutdown_seconds: Annotated[float, Field(ge=0)] = 10
    relay: bool = True
    """Whether a worker runs a relay beside it; of all relays one delivers and the others stand by."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: str) -> str:
        _DSN.validate_python(value)
        return value

    @field_validator("phone_region")
    @classmethod
    def _is_region(cls, value: str | None) -> str | None:
        if value is not None and not is_phone_region(value):
            raise ValueError(f"{value!r} is no region of phone numbers; write it as IT")
        return value


def read_settings(**overrides: object) -> Settings:
    """The settings of this process; raises `SettingsError` naming each variable that is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks what mypy can't see
    except ValidationError as error:
        raise SettingsError(
            "\n".join(
                f"CRM_TRIGGERS_{'_'.join(map(str, detail['loc'])).upper()}: {detail['msg']}"
                for detail in error.errors(include_url=False)
            )
        ) from error
