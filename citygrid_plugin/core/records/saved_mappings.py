"""Mappings that are kept: the rules, and how the files of that shape are to be read.

One JSON object: version, name, scheme (id), rules, encoding, crs, datum (STATED, GCJ02, BD09), xy (the two
columns with coordinates), columns (fingerprint of the columns it was made for), file and table (of which file
and layer it is, where several mappings stand in one list). Everything but the rules may be left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import pyproj

from citygrid_plugin.core.spatial.datum import Datum

from .mapping import (
    RULES,
    BadMapping,
    Rules,
    checked_rules,
    json_of,
    plain_name,
)

VERSION: Final = 1
_TEXTS: Final = ("name", "scheme", "encoding", "crs", "columns", "file", "table")
_KEYS: Final = frozenset({"version", RULES, "datum", "xy", *_TEXTS})
_OWN_COLUMNS: Final = frozenset({"fid", "ogcfid", "geom", "geometry", "file", "row", "reason", "detail"})
_FINGERPRINT_LENGTH = 32
_SHOWN = 80
_PAIR = 2


@dataclass(frozen=True)
class SavedMapping:
    """A mapping with what else its deliveries have in common; what is empty is told from each file.

    ``scheme``: id of a code scheme. ``xy``: columns with x and y, or longitude and latitude. ``columns``:
    ``fingerprint`` of the columns. ``file``, ``table``: the one file or layer that it is for.
    """

    rules: Rules
    name: str = ""
    scheme: str = ""
    encoding: str = ""
    crs: str = ""
    datum: Datum = Datum.STATED
    xy: tuple[str, str] | None = None
    columns: str = ""
    file: str = ""
    table: str = ""

    def to_json(self) -> str:
        """The JSON text, the same for the same mapping."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """What the JSON text holds; parts that say nothing are left out."""
        texts = {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}
        datum = {"datum": self.datum.name} if self.datum is not Datum.STATED else {}
        xy = {"xy": list(self.xy)} if self.xy is not None else {}
        return {"version": VERSION, **texts, **datum, **xy, RULES: dict(self.rules)}


def parse_saved(text: str, targets: Sequence[str]) -> SavedMapping:
    """A saved mapping of JSON text; bare rules are one that says nothing else.

    Raises ``BadMapping``, ``BadExpression``.
    """
    return _saved(json_of(text), targets)


def parse_all_saved(text: str, targets: Sequence[str]) -> list[SavedMapping]:
    """The mappings of JSON text: a list of saved mappings, or one. Raises as ``parse_saved``."""
    parsed = json_of(text)
    return [_saved(part, targets) for part in (parsed if isinstance(parsed, list) else [parsed])]


def mapping_for(mappings: Sequence[SavedMapping], table: str, file: str = "") -> SavedMapping:
    """The mapping of a table: the one that names it and its file, else one for all, else an empty one.

    Files are told apart by their folders inside the delivery where those are given, else by their names.
    """
    name = PurePosixPath(file).name
    wanted = ((file, table), (name, table), ("", table), (file, ""), (name, ""), ("", ""))
    found = {(PurePosixPath(each.file).name, each.table): each for each in reversed(mappings)}
    found |= {(each.file, each.table): each for each in reversed(mappings)}
    return next((found[pair] for pair in wanted if pair in found), SavedMapping({}))


def fingerprint(columns: Iterable[str]) -> str:
    """What tables of the same shape have in common: their names in any order, case and spelling of blanks.

    Row numbers, geometries and the columns that REJECTED adds do not count, so what was repaired there is
    read as the delivery was.
    """
    names = sorted({plain_name(str(column)) for column in columns} - _OWN_COLUMNS)
    return hashlib.sha256("\n".join(names).encode("utf-8")).hexdigest()[:_FINGERPRINT_LENGTH]


def _saved(parsed: object, targets: Sequence[str]) -> SavedMapping:
    if not isinstance(parsed, dict) or not isinstance(parsed.get(RULES), dict):
        return SavedMapping(checked_rules(parsed, targets))
    for key in parsed:
        if key not in _KEYS:
            raise BadMapping(why=f"“{key[:_SHOWN]}” is no part of a saved mapping")
    if str(parsed.get("version", VERSION)) != str(VERSION):
        raise BadMapping(why="it was saved by another version of CityGrid")
    return SavedMapping(
        rules=checked_rules(parsed[RULES], targets),
        **{name: _text(parsed, name) for name in _TEXTS if name != "crs"},
        crs=_crs(_text(parsed, "crs")),
        datum=_datum(parsed.get("datum")),
        xy=_xy(parsed.get("xy")),
    )


def _text(parsed: Mapping[str, Any], name: str) -> str:
    value = parsed.get(name)
    if value is not None and not isinstance(value, str):
        raise BadMapping(why=f"“{name}” is no text")
    return str(value or "")


def _crs(text: str) -> str:
    if text:
        try:
            pyproj.CRS.from_user_input(text)
        except pyproj.exceptions.CRSError as error:
            raise BadMapping(why=f"“{text[:_SHOWN]}” is no coordinate reference system") from error
    return text


def _datum(value: object) -> Datum:
    """By its name or its number."""
    names = {key: datum for datum in Datum for key in (datum.name, str(datum.value))}
    if value in (None, ""):
        return Datum.STATED
    if not isinstance(value, str) or str(value) not in names:
        raise BadMapping(why=f"“datum” is none of {', '.join(datum.name for datum in Datum)}")
    return names[str(value)]


def _xy(value: object) -> tuple[str, str] | None:
    if not value:
        return None
    if isinstance(value, list) and len(value) == _PAIR and all(isinstance(name, str) for name in value):
        return str(value[0]), str(value[1])
    raise BadMapping(why="“xy” is not the names of two columns")
