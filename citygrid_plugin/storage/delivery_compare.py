"""A delivered file opened again, by a reader that did not write it, and compared value by value with its source.

The reader is fiona where it is there and stands on the same GDAL as QGIS (another GDAL in one process is not safe),
else GDAL's own bindings for shapes and our reader of .dbf files. This is the one module that knows fiona.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.delivery.dictionary import DATE, TEXT
from citygrid_plugin.core.distinct import factorized
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import Geometries

from .gdal import raising
from .readers.dbf import read_dbf
from .shapefiles import Delivered

_PIECE: Final = 5_000  # rows
_KEPT: Final = 1_000  # differences that are kept with their values; the others are counted
_EXACT: Final = 1e-12  # share of a number
_HALF: Final = 0.5 * (1 + 1e-9)
_SHOWN: Final = 40  # characters of a value
_GEOMETRY: Final = "geometry"

Pieces = Iterator[tuple[Mapping[str, list[Any]], Geometries]]
"""Rows of a file, some at a time: the values of each field, and the shapes (None where there is none)."""


class DeliveryDiffers(CityGridError):
    """A file that does not hold what it was written from; nothing of the delivery was published."""

    template = (
        "{count} values of “{file}” are not those of the layer, the first in row {row}, field {field}: “{found}” "
        "instead of “{expected}”. Nothing was delivered; please report this with the layer."
    )


@dataclass(frozen=True)
class Difference:
    """One value that is another one: row from 1."""

    row: int
    field: str
    expected: str
    found: str


@dataclass(frozen=True)
class Compared:
    """How many values were compared, and those that differ (the first of them in ``differences``)."""

    values: int
    count: int
    differences: tuple[Difference, ...]


def reader_name() -> str:
    """The independent reader and its version, for the report."""
    fiona = _fiona()
    if fiona is not None:
        return f"fiona {fiona.__version__} (GDAL {fiona.__gdal_version__})"
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    return f"osgeo.ogr (GDAL {gdal.__version__}), .dbf: CityGrid"


def _fiona() -> ModuleType | None:
    from osgeo import gdal  # noqa: PLC0415 - as above

    try:
        import fiona  # noqa: PLC0415 - not everywhere
    except ImportError:
        return None
    return fiona if fiona.__gdal_version__ == gdal.__version__.split("-")[0] else None


def check(
    file: Delivered, encoding: str, progress: Progress = silent, pieces: Callable[[Path, str], Pieces] | None = None
) -> Compared:
    """Open a delivered file again and compare it. Raises ``DeliveryDiffers`` where a value is another one."""
    result = compared(file, encoding, progress, pieces)
    if result.count:
        first = result.differences[0]
        raise DeliveryDiffers(
            file=file.path.name, count=result.count, row=first.row, field=first.field, found=first.found,
            expected=first.expected,
        )  # fmt: skip
    return result


def compared(
    file: Delivered, encoding: str, progress: Progress = silent, pieces: Callable[[Path, str], Pieces] | None = None
) -> Compared:
    """All values of a file against ``file.source``: of a shapefile, or of what ``pieces`` reads.

    Equal are: a text and the same without blanks around it (GDAL reads it so), a text of blanks only and none, a date
    in either form, a number and its decimal form. Values that the account of ``file`` names as cut or replaced must be
    the beginning of what they were, rounded ones within half of the last decimal.
    """
    source = file.source
    if source is None:
        raise RuntimeError(file.path.name)  # only files that are just written can be compared
    tests = {field: _Column.of(file, name, field, encoding) for name, field in file.columns.items()}
    shapes = source.geometry.to_numpy() if hasattr(source, "geometry") else None
    found: list[Difference] = []
    count = start = 0
    for columns, geometry in (_pieces if pieces is None else pieces)(file.path, encoding):
        progress(min(start / max(file.rows, 1), 1.0))
        end = start + len(geometry)
        wrong = [test.differences(columns.get(field), start, end) for field, test in tests.items()]
        if shapes is not None:
            wrong.append(_shape_differences(shapes[start:end], geometry, start))
        for some in wrong:
            count += len(some)
            found += some[: _KEPT - len(found)]
        start = end
    if start != len(source):
        count += abs(len(source) - start)
        found.append(Difference(start, "", str(len(source)), str(start)))
    return Compared(len(source) * (len(tests) + (shapes is not None)), count, tuple(found))


# Reading


def _pieces(path: Path, encoding: str) -> Pieces:
    """The rows of a shapefile."""
    fiona = _fiona()
    return _by_fiona(fiona, path, encoding) if fiona is not None else _by_ogr(path, encoding)


def _by_fiona(fiona: ModuleType, path: Path, encoding: str) -> Pieces:
    """QGIS switches the recoding of shapefiles off in its process, so the encoding is named."""
    with fiona.Env(SHAPE_ENCODING=encoding), fiona.open(path, encoding=encoding) as layer:
        yield from _of_fiona(layer)


def _of_fiona(layer: Any) -> Pieces:  # noqa: ANN401 - fiona carries no types
    names = list(layer.schema["properties"])
    for rows in _some(layer):
        yield (
            _as_columns(names, [tuple(row.properties.values()) for row in rows]),
            _as_shapes([row.geometry for row in rows]),
        )


def geopackage_pieces(path: Path, layer: str) -> Pieces:
    """The rows of a layer of a GeoPackage, by fiona or GDAL's own bindings."""
    fiona = _fiona()
    if fiona is not None:
        with fiona.open(path, layer=layer) as opened:
            yield from _of_fiona(opened)
        return
    from osgeo import gdal  # noqa: PLC0415 - as above

    with raising():
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=["GPKG"])
        source = dataset.GetLayerByName(layer)
        definition = source.GetLayerDefn()
        names = [definition.GetFieldDefn(number).GetName() for number in range(definition.GetFieldCount())]
        for features in _some(source):
            values = [tuple(feature.GetField(number) for number in range(len(names))) for feature in features]
            yield _as_columns(names, values), _ogr_shapes(features)


