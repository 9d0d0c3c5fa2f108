"""Rows: what is understood, what is rejected with its line, and what is no log at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from starter.importing.errors import LogRefused
from starter.importing.rows import RowDocument, read_log
from tests.importing.desk import HEADER, csv_of, desk, log_of

GOOD = "case-1,r1,2026-01-05T09:00:00+01:00,send,Ann,Bob,100,"


def test_a_row_is_read_by_the_mapping() -> None:
    [row] = log_of(GOOD).rows
    assert (row.line, row.case, row.item_id, row.save_id) == (2, "case-1", 1, "desk:case-1:r1")
    assert row.at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert (row.person, row.owner, row.title) == ("Ann", "Bob", "Request case-1")
    assert row.changes == {"state": "sent"}
    assert row.document == RowDocument("executed", "case-1:letter", "letter")
    assert row.fields == {"amount": 100}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("FALSE", False), ("", None)],
)
def test_a_cell_of_a_boolean_field_is_a_word(word: str, value: bool | None) -> None:
    [row] = log_of(f"case-1,r1,2026-01-05T09:00:00Z,rush,Ann,Ann,1,{word}").rows
    assert row.changes == {"urgent": value}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(",r2,2026-01-05T09:00:00Z,check,Ann,Ann,1,", "case is empty", id="no case"),
        pytest.param("case-1,,2026-01-05T09:00:00Z,check,Ann,Ann,1,", "row is empty", id="no row id"),
        pytest.param(
            "no-1,r2,2026-01-05T09:00:00Z,check,Ann,Ann,1,",
            "case 'no-1' does not match 'case-([0-9]+)'",
            id="another case",
        ),
        pytest.param(
            "case-0,r2,2026-01-05T09:00:00Z,check,Ann,Ann,1,",
            "case 'case-0' does not match 'case-([0-9]+)'",
            id="numbers begin at 1",
        ),
        pytest.param(
            "case-01,r2,2026-01-05T09:00:00Z,check,Ann,Ann,1,",
            "case 'case-01' has the number 1, which is that of case 'case-1'",
            id="two cases of one number",
        ),
        pytest.param(
            "case-1,r2,yesterday,check,Ann,Ann,1,",
            "at: 'yesterday' is no datetime; write it as 2026-11-21T10:30:00+01:00",
            id="no time",
        ),
        pytest.param(
            "case-1,r2,2026-01-05 09:00:00,check,Ann,Ann,1,",
            "at: '2026-01-05 09:00:00' has no offset from UTC; write it as 2026-11-21T10:30:00+01:00",
            id="time without offset",
        ),
        pytest.param(
            "case-1,r2,2026-01-05T09:00:00Z,chek,Ann,Ann,1,",
            "unknown task 'chek'; did you mean 'check'?",
            id="unknown task",
        ),
        pytest.param(
            "case-1,r2,2026-01-05T09:00:00Z,check,Eve,Ann,1,",
            "who: nobody is called 'Eve'; add the name to users.others",
            id="unknown person",
        ),
        pytest.param(
            "case-1,r2,2026-01-05T09:00:00Z,check,Ann,Ann,much,",
            "field amount: 'much' is no number; write it as 12.5",
            id="wrong value",
        ),
        pytest.param("case-1,r2,2026-01-05T09:00:00Z", "3 cells under 8 columns", id="too few cells"),
        pytest.param(
            "case-1,r1,2026-01-05T09:00:00Z,check,Ann,Ann,1,",
            "row 'r1' of case-1 stands on line 2 already",
            id="the same row twice",
        ),
        pytest.param(
            f"case-1,{'r' * 180},2026-01-05T09:00:00Z,check,Ann,Ann,1,",
            "its id would have 192 characters, of 180: "
            "'desk:case-1:rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr…'",
            id="an id that is too long",
        ),
    ],
)
def test_a_bad_row_is_left_out_with_its_line_and_the_reason(row: str, reason: str) -> None:
    log = log_of(GOOD, row, "case-1,r9,2026-01-05T09:00:00Z,check,Ann,Ann,1,")
    assert [one.line for one in log.rows] == [2, 4]
    assert [(one.line, one.reason) for one in log.rejected] == [(3, reason)]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    two_lines = 'case-1,"r\n1",2026-01-05T09:00:00Z,check,Ann,Ann,1,'
    log = log_of(two_lines, "", "case-1,r2,never,check,Ann,Ann,1,")
    assert [one.line for one in log.rows] == [2]
    assert [one.line for one in log.rejected] == [5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "log.csv: the file is empty", id="empty"),
        pytest.param(HEADER.encode(), "log.csv: there is no row under the header", id="header alone"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "log.csv: no CSV file: it holds bytes that are no text",
            id="image",
        ),
        pytest.param(
            csv_of([GOOD]).encode() + b"case-2,r\xe9\n",
            "log.csv:3: no CSV file in UTF-8: invalid continuation byte",
            id="another encoding",
        ),
        pytest.param(
            b"Dear reader,\nthis is a letter.\n",
            "log.csv:1: the header does not fit the mapping: there is no column 'case'",
            id="a letter",
        ),
        pytest.param(
            csv_of([GOOD]).replace("owner", "Owner").encode(),
            "log.csv:1: the header does not fit the mapping: there is no column 'owner'; "
            "did you mean 'Owner'?",
            id="a column in another case",
        ),
        pytest.param(
            csv_of([GOOD]).replace("urgent", "who").encode(),
            "log.csv:1: the header does not fit the mapping: column 'who' is there twice; "
            "there is no column 'urgent'",
            id="a column twice",
        ),
        pytest.param(
            csv_of([GOOD, '"case-1"x,r2']).encode(), "log.csv:3: no CSV: ',' expected after '\"'", id="quotes"
        ),
    ],
)
def test_what_is_no_csv_for_the_mapping_gets_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_bytes(content)
    with pytest.raises(LogRefused) as refused:
        read_log(Path("log.csv"), desk().mapping)
    assert str(refused.value).startswith(message)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(LogRefused, match=r"none\.csv: can't be read: No such file"):
        read_log(Path("none.csv"), desk().mapping)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(csv_of([GOOD]), encoding="utf-8-sig")
    assert len(read_log(path, desk().mapping).rows) == 1
