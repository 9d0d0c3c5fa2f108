"""What the programs of the local stack see of this process's environment."""

from __future__ import annotations

import os


def environment_without_temporal() -> dict[str, str]:
    """This environment without Temporal's own variables and profile file.

    A developer's shell may name a server, a profile or keys that are meant for somewhere else.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return {**kept, "TEMPORAL_CONFIG_FILE": os.devnull}


def worker_environment(database_url: str, temporal_address: str, namespace: str) -> dict[str, str]:
    """The environment in which a worker finds this stack's servers, and no others."""
    return {
        **environment_without_temporal(),
        "CRM_TRIGGERS_DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": temporal_address,
        "TEMPORAL_NAMESPACE": namespace,
    }
