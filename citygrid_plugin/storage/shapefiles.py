"""Delivered shapefiles: GBK or UTF-8 with matching .cpg and language id, and nothing cut in silence.

GDAL writes the shapes; the attribute table is our own (``delivery_dbf``), since GDAL would choose the widths.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.delivery.belts import esri_text
from citygrid_plugin.core.delivery.cells import Cells, Changes, Rows, cells_of
from citygrid_plugin.core.delivery.dictionary import FieldRule
from citygrid_plugin.core.delivery.names import short_names
from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.core.spatial.coverage import Geometries

from .delivery_dbf import LANGUAGE_IDS, NO_DAY, fits_one_record, record_size, write_dbf
from .files import free_name

ENCODINGS: Final = tuple(LANGUAGE_IDS)
"""Encodings of delivered shapefiles; the .cpg holds their names."""

LARGEST: Final = 2_000_000_000
"""Bytes from which a .shp or .dbf is split. Both end at 2 GB (2,147,483,647), where many programs stop reading."""

SIDECARS: Final = (".qix", ".sbn", ".sbx", ".idm", ".ind", ".atx", ".qpj", ".qmd", ".shp.xml")
"""What programs put beside a shapefile that they open."""

_GEOMETRY_KINDS = ("Point", "LineString", "Polygon")
_MULTI = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
_ROW_NUMBER = "FID"
_FILE_HEADER, _RECORD_HEADER = 100, 8
_BOX, _PART, _POINT, _HEIGHT = 44, 4, 16, 8  # bytes of a shape: its box and counts, a part, a point, a height


@dataclass(frozen=True)
class Wish:
    """How shapefiles shall be: the rule of a column and its name in the file (before it is shortened), where given.

    ``largest``: bytes from which a file is split; ``day``: year, month and day that the tables state.
    """

    rules: Mapping[str, FieldRule] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    largest: int = LARGEST
    day: tuple[int, int, int] = NO_DAY


@dataclass
class Delivered:
    """One shapefile as written: its rows, the fields that had to be renamed, and values that are not what they were.

    ``rows`` counts; ``source``: the rows of the table given that are in it; ``cells``: by field; ``columns``: the field
    of each column. Rows (from 1, in this file) and fields in ``cut``, ``replaced``, ``lost``, ``rounded`` and
    ``kept_as_text`` are those of ``cells.Changes``.
    """

    path: Path
    rows: int
    renamed: dict[str, str] = field(default_factory=dict)
    cut: list[tuple[int, str]] = field(default_factory=list)
    replaced: list[tuple[int, str]] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)
    rounded: list[tuple[int, str]] = field(default_factory=list)
    kept_as_text: list[tuple[int, str]] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Cells] = field(default_factory=dict)
    kind: str = ""
    source: gpd.GeoDataFrame | None = None


def write_shapefiles(
    frame: gpd.GeoDataFrame,
    folder: Path,
    name: str,
    encoding: str,
    taken: set[str] | None = None,
    wish: Wish | None = None,
) -> list[Delivered]:
    """Write a table into a scratch folder, as one shapefile for each kind of geometry (point, line, polygon).

    One kind is named ``name``; several get ``name_point`` and so on, the parts of what is larger than a file may be
    _1, _2 …, with a number where ``taken`` (names in lower case, which grows) has it already. Rows without a geometry
    are written as rows with an empty geometry of the first kind, and a collection goes in parts to the files of its
    kinds: no row is lost. Heights stay as they are. Raises ``UnwritableTarget``.
    """
    taken, wish = set() if taken is None else taken, wish or Wish()
    geometry = frame.geometry.to_numpy()
    kinds = [_of_kind(geometry, dimension) for dimension in range(len(_GEOMETRY_KINDS))]
    present = [number for number, shapes in enumerate(kinds) if not shapely.is_missing(shapes).all()] or [0]
    nowhere = np.all([shapely.is_missing(shapes) for shapes in kinds], axis=0)
    result = []
    for number in present:
        rows = ~shapely.is_missing(kinds[number]) | (nowhere & (number == present[0]))
        kind = _GEOMETRY_KINDS[number]
        some = frame[rows].set_geometry(gpd.GeoSeries(kinds[number][rows], index=frame.index[rows], crs=frame.crs))
        title = name if len(present) == 1 else f"{name}_{kind.lower()}"
        result += _write_kind(some.reset_index(drop=True), folder, title, kind, encoding, taken, wish)
    return result


def publish(delivered: list[Delivered], folder: Path) -> None:
    """Move written shapefiles from their scratch folder to ``folder``.

    What is left of an earlier file of the same name goes: a stale spatial index would hide features.
    """
    for file in delivered:
        parts = sorted(file.path.parent.glob(f"{glob.escape(file.path.stem)}.*"))
        try:
            for suffix in (*SIDECARS, ".prj", ".cpg"):
                (folder / f"{file.path.stem}{suffix}").unlink(missing_ok=True)
            for part in parts:
                part.replace(folder / part.name)
        except OSError as error:
            raise UnwritableTarget(path=str(folder / file.path.name), why=str(error)) from error
        file.path = folder / file.path.name


def _of_kind(geometry: Geometries, dimension: int) -> Geometries:
    """The part of each geometry that is of one dimension; None where there is none."""
    result = geometry.copy()
    result[(shapely.get_dimensions(geometry) != dimension) | shapely.is_empty(geometry)] = None
    mixed = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for row in mixed:  # rare: drawings of several things in one row
        parts = shapely.get_parts(shapely.get_parts(geometry[[row]]))
        parts = parts[shapely.get_dimensions(parts) == dimension]
        result[row] = _MULTI[dimension](list(parts)) if len(parts) else None
    return result


def _write_kind(
    frame: gpd.GeoDataFrame, folder: Path, title: str, kind: str, encoding: str, taken: set[str], wish: Wish
) -> list[Delivered]:
    """The files of one kind of geometry: one, or as many as it takes for none to grow too large."""
    columns = [name for name in frame.columns if name != frame.geometry.name]
    wanted = {name: wish.names.get(name, str(name)) for name in columns}
    unique = _unique(wanted)
    short = short_names(unique.values(), encoding)
    names = {name: short[unique[name]] for name in columns}
    made = {name: cells_of(frame[name], encoding, wish.rules.get(name)) for name in columns}
    cells = {names[name]: column for name, (column, _) in made.items()}
    if not cells:  # a table has to have a field
        cells[_ROW_NUMBER], _ = cells_of(pd.Series(range(len(frame)), dtype="Int64"), encoding)
    if not fits_one_record(list(cells.values())):
        raise UnwritableTarget(path=f"{title}.dbf", why="it has more or wider fields than a .dbf can hold")
    shapes = frame.geometry.to_numpy()
    pieces = list(_pieces(shapes, record_size(list(cells.values())), wish.largest))
    changes = {names[name]: change for name, (_, change) in made.items()}
    result = []
    for number, (start, end) in enumerate(pieces, 1):
        stem = free_name(title if len(pieces) == 1 else f"{title}_{number}", taken)
        file = Delivered(folder / f"{stem}.shp", end - start, columns=names, cells=cells, kind=kind)
        file.renamed = {name: new for name, new in names.items() if name != new}
        file.source = frame.iloc[start:end]
        _note(file, changes, start, end)
        _write_one(file, np.arange(start, end), encoding, wish.day)
        result.append(file)
    return result


def _unique(wanted: Mapping[str, str]) -> dict[str, str]:
    """Wished names that no other column has; the second of two keeps its own."""
    given = pd.Series(dict(wanted), dtype=object)
    return {name: wish if given.eq(wish).sum() == 1 else str(name) for name, wish in wanted.items()}


def _pieces(shapes: Geometries, row_size: int, largest: int) -> Iterator[tuple[int, int]]:
    """First row and end of each file, so that neither .shp nor .dbf grows beyond ``largest`` bytes."""
    sizes = np.cumsum(np.maximum(_shape_sizes(shapes), row_size))
    start, room = 0, largest - _FILE_HEADER - 32 * 256  # the headers of both files
    while start < len(sizes):
        before = sizes[start - 1] if start else 0
        end = max(int(np.searchsorted(sizes, before + room, side="right")), start + 1)
        yield start, end
        start = end
    if not len(sizes):
        yield 0, 0


def _shape_sizes(shapes: Geometries) -> NDArray[np.int64]:
    """Bytes of each record of a .shp, or a little more."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    rings = np.bincount(row, 1 + shapely.get_num_interior_rings(parts), minlength=len(shapes))
    point = _POINT + (2 * _HEIGHT if shapely.has_z(shapes).any() else 0)
    counts = shapely.get_num_coordinates(shapes).astype(np.int64)
    heights = 4 * _HEIGHT
    return _RECORD_HEADER + _BOX + heights + _PART * rings.astype(np.int64) + point * counts


