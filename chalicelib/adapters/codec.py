"""Dataclasses of ours to plain items and back.

Decimals and times become text (RFC 3339, UTC), money its JSON shape, None is left out: an attribute that is
not there is None. The reading side is validated, because another version of this program may have written the
item.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from chalicelib.adapters.table import Item, Update
from chalicelib.errors import StoredItemUnreadable

T = TypeVar("T")


def dump(value: Any) -> Item:
    """The fields of a dataclass as plain values, without those that are None."""
    plain: Item = _adapter(type(value)).dump_python(value, mode="json")
    return without_none(plain)


def load(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Read what ``dump`` wrote; attributes that are no field of it are left aside."""
    try:
        said = {name: plain.get(name) for name in _needed(kind)} | dict(plain)
        return cast("T", _adapter(kind).validate_python(said))
    except ValidationError as fault:
        places = ", ".join(".".join(map(str, one["loc"])) for one in fault.errors(include_input=False))
        raise StoredItemUnreadable(f"a stored {kind.__name__} cannot be read: {places}") from None


def without_none(plain: Mapping[str, Any]) -> Item:
    """What is there of it."""
    return {name: value for name, value in plain.items() if value is not None}


def update_of(item: Item, may_hold: Collection[str], expect: Mapping[str, Any] | None = None) -> Update:
    """The update that makes an item hold exactly these of the attributes it may hold, and leaves others
    alone.
    """
    said = {name: value for name, value in item.items() if name not in ("PK", "SK")}
    gone = sorted(set(may_hold) - set(said))
    return Update(item["PK"], item["SK"], said, gone, expect or {})


def names_of(kind: type[Any]) -> frozenset[str]:
    """The names of a dataclass's fields."""
    return frozenset(one.name for one in fields(kind))


def _needed(kind: type[Any]) -> tuple[str, ...]:
    """Fields without a default: left out of the item when None, said to be None when read."""
    return tuple(one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING)


# Built when first needed: no function reads every kind of item.
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
