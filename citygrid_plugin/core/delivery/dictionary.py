"""The field dictionary of a delivery: what each field is called, how wide it is, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError

from .names import NAME_BYTES, cut

UNIT_GRID: Final = "unit_grid"
ZONES: Final = "responsibility_grids"
COMMUNITIES: Final = "communities"
STREETS: Final = "streets"
COMPONENTS: Final = "components"
CASES: Final = "cases"
OTHER: Final = ""
"""What a layer is that is none of these: its fields are written as they are."""

_TELLING: Final = (
    (CASES, (fields.CASE_ID,)),
    (COMPONENTS, (fields.OBJ_ID,)),
    (ZONES, (fields.RGID, fields.CELLS)),
    (ZONES, (fields.RGID, fields.RG_NAME)),
    (UNIT_GRID, (fields.BGID,)),
    (COMMUNITIES, (fields.COMMUNITY_CODE,)),
    (STREETS, (fields.STREET_CODE,)),
)
TEXT, NUMBER, DATE = "C", "N", "D"
"""Types of fields, as dBase writes them."""
WIDEST: Final = {TEXT: 254, NUMBER: 20, DATE: 8}
"""Bytes that a field of each type can have."""
COLUMNS: Final = (
    "layer", "field", "title", "short", "type", "width", "decimals", "needed", "meaning", "meaning_zh", "source",
    "status",
)  # fmt: skip
"""Columns of the table that a dictionary is read from."""
_YES: Final = frozenset({"yes", "y", "1", "true", "是", "必填"})


class WrongDictionary(CityGridError):
    """A field dictionary with a row that makes no field."""

    template = "Row {row} of the field dictionary “{path}” has “{value}” as {column}; it must be {allowed}."


@dataclass(frozen=True)
class FieldRule:
    """One field of a kind of layer.

    ``title``: its Chinese name, ``short``: the same in at most ten bytes of GBK; ``type``: C, N or D; ``width``: bytes;
    ``needed``: a delivery without it is not complete. ``source`` and ``status`` tell where the width comes from:
    ``standard`` (read in its text), ``secondary`` (seen in other systems or excerpts) or ``ours``.
    """

    layer: str
    field: str
    title: str
    short: str
    type: str
    width: int
    decimals: int
    needed: bool
    meaning: str
    meaning_zh: str
    source: str
    status: str


@dataclass(frozen=True)
class Dictionary:
    """All rules; a field is found by its name, its Chinese name, its short one, or what a .dbf leaves of it."""

    rules: tuple[FieldRule, ...]

    def rule(self, layer: str, name: str) -> FieldRule | None:
        """The rule of a field of a kind of layer."""
        return self._by_name.get((layer, name.casefold()))

    def of(self, layer: str) -> list[FieldRule]:
        """The rules of a kind of layer, in their order."""
        return [rule for rule in self.rules if rule.layer == layer]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], FieldRule]:
        """Rules by kind and name; a name of ours counts before a Chinese one, and that before what is left of it."""
        result: dict[tuple[str, str], FieldRule] = {}
        for names in (_own_name, _chinese_names, _cut_names):
            for rule in self.rules:
                for name in names(rule):
                    result.setdefault((rule.layer, name.casefold()), rule)
        return result

    def kind(self, names: Iterable[str]) -> str:
        """What kind of layer has these fields (also under their Chinese names); ``OTHER`` for none."""
        given = list(names)
        for kind, telling in _TELLING:
            rules = [self.rule(kind, name) for name in given]
            found = {rule.field for rule in rules if rule is not None} | set(given)
            if found.issuperset(telling):
                return kind
        return OTHER


def _own_name(rule: FieldRule) -> tuple[str, ...]:
    return (rule.field,)


def _chinese_names(rule: FieldRule) -> tuple[str, ...]:
    return tuple(name for name in (rule.short, rule.title) if name)


def _cut_names(rule: FieldRule) -> tuple[str, ...]:
    """What a .dbf, with its ten bytes, leaves of the Chinese names."""
    return tuple(cut(name, encoding, NAME_BYTES) for name in _chinese_names(rule) for encoding in ("GBK", "UTF-8"))


def dictionary_of(rows: Iterable[Mapping[str, str]], path: str) -> Dictionary:
    """The dictionary of a table's rows (text by ``COLUMNS``). Raises ``WrongDictionary``."""
    return Dictionary(tuple(_rule(row, number, path) for number, row in enumerate(rows, 2)))


def _rule(row: Mapping[str, str], number: int, path: str) -> FieldRule:
    kind = row["type"].strip().upper()
    if not row["field"].strip():
        raise WrongDictionary(row=number, path=path, value="", column="field", allowed="the name of a field")
    if kind not in WIDEST:
        raise WrongDictionary(row=number, path=path, value=row["type"], column="type", allowed="C, N, D")
    width = _whole(row, "width", (1, WIDEST[kind]), number, path)
    most = max(width - 2, 0) if kind == NUMBER else 0
    return FieldRule(
        row["layer"].strip(),
        row["field"].strip(),
        row["title"].strip(),
        row["short"].strip() or row["title"].strip(),
        kind,
        width,
        _whole(row, "decimals", (0, most), number, path) if row["decimals"].strip() else 0,
        row["needed"].strip().casefold() in _YES,
        row["meaning"],
        row["meaning_zh"],
        row["source"],
        row["status"],
    )


def _whole(row: Mapping[str, str], column: str, limits: tuple[int, int], number: int, path: str) -> int:
    text = row[column].strip()
    low, high = limits
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise WrongDictionary(row=number, path=path, value=text, column=column, allowed=f"{low} … {high}")
    return int(text)
