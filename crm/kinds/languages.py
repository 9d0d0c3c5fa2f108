"""Texts for people, in each language of the product."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages of the product, by their ISO 639-1 codes."""

    ENGLISH = "en"
    FRENCH = "fr"
    ITALIAN = "it"


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people in each language."""

    en: str
    fr: str
    it: str

    def in_language(self, language: Language) -> str:
        match language:
            case Language.ENGLISH:
                return self.en
            case Language.FRENCH:
                return self.fr
            case Language.ITALIAN:
                return self.it
