"""The catalogue as administrators see it: by group, filtered and searched (R22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import combining, normalize

from crm.items import BUILT_IN_TYPES
from crm.kinds import CATALOGUE, GROUP_TITLES, AnyKind, Group, Language, Text

_STRAIGHT = str.maketrans("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind with the JSON Schemas of its own settings and of its events' data."""

    kind: AnyKind
    settings_schema: dict[str, Any]
    data_schema: dict[str, Any]

    @property
    def group_title(self) -> Text:
        return GROUP_TITLES[self.kind.group]

    @property
    def item_types(self) -> tuple[str, ...]:
        """The built-in types whose items can have such triggers."""
        return tuple(code for code in BUILT_IN_TYPES if self.kind.has(code))

    @property
    def for_smart_processes(self) -> bool:
        return "S" in self.kind.item_types

    @property
    def items(self) -> str:
        """Whose triggers can be of the kind, as `lead, deal, smart processes`."""
        return ", ".join((*self.item_types, *["smart processes"] * self.for_smart_processes))


def find_kinds(
    *,
    item_type: str | None = None,
    group: Group | None = None,
    search: str = "",
    language: Language | None = None,
) -> list[Entry]:
    """The kinds for which all of this holds, by group and then in the order of their declaration.

    `item_type` is a built-in type or the slug of a smart process. Each word of `search` must be found in the
    title, the description or the title of the group, in `language` or else in any; accents and case do not
    matter.
    """
    words = _fold(search).split()
    languages = [language] if language else list(Language)
    return [
        entry_of(kind.code)
        for shown in Group
        if group in (None, shown)
        for kind in CATALOGUE.values()
        if kind.group is shown
        if item_type is None or kind.has(item_type)
        if _holds_all(_searched(kind.code, languages), words)
    ]


@cache
def entry_of(code: str) -> Entry:
    """A kind of the catalogue by its code."""
    kind = CATALOGUE[code]
    return Entry(kind, kind.settings.model_json_schema(), kind.data.model_json_schema())


def _searched(code: str, languages: Iterable[Language]) -> str:
    return "\n".join(_searched_in(code, language) for language in languages)


@cache
def _searched_in(code: str, language: Language) -> str:
    kind = CATALOGUE[code]
    texts = (kind.title, kind.description, GROUP_TITLES[kind.group])
    return _fold("\n".join(text.in_language(language) for text in texts))


def _holds_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _fold(text: str) -> str:
    """Without accents and case; one kind of apostrophe."""
    letters = (one for one in normalize("NFKD", text.translate(_STRAIGHT)) if not combining(one))
    return "".join(letters).casefold()
