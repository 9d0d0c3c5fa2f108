"""What the settings and the event data of kinds are made of: one type for each way to be right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from annotated_types import Interval
from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from crm.errors import ValueRefused
from crm.values import Json
from crm.values.numbers import parse_decimal
from crm.values.references import parse_item
from crm.values.texts import MAX_TEXT_CHARACTERS, fold, parse_url

T = TypeVar("T")

_WITHOUT_NUL = r"^[^\x00]*$"


def reads(parse: Callable[[Json], Any]) -> BeforeValidator:
    """Reads what a message or a setting brings as `parse` does, whose `ValueRefused` becomes the problem."""

    def read(value: Any) -> Any:
        try:
            return parse(value)
        except ValueRefused as refused:
            raise PydanticCustomError("value", "{reason}", {"reason": str(refused)}) from refused

    return BeforeValidator(read)


def _empty_is_absent(value: Any) -> Any:
    return None if value == "" else value


def _empty_is_none_of_them(value: Any) -> Any:
    return () if value in (None, "") else value


Maybe = Annotated[T | None, BeforeValidator(_empty_is_absent)]
"""What may be absent; null and empty text are absent too."""

Several = Annotated[tuple[T, ...], BeforeValidator(_empty_is_none_of_them)]
"""A list that may be empty; null and empty text are empty too."""


def _forget_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


UnlikeNull = Annotated[T, Field(json_schema_extra=_forget_default)]
"""What may be absent, which is another thing than null: its schema names no default."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_WITHOUT_NUL)]
"""The id or code of something outside: 1 to 200 characters without NUL, compared exactly."""

Words = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS, pattern=_WITHOUT_NUL)]
"""What people wrote."""

Piece = Annotated[
    str, StringConstraints(min_length=1, max_length=1_000, pattern=_WITHOUT_NUL), AfterValidator(fold)
]
"""A piece of a text that is looked for without case; kept folded."""

Seconds = Annotated[int, Strict(), Interval(ge=0, lt=2**63)]
"""A duration."""

Amount = Annotated[
    Decimal, reads(parse_decimal), WithJsonSchema({"type": ["number", "string"], "format": "decimal"})
]
"""A number or decimal text, exact."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A currency of three capital letters."""

Url = Annotated[str, reads(parse_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""A url with scheme and host."""

ItemReference = Annotated[str, reads(parse_item), WithJsonSchema({"type": "string", "format": "item"})]
"""An item, as deal:42."""
