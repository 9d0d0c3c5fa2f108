"""The loader of named queries keeps to its form."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from storage.queries import QUERIES, QueryFileError, load_queries
from tests.support.databases import connected


def test_queries_are_found_by_name(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text(
        "-- name: first\n-- The first.\nselect 1\n\n-- name: second\n-- Two.\nselect\n2\n"
    )
    (tmp_path / "two.sql").write_text("-- name: third\n-- The third.\n-- With more to say.\nselect 3")

    assert load_queries(tmp_path) == {"first": "select 1", "second": "select\n2", "third": "select 3"}


REFUSED = {
    "a name twice": (
        "-- name: one\n-- A.\nselect 1\n-- name: one\n-- B.\nselect 2",
        "the query one is there twice",
    ),
    "no description": ("-- name: one\nselect 1", "the query one has no description"),
    "an empty description": ("-- name: one\n--\nselect 1", "the query one has no description"),
    "no query": ("-- name: one\n-- Nothing.\n", "the query one is empty"),
    "no name": ("-- name: \n-- A.\nselect 1", "'' is no name of a query"),
    "a wrong name": ("-- name: One two\n-- A.\nselect 1", "'One two' is no name of a query"),
    "text before the first": ("select 0;\n-- name: one\n-- A.\nselect 1", "text before the first '-- name:'"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_does_not_keep_to_the_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "some.sql").write_text(text)

    with pytest.raises(QueryFileError) as refused:
        load_queries(tmp_path)

    assert str(refused.value) == f"some.sql: {message}"


def test_the_same_name_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- name: one\n-- A.\nselect 1")
    (tmp_path / "b.sql").write_text("-- name: one\n-- B.\nselect 2")

    with pytest.raises(QueryFileError, match=r"b\.sql: the query one is there twice"):
        load_queries(tmp_path)


async def test_postgresql_understands_every_query(database: Database, database_url: str) -> None:
    async with connected(database_url) as connection:
        for sql in QUERIES.values():
            await connection.prepare(sql)
