"""Tables out of JSON: JSON lines, arrays of objects, and objects that hold such an array somewhere.

Every value becomes text as it is written: a number keeps its digits and its zeros. Objects inside objects become
columns with a dotted name (``place.lat``); lists become text. A document is gone through element by element, so that
what is held is its text and the table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError, UnreadableFile
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.storage.files import bytes_of, free_name

from . import encodings
from .tables import check_width

SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
"""Files of JSON lines."""

UNREADABLE: Final = "unreadable_line"
"""The column that keeps the text of lines which are no records."""

_LARGEST: Final = 1_000_000_000  # bytes of a document or list; ours: its text has to be held
_LONGEST_LINE: Final = 16_000_000  # characters; more is no record (ours)
_KEPT: Final = 10_000  # characters of an unreadable line that are kept
_DEEPEST_COLUMN: Final = 6  # objects inside objects that become columns; what lies deeper stays JSON (ours)
_DEEPEST_ARRAY: Final = 3  # objects around the array of records
_SHOWN: Final = 10
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_KEYS: Final = (("key", "value"), ("code", "value"), ("name", "value"), ("code", "name"))
_GEOJSON: Final = frozenset({
    "Feature", "FeatureCollection", "Topology", "GeometryCollection", "Point", "MultiPoint", "LineString",
    "MultiLineString", "Polygon", "MultiPolygon",
})  # fmt: skip
_DEGREES: Final = "OGC:CRS84"


class BadJson(UnreadableFile):
    """A JSON document that breaks off or is none."""

    template = (
        "“{path}” cannot be read: {why} (line {line}). It is no complete JSON document; ask for it again, or save it "
        "as JSON lines (one object a line)."
    )


@dataclass(frozen=True)
class JsonTable:
    """Records of a JSON file: ``cells`` as text (None where null or missing).

    ``geometry``: of GeoJSON features, in degrees (``crs``), else None. ``name``: where in the document they stand.
    """

    cells: pd.DataFrame
    name: str = ""
    geometry: NDArray[Any] | None = None
    crs: str = ""
    encoding: str = ""
    remarks: list[Remark] = field(default_factory=list)


def read_lines(path: Path, encoding: str | None = None) -> JsonTable:
    """A file of JSON lines. A line that is no object is a row with its text in ``UNREADABLE``, and is remarked.

    Raises ``UnreadableFile``.
    """
    text, chosen, remarks = _text(path, encoding)
    builder = Builder(path)
    bad: list[tuple[int, str]] = []
    for number, line in _lines(text):
        try:
            record = _decoded(line)
        except ValueError as error:
            bad.append((number, _why(error)))
            builder.add({UNREADABLE: line[:_KEPT] + (" …" if len(line) > _KEPT else "")})
        else:
            builder.add_record(record)
    if bad:
        numbers = ", ".join(str(number) for number, _ in bad[:_SHOWN]) + (" …" if len(bad) > _SHOWN else "")
        values = {"count": len(bad), "lines": numbers, "why": bad[0][1], "column": UNREADABLE}
        remarks.append(Remark("lines_unreadable", values))
    return builder.table("", chosen, remarks)


def is_records(path: Path, encoding: str | None = None) -> bool:
    """Whether a .json file is a table of records, not GeoJSON, TopoJSON or anything else that GDAL reads.

    Told by the first keys: of a document that begins as GeoJSON, GDAL says what it is.
    """
    head = encodings.text_of_file(bytes_of(path, 1_000_000), encoding)[0].lstrip()
    if head.startswith("["):
        return True
    if not head.startswith("{"):
        return False
    for key, value in _first_keys(head):
        if key == "type" and value in _GEOJSON:
            return False
        if key in ("features", "arcs", "geometries", "coordinates"):
            return False
    return True


def read_document(path: Path, encoding: str | None = None) -> list[JsonTable]:
    """The tables of a JSON document: one an array of objects, in its order; else the document itself is one record.

    What stands beside them (a count, a message) is named in a remark. Raises ``UnreadableFile``, ``BadJson``.
    """
    text, chosen, remarks = _text(path, encoding)
    walker = _Walker(text, path)
    try:
        walker.walk()
    except RecursionError as error:
        raise UnreadableFile(path=str(path), why="it is nested too deeply") from error
    if not walker.found:
        builder = Builder(path)
        builder.add_record(walker.beside)
        return [builder.table("", chosen, remarks)]
    if walker.beside:
        names = ", ".join(list(walker.beside)[:_SHOWN]) + (" …" if len(walker.beside) > _SHOWN else "")
        remarks.append(Remark("json_beside", {"name": ", ".join(walker.found), "names": names}))
    return [builder.table(name, chosen, remarks) for name, builder in walker.found.items()]


def records_table(records: Sequence[Mapping[str, Any]], path: Path) -> pd.DataFrame:
    """Objects that are in memory as a table of text; ``path`` names where they come from. Raises ``UnreadableFile``."""
    builder = Builder(path)
    for record in records:
        builder.add(_flat(record))
    return builder.table("", "", []).cells


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """What JSON text holds, numbers as they are written. Raises ``ValueError``, also where it is nested too deeply."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error  # noqa: TRY003 - callers tell it in their sentence


