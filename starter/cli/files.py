"""Files that a command is given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from starter.cli.failures import CommandRefused

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]


def read_text(file: Path) -> str:
    """The file's text; raises `CommandRefused` where it is none."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{file} is no UTF-8 text: {error.reason} at byte {error.start}") from error
