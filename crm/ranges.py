"""Ascending ordinals in short, as ranges: thousands are told apart at the cost of a few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self


@dataclass(frozen=True)
class Ranges:
    """The first and the last ordinal of each range, ascending; no two ranges touch."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, ordinals: Iterable[int]) -> Self:
        """The ranges of ascending ordinals."""
        spans: list[tuple[int, int]] = []
        for ordinal in ordinals:
            if spans and spans[-1][1] == ordinal - 1:
                spans[-1] = (spans[-1][0], ordinal)
            else:
                spans.append((ordinal, ordinal))
        return cls(tuple(spans))

    @cached_property
    def written(self) -> str:
        """As the ledger keeps them: `0-3,7`."""
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.spans)

    def __iter__(self) -> Iterator[int]:
        """Every ordinal, ascending."""
        for first, last in self.spans:
            yield from range(first, last + 1)

    def __len__(self) -> int:
        """How many ordinals there are."""
        return sum(last - first + 1 for first, last in self.spans)

    def before(self, ordinal: int) -> Ranges:
        """Those that are less."""
        if not self.spans or self.spans[-1][1] < ordinal:
            return self
        return Ranges(tuple((first, min(last, ordinal - 1)) for first, last in self.spans if first < ordinal))

    def after(self, ordinal: int) -> Ranges:
        """Those that are more."""
        return Ranges(tuple((max(first, ordinal + 1), last) for first, last in self.spans if last > ordinal))

    def without(self, ordinals: Sequence[int]) -> Ranges:
        """Those that are not among these ascending ones."""
        if not ordinals:
            return self
        left: list[tuple[int, int]] = []
        pending = iter(ordinals)
        ordinal = next(pending, None)
        for first, last in self.spans:
            start = first
            while ordinal is not None and ordinal <= last:
                if start < ordinal:
                    left.append((start, ordinal - 1))
                start = max(start, ordinal + 1)
                ordinal = next(pending, None)
            if start <= last:
                left.append((start, last))
        return Ranges(tuple(left))
