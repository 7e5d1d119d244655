"""Records of any delivery as text, exactly as written, with their places.

A code is never a number: 0118 keeps its zero, and an id of 16 digits its last one.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.account import Remark
from citygrid_plugin.core.coordinates import coordinate_columns, places
from citygrid_plugin.core.errors import CityGridError, EmptyInput, MissingCrs, UnknownField, UnreadableFile

from . import encodings
from .dbf import Dbf, read_dbf

TABLES: Final = frozenset({".csv", ".tsv", ".txt"})
_SHAPEFILES: Final = frozenset({".shp", ".dbf"})
_DEGREES: Final = pyproj.CRS.from_epsg(4490)  # CGCS2000, what a census in China is surveyed in
_DELIMITERS = ",\t;|"
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MIDNIGHT = "T00:00:00"
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)  # as Excel writes it
_SEVERAL = 2  # line breaks in a row from which the width of its neighbour is looked at; ours

# Python's own limit of 131,072 characters a cell refuses long texts; this one fits a C long everywhere.
csv.field_size_limit(2**31 - 1)


class UnknownCoordinates(CityGridError):
    """A table with coordinates in metres, of which nobody says in which system."""

    template = (
        "“{layer}” has coordinates in metres (columns {x} and {y}), but does not say in which coordinate "
        "reference system. Choose it in SOURCE_CRS."
    )


class UnclosedQuote(UnreadableFile):
    """A table with a quoted cell that never ends: the rows after it would be taken for its text."""

    template = (
        "“{path}” cannot be read: in row {row} (line {line} of the file) a quotation mark opens a cell and "
        "nothing closes it. Close it, or double it if it belongs to the text."
    )


@dataclass(frozen=True)
class Records:
    """Records of one file or layer, in its order.

    ``frame``: every attribute as text exactly as written, None where null; a geometry or None; its CRS
    is None only where no record has a place. ``encoding`` is empty where the format leaves no choice.
    """

    frame: gpd.GeoDataFrame
    name: str
    encoding: str = ""
    remarks: Sequence[Remark] = field(default_factory=tuple)


def read_records(
    path: Path,
    layer: str | None = None,
    encoding: str | None = None,
    crs: pyproj.CRS | None = None,
    xy: tuple[str, str] | None = None,
) -> Records:
    """Read a shapefile, GeoPackage layer, GeoJSON, CSV / TSV, or what else GDAL opens.

    ``encoding``: instead of the one that the bytes tell (shapefile, CSV). ``crs``: for files that state
    none. ``xy``: columns with the coordinates of a table, instead of those told by their names; degrees
    without a stated CRS are CGCS2000.

    Raises ``UnreadableFile``, ``UnclosedQuote``, ``EmptyInput``, ``MissingCrs`` (geometries without any CRS),
    ``UnknownCoordinates`` (a table in metres without one), ``UnknownField`` (``xy``).
    """
    if not path.exists():
        raise UnreadableFile(path=str(path), why="it does not exist")
    suffix = path.suffix.lower()
    if suffix in TABLES:
        raw = _read_table(path, encoding)
    elif suffix in _SHAPEFILES:
        raw = _read_shapefile(path, encoding)
    else:
        raw = _read_layer(path, layer)
    return _records(raw, path.name, crs, xy)


def records_of(frame: gpd.GeoDataFrame, name: str) -> Records:
    """Records of a table that is in memory already: its attributes as text."""
    attributes = frame.drop(columns=frame.geometry.name)
    texts = pd.DataFrame({column: text_of(attributes[column]) for column in attributes}, dtype=object)
    return _records(_Raw(texts, frame.geometry.to_numpy(), frame.crs), name, None, None)


@dataclass
class _Raw:
    """What a reader found: attributes as text, geometries (None: the format has none), CRS, encoding."""

    attributes: pd.DataFrame
    geometry: NDArray[Any] | None = None
    crs: pyproj.CRS | None = None
    encoding: str = ""
    remarks: list[Remark] = field(default_factory=list)


def _records(raw: _Raw, name: str, crs: pyproj.CRS | None, xy: tuple[str, str] | None) -> Records:
    if not len(raw.attributes):
        raise EmptyInput(layer=name)
    if raw.crs is not None and crs is not None and raw.crs != crs:
        raw.remarks.append(Remark("crs_ignored", {"stated": raw.crs.name}))
    raw.crs = raw.crs or crs
    if raw.geometry is None or shapely.is_missing(raw.geometry).all():
        _place_by_columns(raw, name, xy)
    elif raw.crs is None:
        raise MissingCrs(layer=name)
    geometry = np.full(len(raw.attributes), None) if raw.geometry is None else raw.geometry
    attributes = raw.attributes.set_axis(_unique_names(raw.attributes.columns, raw.remarks), axis=1)
    frame = gpd.GeoDataFrame(attributes, geometry=geometry, crs=raw.crs)
    return Records(frame, name, raw.encoding, tuple(raw.remarks))


def _place_by_columns(raw: _Raw, name: str, xy: tuple[str, str] | None) -> None:
    """Give a table its points, if it has columns with coordinates."""
    for column in xy or ():
        if column not in raw.attributes:
            raise UnknownField(layer=name, field=column, available=", ".join(raw.attributes.columns))
    xy = xy or coordinate_columns(raw.attributes.columns)
    if xy is None:
        return
    x, y = (
        pd.to_numeric(raw.attributes[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan) for column in xy
    )
    found = places(x, y)
    known = ~shapely.is_missing(found.points)
    if raw.crs is None and known.any():
        if not found.degrees:
            raise UnknownCoordinates(layer=name, x=xy[0], y=xy[1])
        raw.crs = _DEGREES
        raw.remarks.append(Remark("degrees_assumed", {"crs": _DEGREES.name}))
    columns = {"x": xy[0], "y": xy[1]}
    raw.geometry = found.points
    raw.remarks.append(Remark("points_from_columns", columns))
    if found.all_swapped:
        raw.remarks.append(Remark("axes_swapped", columns))
    if found.rows_swapped:
        raw.remarks.append(Remark("rows_swapped", {"count": found.rows_swapped}))
    if not known.all():
        raw.remarks.append(Remark("bad_coordinates", {"count": int((~known).sum())}))


def _unique_names(names: Iterable[str], remarks: list[Remark]) -> list[str]:
    """Names that differ in more than case, and from the geometry's, so that every format can hold them."""
    taken, result = {"geometry"}, []
    for name in map(str, names):
        unique, number = name, 2
        while unique.casefold() in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique.casefold())
        result.append(unique)
    changed = [new for old, new in zip(names, result, strict=True) if old != new]
    if changed:
        remarks.append(Remark("columns_renamed", {"names": ", ".join(changed)}))
    return result


