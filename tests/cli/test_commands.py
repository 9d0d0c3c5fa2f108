"""The command line as a whole: what each command says of itself, and how each ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from starter.cli import program
from starter.cli.program import build, execute

NOWHERE = "postgresql://postgres@127.0.0.1:1/nowhere"


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command, groups left out."""
    if not hasattr(group, "commands"):
        yield path
        return
    for name, command in group.commands.items():
        yield from commands(command, (*path, name))


PATHS = list(commands(typer.main.get_command(build())))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(build(), [*path, "--help"])
    assert result.exit_code == 0
    assert f"Example: crm-triggers {' '.join(path)}" in " ".join(result.output.split())


@pytest.mark.parametrize("group", ["item", "event", "automation"])
def test_a_group_without_a_command_lists_its_commands(group: str) -> None:
    assert f"crm-triggers {group}" in CliRunner().invoke(build(), [group], prog_name="crm-triggers").output


def test_the_commands_are_there() -> None:
    names = {" ".join(path) for path in PATHS}
    assert names >= {
        "run", "demo", "worker", "migrate", "real-log",
        "item create", "item show", "item timeline", "item decisions", "item move",
        "event field-changed", "event responsible-changed", "event document-executed",
        "automation show", "automation save",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        pytest.param(["--help"], 0, "Usage:", id="help"),
        pytest.param(["itme"], 2, "No such command", id="no such command"),
        pytest.param(["item", "show"], 2, "Missing argument", id="argument missing"),
        pytest.param(["item", "show", "deal:42", "--limit", "3"], 2, "No such option", id="no such option"),
        pytest.param(["item", "show", "42"], 1, "error: '42' is no reference to an item", id="no reference"),
        pytest.param(
            ["item", "show", "deal:42", "--database-url", NOWHERE],
            1,
            "error: the database does not answer",
            id="no database",
        ),
        pytest.param(
            ["item", "show", "deal:42", "--database-url", "file:x"],
            1,
            "error: --database-url: ",
            id="no url of a database",
        ),
        pytest.param(
            ["event", "document-executed", "deal:1", "d", "--step", "sent"], 2, "no step 'sent'", id="step"
        ),
        pytest.param(
            ["event", "field-changed", "deal:1", "a=1", "--was", "b=2"], 2, "--was names 'b'", id="was"
        ),
        pytest.param(["event", "responsible-changed", "deal:1", "Clara"], 2, "'Clara' is no user", id="user"),
    ],
)
def test_a_command_ends_with_its_status_and_says_why(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(arguments) == status
    output, errors = capsys.readouterr()
    assert told in " ".join((output + errors).split())
    assert "Traceback" not in errors


def _end_with(error: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def command() -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(KeyboardInterrupt(), 130, id="Ctrl-C"),
        pytest.param(typer.Exit(1), 1, id="exit"),
        pytest.param(ZeroDivisionError("a defect"), 70, id="defect"),
    ],
)
def test_how_a_command_fails_is_its_status(
    error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "build", lambda: _end_with(error))
    assert execute([]) == status


def test_a_defect_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "build", lambda: _end_with(ZeroDivisionError("a defect")))
    execute([])
    assert "ZeroDivisionError: a defect" in capsys.readouterr().err
