"""Ordinals in short: told apart as ranges, and written as the ledger keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.ranges import Ranges

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
def test_ordinals_are_written_as_ranges(some: list[int], written: str) -> None:
    assert Ranges.of(some).written == written


@given(ordinals, st.integers(-1, 31), ordinals)
def test_ranges_are_told_apart_like_the_ordinals_in_them(
    some: list[int], limit: int, others: list[int]
) -> None:
    ranges = Ranges.of(some)
    assert list(ranges) == some
    assert list(ranges.before(limit)) == [one for one in some if one < limit]
    assert list(ranges.after(limit)) == [one for one in some if one > limit]
    assert list(ranges.without(others)) == [one for one in some if one not in others]
    for made in (ranges.before(limit), ranges.after(limit), ranges.without(others)):
        assert made == Ranges.of(list(made))


def test_what_leaves_all_of_them_is_not_counted_anew() -> None:
    ranges = Ranges.of(range(1_000))
    assert ranges.before(1_000).without(()) is ranges
