"""The same rows for analysts: GeoPackage, GeoParquet and Excel, opened again and compared as shapefiles are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from citygrid_plugin.core.errors import MissingPackage, UnwritableTarget
from citygrid_plugin.core.progress import Progress, silent

from .delivery_compare import Compared, Pieces, check, compared, geopackage_pieces
from .delivery_folder import without_clock
from .files import free_name
from .gdal import configured
from .layers import write_layer
from .readers.workbooks import xlsx_package
from .shapefiles import Delivered
from .workbooks import NewSheet, write_workbook

_NEVER_NOW: Final = "1980-01-01T00:00:00Z"
_SINGLE: Final = {0: "Point", 1: "LineString", 2: "Polygon"}
_DRIVER: Final = "Parquet"
_OWN_COLUMNS: Final = ("fid", "geom")


class NoParquet(MissingPackage):
    """A QGIS that writes no GeoParquet: neither its GDAL nor a Python package of it can."""

    template = (
        "GeoParquet cannot be written here: the GDAL of this QGIS has no Parquet driver and the Python package "
        "{package} is missing. Choose GeoPackage, or install it with “{command}”."
    )


def geopackage_names(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """The field of each column in a GeoPackage, which has a fid and a geom of its own and tells no case apart."""
    taken = set(_OWN_COLUMNS)
    return {name: free_name(str(name), taken) for name in frame.columns if name != frame.geometry.name}


def write_geopackage(frame: gpd.GeoDataFrame, path: Path, name: str, progress: Progress = silent) -> Compared:
    """Add a layer to a GeoPackage, its fields by ``geopackage_names``, and compare it.

    Raises ``UnwritableTarget``, ``DeliveryDiffers``.
    """
    names = geopackage_names(frame)
    with configured(OGR_CURRENT_DATE=_NEVER_NOW):
        write_layer(frame.rename(columns=names), path, name, _geometry_type(frame))
    file = Delivered(path, len(frame), columns=names, source=frame)
    return check(file, "UTF-8", progress, lambda path, _: geopackage_pieces(path, name))


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    shapes = frame.geometry.dropna().to_numpy()
    dimensions = np.unique(shapely.get_dimensions(shapes))
    if (shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION).any() or len(dimensions) != 1:
        return "Unknown"
    multi = (shapely.get_num_geometries(shapes) != 1).any() or (shapely.get_type_id(shapes) > 3).any()  # noqa: PLR2004 - the ids of multi-part types
    return f"{'Multi' if multi else ''}{_SINGLE[int(dimensions[0])]}{' Z' if shapely.has_z(shapes).any() else ''}"


def check_parquet() -> None:
    """Raise ``NoParquet`` where GeoParquet cannot be written."""
    if _DRIVER in pyogrio.list_drivers(write=True):
        return
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - only where GeoParquet is asked for; no QGIS brings it
    except ImportError as error:
        raise NoParquet(package="pyarrow", command='pip install "pyarrow<18"') from error


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> Compared:
    """Write a GeoParquet file and compare it. Raises ``UnwritableTarget``, ``DeliveryDiffers``, ``NoParquet``."""
    check_parquet()
    by_gdal = _DRIVER in pyogrio.list_drivers(write=True)

    def pieces(file: Path, _encoding: str) -> Pieces:
        read = pyogrio.read_dataframe(file) if by_gdal else gpd.read_parquet(file)
        yield {name: read[name].tolist() for name in read.columns}, read.geometry.to_numpy()

    try:
        if by_gdal:
            pyogrio.write_dataframe(frame, path, driver=_DRIVER, geometry_type=_geometry_type(frame))
        else:
            frame.to_parquet(path)
    except (RuntimeError, OSError, ValueError) as error:
        raise UnwritableTarget(path=path.name, why=str(error)) from error
    return check(_as_delivered(frame, path), "UTF-8", pieces=pieces)


def write_excel(frames: list[tuple[str, gpd.GeoDataFrame]], path: Path, progress: Progress = silent) -> list[Compared]:
    """Write one sheet a table, with X and Y of a point on each shape, and compare them.

    What a cell cannot hold (control characters, more than 32,767 characters) is among the differences. Raises
    ``NoWorkbooks``, ``UnwritableTarget``.
    """
    tables = [(name, _with_place(frame)) for name, frame in frames]
    sheets = [
        NewSheet(name, table, formats={str(column): "0.########" for column in table}, plain=True)
        for name, table in tables
    ]
    write_workbook(sheets, path, progress)
    without_clock(path)
    book = xlsx_package().load_workbook(path, read_only=True)
    try:
        return [
            compared(_as_delivered(table, path), "UTF-8", pieces=_of_sheet(sheet, table))
            for sheet, (_, table) in zip(book.worksheets, tables, strict=True)
        ]
    finally:
        book.close()


def _with_place(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    shapes = frame.geometry.to_numpy()
    place = shapely.point_on_surface(shapes)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    for axis, values in (("X", shapely.get_x(place)), ("Y", shapely.get_y(place))):
        if axis not in table:
            table[axis] = values
    return table


def _of_sheet(sheet: Any, table: pd.DataFrame) -> Any:  # noqa: ANN401 - openpyxl carries no types
    """How the rows of a sheet are read, below its titles."""

    def pieces(_path: Path, _encoding: str) -> Pieces:
        rows = list(sheet.iter_rows(min_row=2, max_row=len(table) + 1, max_col=len(table.columns), values_only=True))
        columns = zip(*rows, strict=True) if rows else ([] for _ in table.columns)
        values = dict(zip(map(str, table.columns), map(list, columns), strict=True))
        yield values, np.full(len(rows), None, dtype=object)

    return pieces


def _as_delivered(frame: pd.DataFrame, path: Path) -> Delivered:
    names = [name for name in frame.columns if name != getattr(frame, "_geometry_column_name", None)]
    return Delivered(path, len(frame), columns={name: str(name) for name in names}, source=frame)