# Parsing


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that is repeated each value is kept, under a name of its own."""
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    taken: set[str] = set()
    return {free_name(name, taken): value for name, value in pairs}


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=str, parse_float=str, parse_constant=str, strict=False
)


def _decoded(line: str) -> dict[str, Any]:
    """The object of a line. Raises ``ValueError``."""
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"it is longer than {_LONGEST_LINE:,} characters")  # noqa: TRY003 - told in a remark
    value = parsed(line)
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY003, TRY004 - as above
    return value


def _why(error: ValueError) -> str:
    return f"{error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else str(error)


def _text(path: Path, encoding: str | None) -> tuple[str, str, list[Remark]]:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFile(path=str(path), why=error.strerror or str(error)) from error
    if size > _LARGEST:
        raise UnreadableFile(path=str(path), why="it is larger than 1 GB; split it")
    text, chosen = encodings.text_of_file(bytes_of(path), encoding)
    remarks = chosen.remarks()
    if encodings.differ(chosen.encoding, encodings.UTF8):
        remarks.append(Remark("text_transcoded", {"encoding": chosen.encoding}))
    return text, chosen.encoding, remarks


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1; only line feeds end them, as JSON lines have it."""
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        number += 1
        line = text[start:end].strip(" \t\r\ufeff\x1e")
        if line:
            yield number, line
        start = end + 1


def _first_keys(head: str) -> Iterator[tuple[str, Any]]:
    """The keys of an object up to the first that holds an array or object, as far as the text goes."""
    position = _after_blanks(head, 1)
    while position < len(head) and head[position] == '"':
        try:
            key, position = _DECODER.raw_decode(head, position)
            position = _after_blanks(head, position)
            if head[position : position + 1] != ":":
                return
            position = _after_blanks(head, position + 1)
            if head[position : position + 1] in ("[", "{", ""):
                yield key, None
                return
            value, position = _DECODER.raw_decode(head, position)
        except (ValueError, RecursionError):
            return
        yield key, value
        position = _after_blanks(head, position)
        if head[position : position + 1] != ",":
            return
        position = _after_blanks(head, position + 1)


def _after_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


