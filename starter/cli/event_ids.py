"""Ids for events that have none of their own."""

from __future__ import annotations

import secrets

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Without characters that are mistaken for each other when read aloud or copied."""


def new_event_id() -> str:
    """As `cli-k7dw-93xm-qa2f`: some 58 bits, so that no two are ever the same."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(("cli", *groups))