# Text


def text_of(values: pd.Series | NDArray[Any]) -> NDArray[Any]:
    """A column as text: whole numbers without a decimal point, null as None."""
    array = np.asarray(values, dtype=object) if values.dtype == object else values
    try:
        row, distinct = pd.factorize(array)
    except TypeError:  # lists
        row, distinct = pd.factorize(np.array([None if value is None else str(value) for value in array], dtype=object))
    return np.array([*map(_as_written, distinct), None], dtype=object)[row]


def _as_written(value: Any) -> str:  # noqa: ANN401 - a field can be of any type
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value).removesuffix(_MIDNIGHT)


# Tables of text


def _read_table(path: Path, encoding: str | None) -> _Raw:
    """CSV and its relatives: any usual delimiter, quoted cells, rows of any length."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path=str(path), why=error.strerror or str(error)) from error
    raw = _Raw(pd.DataFrame())
    text = _table_text(data, encoding, raw)
    rows = _table_rows(path, text, raw.remarks)
    if not rows:
        raise EmptyInput(layer=path.name)
    names, *cells = rows
    names = [name.strip() or f"column_{number}" for number, name in enumerate(names, 1)]
    width = max(map(len, cells), default=0)
    if width > len(names):
        raw.remarks.append(Remark("rows_too_long", {"count": sum(len(row) > len(names) for row in cells)}))
        names += [f"extra_{number}" for number in range(1, width - len(names) + 1)]
    table = pd.DataFrame(cells, columns=range(width), dtype=object).reindex(columns=range(len(names)))
    raw.attributes = table.where(table.notna() & (table != ""), None).astype(object).set_axis(names, axis=1)
    return raw


def _table_rows(path: Path, text: str, remarks: list[Remark]) -> list[list[str]]:
    """The rows of a table that are not blank, the header first."""
    first_line = 1
    if stated := _SEPARATOR_LINE.match(text):
        text, first_line = text[stated.end() :], 2
    header = text.partition("\n")[0]
    delimiter = stated[1] if stated else max(_DELIMITERS, key=header.count)
    # A row of two empty cells follows the last one: a cell that is still open swallows it.
    reader = csv.reader(itertools.chain(_lines(text), [delimiter]), delimiter=delimiter)
    rows: list[list[str]] = []
    ends = [0]  # number of lines up to the end of each row
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error
    last = rows.pop()
    if last != ["", ""]:
        lines_inside = sum(1 for _ in _lines(last[-1].removesuffix(delimiter))) or 1
        line = ends[-1] - 1 - lines_inside
        raise UnclosedQuote(path=str(path), row=_number(rows, len(rows)), line=line + first_line)
    if swallowing := _swallowing(rows, ends, text, delimiter):
        first = swallowing[0]
        values = {"count": len(swallowing), "row": _number(rows, first), "line": ends[first] + first_line}
        remarks.append(Remark("doubtful_quotes", values))
    return [row for row in rows if row]


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _number(rows: list[list[str]], index: int) -> int:
    """The number of a row as everywhere: from 1, without the header and blank rows."""
    return sum(map(bool, rows[:index]))


def _swallowing(rows: list[list[str]], ends: list[int], text: str, delimiter: str) -> list[int]:
    """Rows over several lines that seem to have swallowed others.

    In these, text follows a closing quote; or they have many lines, and this row or the next has not as many
    cells as the header.
    """
    several = (np.flatnonzero(np.diff(ends[: len(rows) + 1]) > 1)).tolist()
    if not several:
        return []
    lines = list(_lines(text))
    width = len(rows[0])
    return [
        row
        for row in several
        if not _well_quoted(lines[ends[row] : ends[row + 1]], delimiter)
        or (ends[row + 1] - ends[row] > _SEVERAL and any(len(near) != width for near in rows[row : row + 2] if near))
    ]


def _well_quoted(lines: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _table_text(data: bytes, encoding: str | None, raw: _Raw) -> str:
    mark = next((name for start, name in _BYTE_ORDER_MARKS if data.startswith(start)), "")
    if encoding is None and not mark:
        chosen = encodings.choose(data.splitlines())
        raw.encoding = chosen.encoding
        if chosen.broken:
            raw.remarks.append(Remark("broken_text", {"count": chosen.broken, "encoding": raw.encoding}))
    else:
        raw.encoding = encoding or ("UTF-8" if mark == "utf-8-sig" else "UTF-16")
    return data.decode(encoding or mark or raw.encoding, "replace").removeprefix("\ufeff")


# Shapefiles


def _read_shapefile(path: Path, encoding: str | None) -> _Raw:
    """A shapefile: geometries by GDAL, attributes from the bytes of its table."""
    parts = {part.suffix.lower(): part for part in path.parent.glob(f"{_glob_safe(path.stem)}.*")}
    if ".dbf" not in parts:
        return _read_layer(path, None)
    table = read_dbf(parts[".dbf"])
    raw = _Raw(pd.DataFrame())
    raw.encoding = encoding or _dbf_encoding(table, parts.get(".cpg"), raw.remarks)
    if ".shp" in parts:
        meta, fids, wkb, _ = _pyogrio_read(parts[".shp"], columns=[], return_fids=True)
        raw.geometry = np.full(len(table.deleted), None, dtype=object)
        inside = fids < len(table.deleted)
        raw.geometry[fids[inside]] = shapely.from_wkb(wkb[inside], on_invalid="ignore")
        raw.crs = _crs_of(meta)
    if table.plain:
        attributes = table.frame(raw.encoding)
    else:
        _, fids, _, columns = _pyogrio_read(path, read_geometry=False, return_fids=True, encoding=raw.encoding)
        attributes = pd.DataFrame(dict(enumerate(map(text_of, columns))), index=fids, dtype=object)
        attributes = attributes.reindex(range(len(table.deleted)))
        attributes = attributes.set_axis([encodings.decode(name, raw.encoding) for name in table.names], axis=1)
    raw.attributes = attributes[~table.deleted].reset_index(drop=True)
    if raw.geometry is not None:
        raw.geometry = raw.geometry[~table.deleted]
    if table.deleted.any():
        raw.remarks.append(Remark("deleted_rows", {"count": int(table.deleted.sum())}))
    return raw


def _glob_safe(stem: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in stem)


def _dbf_encoding(table: Dbf, cpg: Path | None, remarks: list[Remark]) -> str:
    stated = cpg.read_text(encoding="ascii", errors="replace").strip() if cpg is not None else ""
    hints = [hint for hint in (encodings.known_encoding(stated), table.language) if hint]
    chosen = encodings.choose(table.texts(), hints)
    if hints and encodings.differ(hints[0], chosen.encoding) and any(not text.isascii() for text in table.texts()):
        remarks.append(Remark("encoding_disagrees", {"encoding": chosen.encoding, "stated": stated or hints[0]}))
    if chosen.broken:
        remarks.append(Remark("broken_text", {"count": chosen.broken, "encoding": chosen.encoding}))
    return chosen.encoding


# Everything else


def _read_layer(path: Path, layer: str | None) -> _Raw:
    """A layer of any format that GDAL opens; the first where none is named and there are several."""
    raw = _Raw(pd.DataFrame())
    if layer is None:
        layer = _first_layer(path, raw.remarks)
    options = {"DATE_AS_STRING": "YES"} if path.suffix.lower() in {".geojson", ".json"} else {}
    meta, _, wkb, columns = _pyogrio_read(path, layer=layer, datetime_as_string=True, **options)
    raw.attributes = pd.DataFrame(dict(enumerate(map(text_of, columns))), dtype=object)
    raw.attributes = raw.attributes.set_axis(list(meta["fields"]), axis=1)
    if wkb is not None:
        raw.geometry = shapely.from_wkb(wkb, on_invalid="ignore")
        raw.crs = _crs_of(meta)
        if not len(columns):
            raw.attributes = pd.DataFrame(index=range(len(wkb)))
    return raw


def _first_layer(path: Path, remarks: list[Remark]) -> str | None:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (pyogrio.errors.DataSourceError, OSError) as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error
    if len(names) > 1:
        remarks.append(Remark("first_layer", {"layer": names[0], "names": ", ".join(names)}))
    return names[0] if names else None


def _pyogrio_read(path: Path, **options: Any) -> tuple[dict[str, Any], Any, Any, Any]:  # noqa: ANN401
    try:
        return pyogrio.raw.read(path, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error


def _crs_of(meta: dict[str, Any]) -> pyproj.CRS | None:
    if not meta["crs"]:
        return None
    try:
        return pyproj.CRS.from_user_input(meta["crs"])
    except pyproj.exceptions.CRSError:
        return None
