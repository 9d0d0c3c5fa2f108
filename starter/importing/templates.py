"""Values of a mapping that take what stands in a row: `{column}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from crm.values import Json

_COLUMN = re.compile(r"\{([^{}]+)\}")


def columns_of(template: Json) -> Iterator[str]:
    """The columns that a template names."""
    if isinstance(template, str):
        yield from _COLUMN.findall(template)


def is_constant(template: Json) -> bool:
    """Whether it is the same for every row."""
    return not isinstance(template, str) or _COLUMN.search(template) is None


def fill(template: Json, cells: Mapping[str, str]) -> Json:
    """The template with each `{column}` replaced by the row's cell; anything but text as it is."""
    if not isinstance(template, str):
        return template
    return _COLUMN.sub(lambda column: cells[column[1]], template)
