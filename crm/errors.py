"""Errors of the domain.

    CrmError                     base; its message is meant for a person
    ├── Refused                  configuration or input that breaks a rule, with the place of each problem
    └── ValueRefused             a single value that its field's type does not allow

A refusal is never retried: the same input is refused again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class CrmError(Exception):
    """Base of everything that the domain raises on purpose."""


class ValueRefused(CrmError):
    """A value that is not one of its field's type; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `place` is a path such as `triggers[2].condition[0].value`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def place_of(steps: Iterable[int | str]) -> str:
    """A place from the steps that lead to it: `triggers[2].settings`."""
    place = ""
    for step in steps:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place


class Refused(CrmError):
    """Input that breaks a rule; `problems` names every place, in the order of the input (R21)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
