"""What every record is: frozen, validated, versioned; and how a decoded JSON object becomes one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from judgekit.display import brief
from judgekit.errors import InputError


def several(given: object) -> tuple[Any, ...]:
    """One value or several, as several; a text or a path is one value, never its letters."""
    if isinstance(given, str | os.PathLike) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


class Record(BaseModel):
    """Base of all records: immutable, no unknown keys, ``schema`` written under its own name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=True)

    def __repr__(self) -> str:
        """What is not at its default; long texts and many entries are cut."""
        fields = type(self).model_fields
        held = {name: getattr(self, name) for name in fields if name in self.model_fields_set}
        said = (f"{name}={brief(value)}" for name, value in held.items() if value != fields[name].default)
        return f"{type(self).__name__}({', '.join(said)})"

    __str__ = __repr__

    def to_row(self) -> dict[str, Any]:
        """The record as a JSON object; keys at their default are left out, ``schema`` is kept."""
        row = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        schema = type(self).model_fields.get("schema_")
        return row if schema is None else {"schema": schema.default, **row}


R = TypeVar("R", bound=Record)


def parse(kind: type[R], row: object, *, path: object = None, line: object = None) -> R:
    """Validate a decoded JSON object as a record.

    Raises
    ------
    InputError
        Naming file, line and key, in one line.
    """
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        raise InputError(f"{explain(error, kind)} (in {kind.__name__})", path=path, row=line) from None


def explain(error: ValidationError, kind: type[BaseModel] | None = None) -> str:
    """The first fault that a user should mend, in one phrase; a misspelt key goes before what it leaves missing."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"]) or "row"
    if first["type"] == "extra_forbidden":
        known = kind.model_fields if kind is not None and len(first["loc"]) == 1 else {}
        names = ", ".join(field.alias or name for name, field in known.items())
        return f"unknown key '{key}'" + (f"; known keys: {names}" if names else "")
    message = first["msg"].removeprefix("Value error, ")
    return f"key '{key}': {message[:1].lower()}{message[1:]}"
