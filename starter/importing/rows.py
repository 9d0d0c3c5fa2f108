"""The rows of the log, read by the mapping: what each says, or the line and the reason of its rejection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from crm.errors import CrmError, ValueRefused
from crm.fields import Field, FieldType
from crm.messages import MAX_SAVE_ID_LENGTH
from crm.values import Json, normalise, show
from crm.values.moments import parse_datetime
from starter.importing.errors import LogRefused
from starter.importing.mapping import Document, Mapping, number_in
from starter.importing.templates import fill

MAX_ITEM_DIGITS = 18
MAX_DOCUMENT_ID_LENGTH = 200
_BOOLEANS: dict[str, Json] = {"true": True, "false": False}


class RowRefused(CrmError):
    """A row that can't be imported; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is left out; `line` is the first of its lines in the file, from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RowDocument:
    """The step that a document went through. `id` is its own, with the case before it."""

    step: str
    id: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that is understood. Values are canonical; persons are names, null where the cell is empty.

    `changes` and `document` are what its task raises, `title`, `owner` and `fields` what an
    item has that begins with this row.
    """

    line: int
    case: str
    item_id: int
    save_id: str
    at: datetime
    person: str | None
    changes: dict[str, Json]
    document: RowDocument | None
    title: str
    owner: str | None
    fields: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Log:
    """The rows of a file in its order, and those that were rejected."""

    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]


def read_log(path: Path, mapping: Mapping) -> Log:
    """Read a CSV file in UTF-8; raises `LogRefused` where it is none, or lacks a column."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LogRefused(f"{path}: can't be read: {error.strerror}") from error
    if b"\0" in content:
        raise LogRefused(f"{path}: no CSV file: it holds bytes that are no text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LogRefused(f"{path}:{line}: no CSV file in UTF-8: {error.reason}") from error
    return parse_log(text, mapping, str(path))


def parse_log(text: str, mapping: Mapping, name: str) -> Log:
    """Read the text of a CSV file called `name`; raises `LogRefused`."""
    records = _records(text, name)
    header = next(records, None)
    if header is None:
        raise LogRefused(f"{name}: the file is empty")
    columns = header[1]
    _check_header(columns, mapping, name)
    reader = _RowReader(mapping)
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for line, record in records:
        try:
            if len(record) != len(columns):
                raise RowRefused(f"{len(record)} cells under {len(columns)} columns")
            rows.append(reader.read(line, dict(zip(columns, record, strict=True))))
        except RowRefused as refusal:
            rejected.append(Rejected(line, str(refusal)))
    if not rows and not rejected:
        raise LogRefused(f"{name}: there is no row under the header")
    return Log(tuple(rows), tuple(rejected))


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not empty, each with the first of its lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise LogRefused(f"{name}:{line}: no CSV: {error}") from error


def _check_header(columns: list[str], mapping: Mapping, name: str) -> None:
    problems = [f"column {one!r} is there twice" for one in dict.fromkeys(columns) if columns.count(one) > 1]
    problems += [
        f"there is no column {one!r}{_nearest(one, columns)}"
        for one in mapping.columns_read()
        if one not in columns
    ]
    if problems:
        raise LogRefused(f"{name}:1: the header does not fit the mapping: " + "; ".join(problems))


class _RowReader:
    """Understands one row after the other; knows which it has seen."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._fields = mapping.item_type.field_map()
        self._line_of_row: dict[str, int] = {}
        self._case_of_item: dict[int, str] = {}

    def read(self, line: int, cells: dict[str, str]) -> Row:
        """Raises `RowRefused` with the first reason."""
        mapping, columns = self._mapping, self._mapping.columns
        case = _cell(cells, columns.case)
        row_id = _cell(cells, columns.row)
        item_id = self._item_id(case)
        save_id = f"{mapping.log}:{case}:{row_id}"
        if len(save_id) > MAX_SAVE_ID_LENGTH:
            raise RowRefused(
                f"its id would have {len(save_id)} characters, of {MAX_SAVE_ID_LENGTH}: {show(save_id)}"
            )
        task_name = _cell(cells, columns.task)
        task = mapping.tasks.get(task_name)
        if task is None:
            raise RowRefused(f"unknown task {task_name!r}{_nearest(task_name, list(mapping.tasks))}")
        row = Row(
            line=line,
            case=case,
            item_id=item_id,
            save_id=save_id,
            at=_time(cells, columns.time),
            person=self._person(cells, columns.person),
            changes=self._values(task.fields, cells),
            document=_document(task.document, case, cells),
            title=str(fill(mapping.items.title, cells)),
            owner=self._person(cells, mapping.items.responsible) if mapping.items.responsible else None,
            fields=self._values(mapping.items.fields, cells),
        )
        first = self._line_of_row.setdefault(save_id, line)
        if first != line:
            raise RowRefused(f"{columns.row} {row_id!r} of {case} stands on line {first} already")
        self._case_of_item[item_id] = case
        return row

    def _item_id(self, case: str) -> int:
        number = number_in(self._mapping.items.number, case)
        if number is None or len(str(number)) > MAX_ITEM_DIGITS:
            raise RowRefused(f"case {case!r} does not match {self._mapping.items.number!r}")
        other = self._case_of_item.get(number, case)
        if other != case:
            raise RowRefused(f"case {case!r} has the number {number}, which is that of case {other!r}")
        return number

    def _person(self, cells: dict[str, str], column: str) -> str | None:
        name = cells[column].strip()
        if name and self._mapping.users.id_of(name) is None:
            raise RowRefused(f"{column}: nobody is called {name!r}; add the name to users.others")
        return name or None

    def _values(self, templates: dict[str, Json], cells: dict[str, str]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        for code, template in templates.items():
            try:
                values[code] = _value(self._fields[code], fill(template, cells))
            except ValueRefused as refusal:
                raise RowRefused(f"field {code}: {refusal}") from refusal
        return values


def _cell(cells: dict[str, str], column: str) -> str:
    value = cells[column].strip()
    if not value:
        raise RowRefused(f"{column} is empty")
    return value


def _time(cells: dict[str, str], column: str) -> datetime:
    try:
        return parse_datetime(_cell(cells, column))
    except ValueRefused as refusal:
        raise RowRefused(f"{column}: {refusal}") from refusal


def _value(field: Field, value: Json) -> Json:
    """The canonical value; a cell is text, so true and false are read from their words."""
    if field.type is FieldType.BOOLEAN and isinstance(value, str):
        value = _BOOLEANS.get(value.casefold(), value)
    return normalise(field, value)


def _document(document: Document | None, case: str, cells: dict[str, str]) -> RowDocument | None:
    if document is None:
        return None
    template = str(fill(document.template, cells))
    document_id = f"{case}:{fill(document.name, cells) or template}"
    if len(document_id) > MAX_DOCUMENT_ID_LENGTH:
        raise RowRefused(f"its document's id would have more than {MAX_DOCUMENT_ID_LENGTH} characters")
    return RowDocument(document.step, document_id, template)


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