class _Walker:
    """Goes through a document. ``found``: tables by where their arrays stand; ``beside``: what else there is."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path
        self.found: dict[str, Builder] = {}
        self.beside: dict[str, Any] = {}

    def walk(self) -> None:
        position = _after_blanks(self._text, 0)
        start = self._text[position : position + 1]
        if start == "[":
            end = self._array(position, "")
        elif start == "{":
            end = self._object(position, "", 0)
        else:
            raise self._broken(position, why="it is no JSON object or array")
        end = _after_blanks(self._text, end)
        if end < len(self._text):
            raise self._broken(end, why="something follows its end")

    def _object(self, position: int, prefix: str, depth: int) -> int:
        position = _after_blanks(self._text, position + 1)
        if self._at(position) == "}":
            return position + 1
        while True:
            if self._at(position) != '"':
                raise self._broken(position, why="it breaks off")
            key, position = self._value(position)
            position = _after_blanks(self._text, position)
            if self._at(position) != ":":
                raise self._broken(position, why="it breaks off")
            position = _after_blanks(self._text, position + 1)
            position = self._member(position, f"{prefix}{key}", depth)
            is_over, position = self._after_value(position, "}")
            if is_over:
                return position

    def _member(self, position: int, name: str, depth: int) -> int:
        start = self._at(position)
        if start == "[" and self._at(_after_blanks(self._text, position + 1)) == "{":
            return self._array(position, name)
        if start == "{" and depth < _DEEPEST_ARRAY:
            return self._object(position, f"{name}.", depth + 1)
        self.beside[name], position = self._value(position)
        return position

    def _array(self, position: int, name: str) -> int:
        """An array of records; what in it is no object is a record all the same, of its text."""
        builder = self.found.setdefault(name, Builder(self._path))
        position = _after_blanks(self._text, position + 1)
        if self._at(position) == "]":
            return position + 1
        while True:
            value, position = self._value(position)
            if isinstance(value, dict):
                builder.add_record(value)
            else:
                builder.add({UNREADABLE: _plain(value)})
            is_over, position = self._after_value(position, "]")
            if is_over:
                return position

    def _after_value(self, position: int, closing: str) -> tuple[bool, int]:
        """Past what follows a value: the bracket that ends its object or array (which is over then), or a comma."""
        position = _after_blanks(self._text, position)
        if self._at(position) == closing:
            return True, position + 1
        if self._at(position) != ",":
            raise self._broken(position, why="it breaks off")
        return False, _after_blanks(self._text, position + 1)

    def _at(self, position: int) -> str:
        return self._text[position : position + 1]

    def _value(self, position: int) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self._text, position)
        except json.JSONDecodeError as error:
            raise self._broken(error.pos, why="it is no JSON, or breaks off") from error

    def _broken(self, position: int, *, why: str) -> CityGridError:
        return BadJson(path=str(self._path), why=why, line=self._text.count("\n", 0, position) + 1)


# Tables


class Builder:
    """Collects flat records as columns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: dict[str, list[str | None]] = {}  # as far as the last row that has something in it
        self._shapes: dict[int, str] = {}
        self.count = 0

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Add an object; of a GeoJSON feature its properties and its geometry."""
        if record.get("type") == "Feature" and isinstance(record.get("properties"), dict | None):
            flat = _flat({**{key: record[key] for key in ("id",) if key in record}, **(record["properties"] or {})})
            if record.get("geometry"):
                self._shapes[self.count] = _geojson(record["geometry"])
            self.add(flat)
            return
        self.add(_flat(record))

    def add(self, cells: Mapping[str, str | None]) -> None:
        """Add a row of text."""
        for name, value in cells.items():
            column = self._columns.get(name)
            if column is None:
                check_width(self._path, len(self._columns) + 1)
                column = self._columns[name] = []
            column.extend(repeat(None, self.count - len(column)))
            column.append(value)
        self.count += 1

    def table(self, name: str, encoding: str, remarks: Sequence[Remark]) -> JsonTable:
        """The table of all rows; a column of a row that lacks it is None."""
        data = {column: _filled(values, self.count) for column, values in self._columns.items()}
        cells = pd.DataFrame(data, index=range(self.count), dtype=object)
        if not self._shapes:
            return JsonTable(cells, name, encoding=encoding, remarks=list(remarks))
        geometry = np.full(self.count, None, dtype=object)
        rows = np.fromiter(self._shapes, dtype=np.intp)
        texts = np.array(list(self._shapes.values()), dtype=object)
        geometry[rows] = shapely.from_geojson(texts, on_invalid="ignore")
        return JsonTable(cells, name, geometry, _DEGREES, encoding, list(remarks))


def _filled(values: Sequence[str | None], count: int) -> NDArray[Any]:
    """A column with a value for each row."""
    result = np.full(count, None, dtype=object)
    result[: len(values)] = values
    return result


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str | None]:
    """An object as one row: objects inside it by dotted names, lists of named values likewise, other lists as text."""
    result: dict[str, str | None] = {}
    for key, value in record.items():
        name = f"{prefix}{key}" or "column"
        named = _named_values(value) if isinstance(value, list) else None
        inner = value if isinstance(value, dict) else named
        if inner and depth < _DEEPEST_COLUMN:
            for column, text in _flat(inner, f"{name}.", depth + 1).items():
                result[column if column not in result else f"{column}_{len(result)}"] = text
        else:
            result[name] = _plain(value)
    return result


def _named_values(values: Sequence[Any]) -> dict[str, Any] | None:
    """A list of objects that name a value each, such as the attributes of Open311, as one object; None for others."""
    if not values or not all(isinstance(value, dict) for value in values):
        return None
    for key, content in _KEYS:
        if all(isinstance(value.get(key), str) and value[key] and content in value for value in values):
            taken: set[str] = set()
            return {free_name(value[key], taken): value[content] for value in values}
    return None


def _plain(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """A value as text, None for null: a list of plain values with semicolons between, other things as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not value:  # an empty object or list
        return None
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _geojson(geometry: Any) -> str:  # noqa: ANN401 - JSON
    """A geometry as JSON text again, its numbers (here text) as numbers."""
    return re.sub(r'"(-?[0-9][0-9.eE+-]*)"', r"\1", json.dumps(geometry))