def _note(file: Delivered, changes: Mapping[str, Changes], start: int, end: int) -> None:
    """Take the changes of the rows of a file into its account."""
    for what in ("cut", "replaced", "lost", "rounded", "kept_as_text"):
        found: list[tuple[int, str]] = getattr(file, what)
        for name, change in changes.items():
            rows: Rows = getattr(change, what)
            rows = rows[(rows >= start) & (rows < end)]
            found += [(row, name) for row in (rows - start + 1).tolist()]


def _write_one(file: Delivered, rows: Rows, encoding: str, day: tuple[int, int, int]) -> None:
    path, frame = file.path, file.source
    if frame is None:
        raise RuntimeError(path.name)  # only files with their rows can be written
    shapes = frame.geometry.to_numpy()
    if file.kind == "Point" and (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT).any():
        file.kind = "MultiPoint"
    kind = f"{file.kind} Z" if shapely.has_z(shapes).any() else file.kind
    try:
        pyogrio.write_dataframe(
            gpd.GeoDataFrame(geometry=shapes, crs=frame.crs),
            path,
            driver="ESRI Shapefile",
            geometry_type=kind,
            encoding="UTF-8",
            promote_to_multi=kind.startswith("MultiPoint"),
        )
        write_dbf(file.cells, rows, path.with_suffix(".dbf"), encoding, day)
        path.with_suffix(".cpg").write_text(encoding, encoding="ascii")
        if frame.crs is not None and (text := esri_text(frame.crs)):
            path.with_suffix(".prj").write_text(text, encoding="utf-8")
        arrived = pyogrio.read_info(path)["features"]
    except (RuntimeError, OSError) as error:  # all errors of pyogrio are RuntimeErrors
        raise UnwritableTarget(path=path.name, why=str(error).replace(str(path), path.name)) from error
    if arrived != len(frame):
        raise UnwritableTarget(path=path.name, why=f"only {arrived} of {len(frame)} rows arrived; is the disk full?")
