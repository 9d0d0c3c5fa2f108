"""What is written to the terminal: words and tables for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 1_000
"""Columns where stdout is no terminal: whoever reads a pipe wants each row in a line, and nothing cut."""


def screen() -> Console:
    """The console of stdout. Colours on terminals only, none with NO_COLOR; texts are taken as they are."""
    return Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def errors() -> Console:
    """The console of stderr."""
    return Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def say(*parts: str | tuple[str, str] | Text) -> None:
    """One line or more; a part may be a pair of text and style. Long lines are left to the terminal."""
    screen().print(Text.assemble(*parts), soft_wrap=True)


def fail(message: str) -> None:
    """`error: ...` on stderr."""
    errors().print(Text.assemble(("error: ", "bold red"), message))


def say_json(value: Any) -> None:
    """The value as JSON on stdout, whatever it is made of."""
    sys.stdout.write(to_json(value, indent=2).decode() + "\n")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], title: str = "") -> None:
    """A table with a line under its heads, a little to the right of the words above it."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    if title:
        say((f"\n  {title}", "dim"))
    screen().print(Padding(table, (0, 0, 0, 2), expand=False))


def printable(text: str) -> str:
    """The text without what could steer a terminal."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def moment(at: datetime | None) -> str:
    """A time as the person at the terminal has it on the wall."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else ""
