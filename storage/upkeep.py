"""What becomes of triggers whose stage or field was deleted or changed (R21). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from crm.automations import Automation, Trigger, TriggerState, check
from crm.errors import Refused

_PLACE = re.compile(r"triggers\[(?P<number>[0-9]+)\]\.(?P<within>.*)")


def disable_broken(automation: Automation, users: Collection[int]) -> Automation:
    """The automation with every enabled trigger that is no longer valid disabled, and saying why.

    `users` are the ids of all users, inactive ones included.
    """
    try:
        check(automation, users)
    except Refused as refusal:
        reasons = _reasons(refusal)
        triggers = tuple(
            _disabled(one, reasons[number]) if number in reasons else one
            for number, one in enumerate(automation.triggers)
        )
        return automation.model_copy(update={"triggers": triggers})
    return automation


def _disabled(trigger: Trigger, reasons: list[str]) -> Trigger:
    return trigger.model_copy(update={"state": TriggerState.DISABLED, "disabled_because": "; ".join(reasons)})


def _reasons(refusal: Refused) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = {}
    for problem in refusal.problems:
        parts = _PLACE.fullmatch(problem.place)
        if parts is None:
            raise refusal
        reasons.setdefault(int(parts["number"]), []).append(f"{parts['within']}: {problem.message}")
    return reasons
