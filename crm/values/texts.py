"""Text and urls: what is accepted, and how two of them compare."""

from __future__ import annotations

import re
from unicodedata import normalize

from crm.errors import ValueRefused
from crm.values.json_values import Json, show

MAX_TEXT_CHARACTERS = 100_000

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"\s")
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<user>[^/?#]*@)?"
    r"(?P<host>\[[^][/?#@]+\]|[^][/?#@:]+)"
    r"(?P<rest>(?::[0-9]*)?(?:[/?#].*)?)",
    re.DOTALL,
)


def parse_exact_text(value: Json) -> str:
    """Text exactly as it was given. Raises `ValueRefused` for what can't be stored."""
    if not isinstance(value, str):
        raise ValueRefused(f"{show(value)} is no text")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise ValueRefused(f"text of {len(value)} characters is too long; at most {MAX_TEXT_CHARACTERS} fit")
    if "\0" in value:
        raise ValueRefused("text must not hold the NUL character; PostgreSQL can't store it")
    if not value.isascii() and _LONE_SURROGATE.search(value):
        raise ValueRefused("text must not hold half of a surrogate pair; it is no Unicode text")
    return value


def parse_text(value: Json) -> str:
    """Text in NFC (R15)."""
    # NFC may lengthen a text, so its length is checked in the form that is kept.
    return parse_exact_text(normalize("NFC", value) if isinstance(value, str) else value)


def parse_url(value: Json) -> str:
    """A url with scheme and host in NFC, its case kept."""
    text = parse_text(value)
    if _BLANK.search(text) or not _URL.fullmatch(text):
        raise ValueRefused(f"{show(text)} is no url; write scheme and host, as https://example.com/page")
    return text


def fold(text: str) -> str:
    """The form in which text compares without case (R20)."""
    return normalize("NFC", normalize("NFC", text).casefold())


def split_url(url: str) -> tuple[str, str]:
    """A parsed url as scheme and host, in the form in which they compare, and the rest exactly as it is."""
    parts = _URL.fullmatch(url)
    if parts is None:
        raise ValueError(f"not a parsed url: {url!r}")
    return f"{parts['scheme'].lower()}://{parts['user'] or ''}{fold(parts['host'])}", parts["rest"]


def fold_url(url: str) -> str:
    """The form in which urls compare: scheme and host without case, the rest exactly (R15, R20)."""
    return "".join(split_url(url))
