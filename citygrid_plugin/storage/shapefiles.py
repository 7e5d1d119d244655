"""Delivered shapefiles: GBK or UTF-8 with matching .cpg and language id, and nothing cut in silence."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.core.spatial.coverage import Geometries

from .files import free_name
from .gdal import configured

ENCODINGS = {"GBK": ("GBK", 0x4D), "UTF-8": ("UTF-8", 0x00)}
"""Content of the .cpg and the language id (dBASE: 0x4D is code page 936) of each encoding."""

_NAME_BYTES = 10
_TEXT_BYTES = 254
_LANGUAGE_ID = 29  # its place in the header of a .dbf
_GEOMETRY_KINDS = ("Point", "LineString", "Polygon")
_MULTI = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
_SIDECARS = (".qix", ".sbn", ".sbx", ".idm", ".ind", ".atx", ".prj", ".cpg", ".qpj", ".qmd", ".shp.xml")


@dataclass
class Delivered:
    """One shapefile as written: its rows, the fields that had to be renamed, and values that were cut."""

    path: Path
    rows: int
    renamed: dict[str, str] = field(default_factory=dict)
    cut: list[tuple[int, str]] = field(default_factory=list)  # row (from 1) and field
    replaced: list[tuple[int, str]] = field(default_factory=list)  # characters the encoding lacks


def write_shapefiles(
    frame: gpd.GeoDataFrame, folder: Path, name: str, encoding: str, taken: set[str] | None = None
) -> list[Delivered]:
    """Write a table into a scratch folder, as one shapefile for each kind of geometry (point, line, polygon).

    One kind is named ``name``; several get ``name_point`` and so on, with a number where ``taken`` (names in
    lower case, which grows) has it already. Rows without a geometry are written as rows with an empty
    geometry of the first kind, and a collection goes in parts to the files of its kinds: no row is lost.
    Dates and times are written as text, codes as text, heights as they are. Raises ``UnwritableTarget``.
    """
    taken = set() if taken is None else taken
    geometry = frame.geometry.to_numpy()
    kinds = [_of_kind(geometry, dimension) for dimension in range(len(_GEOMETRY_KINDS))]
    present = [number for number, shapes in enumerate(kinds) if not shapely.is_missing(shapes).all()] or [0]
    nowhere = np.all([shapely.is_missing(shapes) for shapes in kinds], axis=0)
    result = []
    for number in present:
        rows = ~shapely.is_missing(kinds[number]) | (nowhere & (number == present[0]))
        kind = _GEOMETRY_KINDS[number]
        title = free_name(name if len(present) == 1 else f"{name}_{kind.lower()}", taken)
        some = frame[rows].set_geometry(gpd.GeoSeries(kinds[number][rows], index=frame.index[rows], crs=frame.crs))
        result.append(_write_one(some, folder / f"{title}.shp", kind, encoding))
    return result


def publish(delivered: list[Delivered], folder: Path) -> None:
    """Move written shapefiles from their scratch folder to ``folder``.

    What is left of an earlier file of the same name goes: a stale spatial index would hide features.
    """
    for file in delivered:
        parts = sorted(file.path.parent.glob(f"{glob.escape(file.path.stem)}.*"))
        try:
            for suffix in _SIDECARS:
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


def _write_one(frame: gpd.GeoDataFrame, path: Path, kind: str, encoding: str) -> Delivered:
    delivered = Delivered(path, len(frame))
    table = _storable(frame, encoding, delivered)
    shapes = table.geometry.to_numpy()
    if kind == "Point" and (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT).any():
        kind = "MultiPoint"
    if shapely.has_z(shapes).any():
        kind += " Z"
    try:
        with configured(SHAPE_ENCODING=encoding):  # QGIS lets GDAL recode no texts, and UTF-8 would be written
            pyogrio.write_dataframe(
                table,
                path,
                driver="ESRI Shapefile",
                geometry_type=kind,
                encoding=encoding,
                promote_to_multi=kind.startswith("MultiPoint"),
            )
        _mark_encoding(path, encoding)
        arrived = pyogrio.read_info(path)["features"]
    except (RuntimeError, OSError) as error:  # all errors of pyogrio are RuntimeErrors
        raise UnwritableTarget(path=path.name, why=str(error).replace(str(path), path.name)) from error
    if arrived != len(frame):
        raise UnwritableTarget(path=path.name, why=f"only {arrived} of {len(frame)} rows arrived; is the disk full?")
    return delivered


def _mark_encoding(path: Path, encoding: str) -> None:
    """Let .cpg and language id say the same: some programs read one, some the other."""
    page, language_id = ENCODINGS[encoding]
    path.with_suffix(".cpg").write_text(page, encoding="ascii")
    with path.with_suffix(".dbf").open("r+b") as file:
        file.seek(_LANGUAGE_ID)
        file.write(bytes([language_id]))


def _storable(frame: gpd.GeoDataFrame, encoding: str, delivered: Delivered) -> gpd.GeoDataFrame:
    """The table with names and values that a .dbf holds."""
    geometry = frame.geometry.name
    columns = [name for name in frame.columns if name != geometry]
    names = short_names(columns, encoding)
    delivered.renamed = {old: new for old, new in names.items() if old != new}
    data = {names[name]: _storable_column(frame[name], names[name], encoding, delivered) for name in columns}
    return gpd.GeoDataFrame(data, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _storable_column(values: pd.Series, name: str, encoding: str, delivered: Delivered) -> np.ndarray:
    if pd.api.types.is_bool_dtype(values):
        return values.astype("Int64").array
    if pd.api.types.is_numeric_dtype(values):
        return values.array
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d %H:%M:%S")
    text = values.astype("string").astype(object).where(values.notna(), None)
    encoded = [None if value is None else value.encode(encoding, "replace") for value in text]
    for row, (value, stored) in enumerate(zip(text, encoded, strict=True), start=1):
        if stored is None:
            continue
        if stored.decode(encoding) != value:
            delivered.replaced.append((row, name))
        if len(stored) > _TEXT_BYTES:
            delivered.cut.append((row, name))
    fitting = [None if stored is None else stored[:_TEXT_BYTES].decode(encoding, "ignore") for stored in encoded]
    return np.array(fitting, dtype=object)


def short_names(names: Iterable[str], encoding: str) -> dict[str, str]:
    """Field names of at most ten bytes without clashes (a .dbf does not tell upper from lower case)."""
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        short, number = _cut(name, encoding, _NAME_BYTES), 0
        while short.upper() in taken:
            number += 1
            short = _cut(name, encoding, _NAME_BYTES - len(str(number)) - 1) + f"_{number}"
        taken.add(short.upper())
        result[name] = short
    return result


def _cut(text: str, encoding: str, size: int) -> str:
    return text.encode(encoding, "replace")[:size].decode(encoding, "ignore")
