"""GDAL as we use it: only formats that are safe, one kind of error, columns of a GeoPackage in bulk."""

from __future__ import annotations

import contextlib
import sqlite3
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError, UnreadableFile

from .files import connected, quoted, recover

_JSON: Final = frozenset({"GeoJSON", "GeoJSONSeq", "TopoJSON"})
_KML: Final = frozenset({"LIBKML", "KML"})
_DRIVERS: Final = {
    **dict.fromkeys((".shp", ".dbf"), frozenset({"ESRI Shapefile"})),
    **dict.fromkeys((".geojson", ".json", ".geojsonl", ".topojson"), _JSON),
    **dict.fromkeys((".kml", ".kmz"), _KML),
    **dict.fromkeys((".tab", ".mif"), frozenset({"MapInfo File"})),
    ".gpkg": frozenset({"GPKG"}),
    ".sqlite": frozenset({"SQLite", "GPKG"}),
    ".fgb": frozenset({"FlatGeobuf"}),
    ".gdb": frozenset({"OpenFileGDB"}),
    ".gpx": frozenset({"GPX"}),
    ".gml": frozenset({"GML"}),
    **dict.fromkeys((".osm", ".pbf"), frozenset({"OSM"})),
    ".dxf": frozenset({"DXF"}),
    ".xls": frozenset({"XLS"}),
    ".ods": frozenset({"ODS"}),
}
"""By suffix, what GDAL may take a file for: formats that hold their records themselves and call nobody."""
_OTHERWISE: Final = frozenset.union(*_DRIVERS.values()) - {"GML"}  # which is read from a copy, by its suffix

_ALONE: Final = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
    "GDAL_HTTP_TIMEOUT": "5",
    "GDAL_HTTP_CONNECTTIMEOUT": "5",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
}
"""A second lock: what a file points to elsewhere is not fetched."""
_LONGEST_REASON: Final = 300

_LONGEST: Final = 500  # characters; ours: GDAL's arrays are as wide as the longest value of a batch
_BATCH: Final = 32_768
_WORD: Final = 8
_SHORT: Final = 16  # bytes up to which values are compared as whole numbers
_POINT_SIZE: Final = 21
_LITTLE_ENDIAN_POINT: Final = b"\x01\x01\x00\x00\x00"


def number_text(value: float) -> str:
    """A number as text: a whole one without a decimal point, any other with all its digits."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2]
    return str(int(value)) if "e" in text and value.is_integer() else text


@contextlib.contextmanager
def configured(**options: str) -> Iterator[None]:
    """GDAL's options, as pyogrio reads and writes with them, for this time."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextlib.contextmanager
def raising() -> Iterator[None]:
    """Let GDAL's own bindings raise ``RuntimeError`` for this time."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    raised_before = gdal.GetUseExceptions()
    gdal.UseExceptions()
    try:
        yield
    finally:
        if not raised_before:
            gdal.DontUseExceptions()


@contextlib.contextmanager
def _raising_or_not() -> Iterator[None]:
    """GDAL's own bindings as they are: raising or not, either will do. They warn that they may raise one day."""
    with contextlib.suppress(RuntimeError), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextlib.contextmanager
def opening(path: Path, shown: Path | None = None, /, **options: str) -> Iterator[None]:
    """For the time of a reading by GDAL: its options, no way to other files or servers, one kind of error.

    Raises ``UnreadableFile``: of whatever is wrong, and of a file that is something else than its suffix says,
    since GDAL goes by the content and some formats only name other files and servers, which it would read.
    ``shown``: the user's file, of which ``path`` is a copy.
    """
    if path.suffix.lower() == ".gpkg":
        recover(path)
    try:
        with configured(**(_ALONE | options)):
            _check_driver(path)
            yield
    except UnreadableFile as error:
        raise UnreadableFile(path=str(shown or path), why=str(error.values["why"])) from error
    except CityGridError:
        raise
    except Exception as error:  # pyogrio raises whatever its parts raise on a broken file
        why = str(error)[:_LONGEST_REASON] or type(error).__name__
        raise UnreadableFile(path=str(shown or path), why=why) from error


def _check_driver(path: Path) -> None:
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    allowed = _DRIVERS.get(path.suffix.lower(), _OTHERWISE)
    driver = None
    with _raising_or_not():
        driver = gdal.IdentifyDriverEx(str(path), gdal.OF_VECTOR)
    if driver is not None and driver.ShortName not in allowed:
        raise UnreadableFile(path=str(path), why=f"its content is of another format ({driver.ShortName})")
    if driver is None or _falls_to_another(path, allowed):
        raise UnreadableFile(path=str(path), why="it is broken, or in no format that can be read")


def _falls_to_another(path: Path, allowed: Collection[str]) -> bool:
    """Whether a file that is in none of the formats allowed after all would be opened as one of the others.

    Some formats are told by the suffix alone; where they fail, GDAL tries what else the content may be.
    """
    from osgeo import gdal  # noqa: PLC0415 - as above

    names = [gdal.GetDriver(number).ShortName for number in range(gdal.GetDriverCount())]
    other = dataset = None
    with _raising_or_not():
        other = gdal.IdentifyDriverEx(
            str(path), gdal.OF_VECTOR, allowed_drivers=[name for name in names if name not in allowed]
        )
    if other is None:
        return False
    with _raising_or_not():
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=sorted(allowed))
    return dataset is None