def _some(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Rows, as many at a time as a piece has."""
    left = iter(rows)
    while some := list(islice(left, _PIECE)):
        yield some


def _as_columns(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _as_shapes(shapes: list[Any]) -> Geometries:
    """Geometries of fiona; points, of which there are most, all at once."""
    if all(shape is not None and shape.type == "Point" for shape in shapes):
        return np.asarray(shapely.points(np.array([shape.coordinates for shape in shapes], dtype=np.float64)))
    result = np.empty(len(shapes), dtype=object)
    result[:] = [None if shape is None else shapely.geometry.shape(shape) for shape in shapes]
    return result


def _by_ogr(path: Path, encoding: str) -> Pieces:
    from osgeo import gdal  # noqa: PLC0415 - as above

    table = read_dbf(path.with_suffix(".dbf"))
    frame = table.frame(encoding)
    numbers = [name for name, kind in zip(frame.columns, table.types, strict=True) if kind in "NF"]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    with raising():
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=["ESRI Shapefile"])
        start = 0
        for features in _some(dataset.GetLayer(0)):
            yield _part(frame, start, len(features)), _ogr_shapes(features)
            start += len(features)


def _ogr_shapes(features: list[Any]) -> Geometries:
    """Geometries of features of GDAL's own bindings."""
    shapes = [feature.GetGeometryRef() for feature in features]
    wkb = [None if shape is None else bytes(shape.ExportToIsoWkb()) for shape in shapes]
    return np.asarray(shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore"))


def _part(frame: pd.DataFrame, start: int, count: int) -> dict[str, list[Any]]:
    rows = frame.iloc[start : start + count]
    return {name: rows[name].tolist() for name in frame.columns}


# Comparing


@dataclass(frozen=True)
class _Column:
    """What a field must hold.

    ``expected``: doubles for numbers, else text or None; ``slack``: how far a number of each row may be off;
    ``loose``: rows whose text need only be the beginning of what is expected.
    """

    field: str
    number: bool
    expected: NDArray[Any]
    slack: NDArray[np.float64]
    loose: NDArray[np.bool_]
    plain: Callable[[Any], str | None]

    @classmethod
    def of(cls, file: Delivered, name: str, field: str, encoding: str) -> _Column:
        values = pd.Series([]) if file.source is None else file.source[name]
        cells = file.cells.get(field)  # of a shapefile; other formats have the types of the table
        number = cells.type not in {TEXT, DATE} if cells is not None else pd.api.types.is_numeric_dtype(values)
        plain = _date_text if cells is not None and cells.type == DATE else _text
        row, distinct = _factorized(values)
        if number:
            expected = np.array([_double(value) for value in distinct], dtype=np.float64)[row]
            expected[_marked(file.lost, field, len(row))] = np.nan
        else:
            texts = [plain(value) for value in distinct]
            kept = [_text(_in_encoding(_written(value), encoding)) for value in distinct]  # a blank may become “?”
            whole, stored = (np.array([*some, None], dtype=object)[row] for some in (texts, kept))
            expected = np.where(_marked(file.replaced, field, len(row)), stored, whole)
        decimals = 0 if cells is None else cells.decimals
        slack = np.where(_marked(file.rounded, field, len(row)), _HALF * 10.0**-decimals, 0.0)
        return cls(field, number, expected, slack, _marked(file.cut, field, len(row)), plain)

    def differences(self, values: list[Any] | None, start: int, end: int) -> list[Difference]:
        """The values of the rows from ``start`` to ``end`` that are other ones."""
        expected = self.expected[start:end]
        if values is None:
            return [Difference(row + 1, self.field, _shown(value), "") for row, value in enumerate(expected, start)]
        expected, values = expected[: len(values)], values[: len(expected)]
        if self.number:
            found = np.array([_double(value) for value in values], dtype=np.float64)
            off = np.abs(found - expected) > self.slack[start:end][: len(found)] + _EXACT * np.abs(expected)
            wrong = off | (np.isnan(found) != np.isnan(expected))
        else:
            found = np.empty(len(values), dtype=object)
            found[:] = [self.plain(value) for value in values]
            wrong = np.asarray(found != expected, dtype=bool)
            loose = np.flatnonzero(wrong & self.loose[start:end][: len(found)])
            wrong[loose] = [not (expected[row] or "").startswith(found[row] or "\0") for row in loose]
        return [
            Difference(start + row + 1, self.field, _shown(expected[row]), _shown(found[row]))
            for row in np.flatnonzero(wrong).tolist()
        ]


def _factorized(values: pd.Series) -> tuple[NDArray[np.intp], list[Any]]:
    """For each row the number of its value among the distinct ones; values such as lists are looked at one by one."""
    plain = values.astype(object).where(values.notna(), None)
    try:
        row, distinct = factorized(plain)
    except TypeError:
        return np.arange(len(plain)), plain.tolist()
    return row, list(distinct)


def _marked(rows: list[tuple[int, str]], field: str, count: int) -> NDArray[np.bool_]:
    result = np.zeros(count, dtype=bool)
    result[[row - 1 for row, name in rows if name == field]] = True
    return result


def _text(value: Any) -> str | None:  # noqa: ANN401 - a value can be of any type
    """A value as text, read anew here and not as it was written; None for blanks of any kind."""
    text = _written(value)
    return text if text.strip() else None


def _written(value: Any) -> str:  # noqa: ANN401
    """A value as text; empty for none."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool):
        value = int(value)
    elif isinstance(value, float):
        if math.isnan(value):
            return ""
        value = format(Decimal(value), "f") if value.is_integer() else repr(value)
    elif hasattr(value, "isoformat"):
        value = value.isoformat()
    return str(value).strip(" ")


def _date_text(value: Any) -> str | None:  # noqa: ANN401
    """The digits of a date; None for none, which programs also write in zeros."""
    digits = "".join(letter for letter in (_text(value) or "")[:10] if letter.isdigit())
    return digits if digits.strip("0") else None


def _double(value: Any) -> float:  # noqa: ANN401
    if value is None or value is pd.NA or (isinstance(value, str) and not value.strip()):
        return math.nan
    return float(value)


def _in_encoding(text: str, encoding: str) -> str:
    """The text with “?” for what the encoding, or a .dbf, cannot hold."""
    return text.replace("\0", "?").encode(encoding, "replace").decode(encoding)


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _shape_differences(expected: Geometries, found: Geometries, start: int) -> list[Difference]:
    """Shapes that do not have the same vertices and rings; in which order a file has them is its own business."""
    expected = expected[: len(found)]
    found = found[: len(expected)]
    wrong = np.zeros(len(found), dtype=bool)
    high = shapely.has_z(found).any()
    ours, theirs = (_vertices(shapes, high) for shapes in (expected, found))
    if ours.shape != theirs.shape or not np.array_equal(ours, theirs, equal_nan=True):
        for row in range(len(found)):
            one, other = (_vertices(shapes[row : row + 1], high) for shapes in (expected, found))
            wrong[row] = one.shape != other.shape or not np.array_equal(one, other, equal_nan=True)
    wrong |= _rings(expected) != _rings(found)
    return [
        Difference(start + row + 1, _GEOMETRY, _shown(expected[row]), _shown(found[row]))
        for row in np.flatnonzero(wrong).tolist()
    ]


def _vertices(shapes: Geometries, high: bool) -> NDArray[np.float64]:
    """Row and coordinates of all vertices, in an order that does not depend on where a ring begins."""
    points, row = shapely.get_coordinates(shapes, include_z=high, return_index=True)
    if high:
        points[:, 2] = np.nan_to_num(points[:, 2])  # a shape without heights gets zeros in a file of heights
    table = np.column_stack([row, points])
    return np.asarray(table[np.lexsort(table.T[::-1])])


def _rings(shapes: Geometries) -> NDArray[np.int64]:
    parts, row = shapely.get_parts(shapes, return_index=True)
    return np.bincount(row, 1 + shapely.get_num_interior_rings(parts), minlength=len(shapes)).astype(np.int64)
