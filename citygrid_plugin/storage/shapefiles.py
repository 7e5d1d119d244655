"""Delivered shapefiles: GBK or UTF-8 with matching .cpg and language id, and nothing cut in silence."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from citygrid_plugin.core.errors import UnwritableTarget

from .files import replacing

ENCODINGS = {"GBK": ("GBK", 0x4D), "UTF-8": ("UTF-8", 0x00)}
"""Content of the .cpg and the language id (dBASE: 0x4D is code page 936) of each encoding."""

_NAME_BYTES = 10
_TEXT_BYTES = 254
_LANGUAGE_ID = 29  # its place in the header of a .dbf
_GEOMETRY_KINDS = ("Point", "LineString", "Polygon")


@dataclass
class Delivered:
    """One shapefile as written: its rows, the fields that had to be renamed, and values that were cut."""

    path: Path
    rows: int
    renamed: dict[str, str] = field(default_factory=dict)
    cut: list[tuple[int, str]] = field(default_factory=list)  # row (from 1) and field
    replaced: list[tuple[int, str]] = field(default_factory=list)  # characters the encoding lacks


def write_shapefiles(frame: gpd.GeoDataFrame, folder: Path, name: str, encoding: str) -> list[Delivered]:
    """Write a table as one shapefile for each kind of geometry that it holds (point, line, polygon).

    One kind is named ``name``; several get ``name_point`` and so on. Rows without a geometry are
    written as rows with an empty geometry of the first kind: no row is lost. Dates and times are
    written as text, codes as text. Raises ``UnwritableTarget``.
    """
    kinds = _kinds(frame)
    present = [kind for kind in _GEOMETRY_KINDS if (kinds == kind).any()] or ["Point"]
    kinds = kinds.where(kinds != "", present[0])
    result = []
    for kind in present:
        title = name if len(present) == 1 else f"{name}_{kind.lower()}"
        result.append(_write_one(frame[kinds == kind], folder / f"{title}.shp", kind, encoding))
    return result


def _kinds(frame: gpd.GeoDataFrame) -> pd.Series:
    """Kind of each geometry: Point, LineString or Polygon; empty text for none."""
    dimension = shapely.get_dimensions(frame.geometry.to_numpy())
    dimension = np.where(shapely.is_empty(frame.geometry.to_numpy()), -1, dimension)
    return pd.Series(dimension, index=frame.index).map({-1: "", **dict(enumerate(_GEOMETRY_KINDS))})


def _write_one(frame: gpd.GeoDataFrame, path: Path, kind: str, encoding: str) -> Delivered:
    delivered = Delivered(path, len(frame))
    table = _storable(frame, encoding, delivered)
    multi = shapely.get_num_geometries(table.geometry.to_numpy()) > 1
    if kind == "Point" and multi.any():
        kind = "MultiPoint"
    try:
        with tempfile.TemporaryDirectory(dir=folder_of(path), prefix=".citygrid-") as scratch:
            with _recoding_to(encoding):
                pyogrio.write_dataframe(
                    table,
                    Path(scratch) / path.name,
                    driver="ESRI Shapefile",
                    geometry_type=kind,
                    encoding=encoding,
                    promote_to_multi=kind == "MultiPoint",
                )
            _mark_encoding(Path(scratch) / path.name, encoding)
            for part in sorted(Path(scratch).iterdir()):
                with replacing(path.with_suffix(part.suffix)) as target:
                    part.replace(target)
    except (RuntimeError, OSError) as error:  # all errors of pyogrio are RuntimeErrors
        raise UnwritableTarget(path=str(path), why=str(error)) from error
    return delivered


def folder_of(path: Path) -> Path:
    """The folder of a file, made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


@contextlib.contextmanager
def _recoding_to(encoding: str) -> Iterator[None]:
    """Let GDAL recode texts: QGIS switches that off for the whole process, and UTF-8 would be written."""
    before = pyogrio.get_gdal_config_option("SHAPE_ENCODING")
    pyogrio.set_gdal_config_options({"SHAPE_ENCODING": encoding})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_ENCODING": before})


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
