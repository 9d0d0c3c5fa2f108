"""Ordinals in short: told apart as runs, and written as the ledger keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.runs import Runs

ordinals = st.lists(st.integers(0, 30), unique=True).map(sorted)


@pytest.mark.parametrize(
    ("some", "written"),
    [
        ([], ""),
        ([0], "0"),
        ([3, 4], "3-4"),
        ([0, 1, 2, 3, 7], "0-3,7"),
        ([1, 3, 5], "1,3,5"),
        ([0, 2, 3, 4, 9, 10], "0,2-4,9-10"),
    ],
    ids=str,
)
def test_ordinals_are_written_as_runs(some: list[int], written: str) -> None:
    assert Runs.of(some).written == written


@given(ordinals, st.integers(-1, 31), ordinals)
def test_runs_are_told_apart_like_the_ordinals_in_them(
    some: list[int], limit: int, others: list[int]
) -> None:
    runs = Runs.of(some)
    assert list(runs) == some
    assert list(runs.before(limit)) == [one for one in some if one < limit]
    assert list(runs.after(limit)) == [one for one in some if one > limit]
    assert list(runs.without(others)) == [one for one in some if one not in others]
    for made in (runs.before(limit), runs.after(limit), runs.without(others)):
        assert made == Runs.of(list(made))


def test_what_leaves_all_of_them_is_not_counted_anew() -> None:
    runs = Runs.of(range(1_000))
    assert runs.before(1_000).without(()) is runs
