"""In whose name a move is made (R6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthorChoice:
    """A user to try as a move's author, null for the system; `note` says who stands in and why."""

    user: int | None
    note: str | None


def author_choices(configured: int | None, responsible: int | None) -> tuple[AuthorChoice, ...]:
    """The authors to try in turn: the first who is an active user is the one; the system always is.

    `configured` is the trigger's chosen user, None for the responsible person as the save left it.
    """
    choices: list[AuthorChoice] = []
    why = ""
    if configured is not None:
        choices.append(AuthorChoice(configured, None))
        why = f"user {configured} is inactive or unknown"
    if responsible is not None and responsible != configured:
        note = f"{why}: the responsible person stands in" if why else None
        choices.append(AuthorChoice(responsible, note))
        why = " and ".join(filter(None, [why, f"responsible user {responsible} is inactive or unknown"]))
    elif responsible is None:
        why = " and ".join(filter(None, [why, "nobody is responsible"]))
    choices.append(AuthorChoice(None, f"{why}: the system stands in"))
    return tuple(choices)


def mover_choices(mover: int | None) -> tuple[AuthorChoice, ...]:
    """The authors to try for a move by hand: who made it, else the system.

    The responsible person did not make it, and so never stands in.
    """
    if mover is None:
        return (AuthorChoice(None, "nobody is named who moved it: the system stands in"),)
    note = f"user {mover} is inactive or unknown: the system stands in"
    return (AuthorChoice(mover, None), AuthorChoice(None, note))


def first_active(choices: tuple[AuthorChoice, ...], is_active: Callable[[int], bool]) -> AuthorChoice:
    """The author among the choices; the last, the system, where nobody is active."""
    return next(choice for choice in choices if choice.user is None or is_active(choice.user))
