"""Dates and datetimes. A datetime always has an offset: without one it is no instant."""

from __future__ import annotations

import re
from datetime import date, datetime

from crm.errors import ValueRefused
from crm.values.json_values import Json, show

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"(?P<time>(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r"(?P<fraction>\.[0-9]+)?"
    r"(?P<offset>[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_EXAMPLE = "write it as 2026-11-21T10:30:00+01:00"


def parse_date(value: Json) -> date:
    """A date as 2026-11-21."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueRefused(f"{show(value)} is no date of the calendar") from None
    raise ValueRefused(f"{show(value)} is no date; write it as 2026-11-21")


def parse_datetime(value: Json) -> datetime:
    """A datetime as RFC 3339 writes it, in its own offset; what is finer than a microsecond is cut off."""
    parts = _DATETIME.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise ValueRefused(f"{show(value)} is no datetime; {_EXAMPLE}")
    offset = parts["offset"]
    if offset is None:
        raise ValueRefused(f"{show(value)} has no offset from UTC; {_EXAMPLE}")
    microseconds = (parts["fraction"] or "")[: len(".123456")]
    iso = f"{parts['date']}T{parts['time']}{microseconds}{'+00:00' if offset in 'Zz' else offset}"
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        raise ValueRefused(f"{show(value)} is no datetime of the calendar") from None
