"""The domain and the workflow give the same result each time they are run: replay depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.determinism import nondeterminism

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("crm", "workflows") for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(ROOT)) for path in MODULES])
def test_a_module_depends_on_nothing_but_its_arguments(path: Path) -> None:
    assert [str(finding) for finding in nondeterminism(path.read_text(encoding="utf-8"))] == []


def test_there_are_modules_to_look_at() -> None:
    names = [str(path.relative_to(ROOT)) for path in MODULES]
    assert {"crm/decide.py", "crm/kinds/items.py", "workflows/crm_item.py"} <= set(names)


BAD = {
    "import time": "time is a clock",
    "import time as moment": "time is a clock",
    "from time import monotonic": "time is a clock",
    "import os.path": "os is the environment",
    "def f():\n    import random": "random is randomness",
    "from uuid import uuid4": "uuid is randomness",
    "from secrets import token_hex": "secrets is randomness",
    "from datetime import datetime\nnow = datetime.now()": "datetime.now is a clock",
    "import datetime\nnow = datetime.datetime.now(datetime.UTC)": "datetime.now is a clock",
    "from datetime import date\nday = date.today()": "date.today is a clock",
    "from datetime import datetime\nclock = datetime.utcnow": "datetime.utcnow is a clock",
    "from asyncio import as_completed": "asyncio.as_completed is the order of a set",
    "import asyncio\nasync def f(ts): await asyncio.wait(ts)": "asyncio.wait is the order of a set",
    "key = hash('a')": "hash() is randomness",
    "key = id(object())": "id() is randomness",
    "text = open('a').read()": "open() is files",
    "for one in {1, 2}: print(one)": "the order of the set {1, 2}",
    "many = [one for one in set(range(3))]": "the order of the set set(range(3))",
    "many = list({one for one in 'ab'})": "the order of the set {one for one in 'ab'}",
    "known = {'a'}\ntext = ', '.join(known)": "the order of the set known",
    "known: set[str] = read()\nfor one in known: print(one)": "the order of the set known",
    "def f(known: frozenset[str] | None): return tuple(known)": "the order of the set known",
    "class C:\n    known: set[int]\n    def f(self): return [*self.known]": "the order of the set self.known",
    "a, b = {1, 2}": "the order of the set {1, 2}",
    "known = {1}\nfirst = next(iter(known))": "the order of the set known",
    "known = {1}\nany_one = known.pop()": "the order of the set known",
    "keys = dict.fromkeys({'a'} | {'b'})": "the order of the set {'a'} | {'b'}",
    "total = sum({0.1, 0.2})": "the order of the set {0.1, 0.2}",
    "known = {1}\nothers = list(known.union([2]))": "the order of the set known.union([2])",
}


@pytest.mark.parametrize(("source", "what"), BAD.items(), ids=BAD.keys())
def test_what_may_differ_from_run_to_run_is_found(source: str, what: str) -> None:
    assert what in [finding.what for finding in nondeterminism(source)]


GOOD = [
    "from datetime import UTC, datetime\nat = datetime.fromisoformat('2026-11-21')",
    "known = {1, 2}\nif 1 in known: print(len(known))",
    "known = {1, 2}\nfor one in sorted(known): print(one)",
    "known = {'a': 1}\nfor one in known: print(one)",
    "both = {1} & {2}\nboth.update([3])",
    "keys = dict.fromkeys(['a'])",
    "entries = [1]\nlast = entries.pop()",
    "same = {one for one in {1, 2}} == {1, 2}",
]


@pytest.mark.parametrize("source", GOOD)
def test_what_is_always_the_same_is_let_through(source: str) -> None:
    assert nondeterminism(source) == []
