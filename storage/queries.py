"""The SQL that Python runs, by name, from the files in `storage/queries/`.

    -- name: load_item
    -- One item with all that is kept of it.
    select ...

A query goes on to the next name. Each needs a description; a name may be given once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_NAME = re.compile(r"^-- name: *(.*)$", re.MULTILINE)


class QueryFileError(Exception):
    """A file of queries that does not keep to the form."""


def load_queries(directory: Path) -> Mapping[str, str]:
    """All queries of the directory's `*.sql` files by name; raises `QueryFileError`."""
    queries: dict[str, str] = {}
    for path in sorted(directory.glob("*.sql")):
        start, *parts = _NAME.split(path.read_text(encoding="utf-8"))
        if start.strip():
            raise QueryFileError(f"{path.name}: text before the first '-- name:'")
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise QueryFileError(f"{path.name}: {name!r} is no name of a query")
            if name in queries:
                raise QueryFileError(f"{path.name}: the query {name} is there twice")
            queries[name] = _read_body(path, name, body)
    return MappingProxyType(queries)


def _read_body(path: Path, name: str, body: str) -> str:
    lines = body.strip().splitlines()
    if not lines or not lines[0].removeprefix("--").strip() or not lines[0].startswith("--"):
        raise QueryFileError(f"{path.name}: the query {name} has no description")
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip()
    if not sql:
        raise QueryFileError(f"{path.name}: the query {name} is empty")
    return sql


QUERIES = load_queries(Path(__file__).parent / "queries")