def bulk_columns(
    path: Path, layer: str, names: Sequence[str], texts: Sequence[str], geometry: str | None
) -> dict[str, NDArray[Any]] | None:
    """Columns of a GeoPackage layer as text (None where null), and points by the name of the geometry column.

    ``names``: texts, numbers and days; ``texts``: which of them are texts.
    GDAL hands over whole arrays (Arrow), about six times as fast as value by value. None where it cannot:
    GDAL or its Python is too old, a value is long, or the column holds other geometries than points.
    """
    if not (names or geometry) or not _all_short(path, layer, [*texts, *([geometry] if geometry else [])]):
        return None
    from osgeo import gdal, ogr  # noqa: PLC0415 - as above

    if not hasattr(ogr.Layer, "GetArrowStreamAsNumPy"):
        return None
    with contextlib.suppress(AttributeError, ImportError), _raising_or_not():
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=["GPKG"])
        source = dataset and dataset.GetLayerByName(layer)
        return source and _columns(source, names, geometry)
    return None


def _all_short(path: Path, layer: str, names: Sequence[str]) -> bool:
    sizes = ", ".join(f"max(length({quoted(name)}))" for name in names)
    try:
        with connected(path) as base:
            row = base.execute(" ".join(("SELECT", sizes, ", 0 FROM", quoted(layer)))).fetchone()
    except sqlite3.Error:
        return False
    return max(size or 0 for size in row) <= _LONGEST


def _columns(source: Any, names: Sequence[str], geometry: str | None) -> dict[str, NDArray[Any]] | None:  # noqa: ANN401
    definition = source.GetLayerDefn()
    fields = [definition.GetFieldDefn(number).GetName() for number in range(definition.GetFieldCount())]
    ignored = [name for name in fields if name not in names]
    source.SetIgnoredFields([*ignored, *([] if geometry else ["OGR_GEOMETRY"])])
    options = ["USE_MASKED_ARRAYS=YES", "INCLUDE_FID=NO", f"MAX_FEATURES_IN_BATCH={_BATCH}"]
    batches = list(source.GetArrowStreamAsNumPy(options))
    if not batches:
        return None
    result: dict[str, NDArray[Any]] = {}
    for name in [*names, *([geometry] if geometry else [])]:
        parts = [batch.pop(name) for batch in batches]
        values = np.concatenate([np.ma.getdata(part) for part in parts])
        null = np.concatenate([np.ma.getmaskarray(part) for part in parts])
        column = _points(values, null) if name == geometry else _texts(values, null)
        if column is None:
            return None
        result[name] = column
    return result


def _points(wkb: NDArray[Any], null: NDArray[np.bool_]) -> NDArray[Any] | None:
    """Points of an array of WKB; None where it holds anything else."""
    if wkb.dtype.itemsize != _POINT_SIZE:
        return None
    data = np.frombuffer(wkb.tobytes(), dtype=np.uint8).reshape(len(wkb), _POINT_SIZE)
    head = np.frombuffer(_LITTLE_ENDIAN_POINT, dtype=np.uint8)
    if not (data[~null, : len(head)] == head).all():
        return None
    xy = np.ascontiguousarray(data[:, len(head) :]).view("<f8")
    result = np.full(len(wkb), None, dtype=object)
    result[~null] = shapely.points(xy[~null])
    result[~null & np.isnan(xy).all(axis=1)] = shapely.from_wkt("POINT EMPTY")
    return result


def _texts(values: NDArray[Any], null: NDArray[np.bool_]) -> NDArray[Any] | None:
    """An array of UTF-8, numbers or days as text; None for other types."""
    if values.dtype.kind in "iuf":
        row, distinct = pd.factorize(values)
        texts = list(map(number_text if values.dtype.kind == "f" else str, distinct.tolist()))
    elif values.dtype == "datetime64[D]":
        row, distinct = pd.factorize(values.astype(np.int64))
        texts = np.datetime_as_string(distinct.astype(values.dtype)).tolist()
    elif values.dtype.kind == "S":
        row, chosen = _factorized(values)
        texts = _decoded(chosen)
    else:
        return None
    return np.array([*texts, None], dtype=object)[np.where(null, -1, row)]


def _factorized(values: NDArray[np.bytes_]) -> tuple[NDArray[np.intp], NDArray[np.bytes_]]:
    """For each value the number of it among the distinct ones, and these, in order of appearance."""
    if values.dtype.itemsize > _SHORT:
        row, distinct = pd.factorize(values.astype(object))
        return row, np.array(list(distinct), dtype=values.dtype)
    words = values.astype(f"S{-(-values.dtype.itemsize // _WORD) * _WORD}").view(np.uint64).reshape(len(values), -1)
    row, first = pd.factorize(words[:, 0])
    for word in words.T[1:]:
        other, values_of = pd.factorize(word)
        row, first = pd.factorize(row * len(values_of) + other)
    positions = np.zeros(len(first), dtype=np.intp)
    positions[row[::-1]] = np.arange(len(values))[::-1]
    return row, values[positions]


def _decoded(values: NDArray[np.bytes_]) -> list[str]:
    try:
        return values.astype(np.str_).tolist()
    except UnicodeDecodeError:
        return [value.decode("utf-8", "replace") for value in values.tolist()]
