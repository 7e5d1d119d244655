"""Vector files and the layers of a GeoPackage workspace, written in bulk and all or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from citygrid_plugin.core.errors import Cancelled, UnwritableTarget
from citygrid_plugin.core.progress import Progress, part, silent

from .files import free_name, replacing, scratch_folder
from .gdal import raising
from .spatial_index import pack_index

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf"}
"""Formats of one file that results are written to in bulk, by suffix."""

_GEOMETRY_COLUMN = "geom"
_ROW_NUMBER = "fid"
_NO_GEOMETRY = "NoGeometry"
_PACKS_ITSELF = (3, 7)  # the version of GDAL that packs the index of a GeoPackage
_WORTH_PACKING = 10_000  # rows
_PIECE = 250_000  # rows
_SHOWN = 300  # characters of what a library says
_ONE_TRANSACTION = ("-ds_transaction", "-gt", "unlimited")  # without the latter GDAL commits every 100,000 rows
_FULL = 1_000_000  # bytes; where fewer are left after a failed write, that is why


def check_target(path: Path) -> None:
    """Raise ``UnwritableTarget`` where a result of one layer must not replace what is at ``path``."""
    if not path.parent.is_dir():
        raise UnwritableTarget(path=str(path), why="the folder does not exist")
    if path.is_dir():
        raise UnwritableTarget(path=str(path), why="it is a folder")
    if path.suffix.lower() == ".gpkg" and path.exists():
        others = [str(name) for name in _layers(path) if name != path.stem]
        if others:
            raise UnwritableTarget(path=str(path), why=f"it holds other layers ({', '.join(others)})")


def _layers(path: Path) -> list[str]:
    try:
        return [name for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        raise UnwritableTarget(path=str(path), why="it is there, but is no GeoPackage") from error


def write_file(frame: gpd.GeoDataFrame, path: Path, geometry_type: str) -> None:
    """Write a file of one layer; the format follows the suffix (``DRIVERS``)."""
    check_target(path)
    with replacing(path) as scratch:
        _write(frame, scratch, path.stem, DRIVERS[path.suffix.lower()], geometry_type, path)


@dataclass(frozen=True)
class NewLayer:
    """A layer that is to be written: its name, rows, and geometry type (NoGeometry for a plain table)."""

    name: str
    frame: gpd.GeoDataFrame
    geometry_type: str


def write_layer(frame: gpd.GeoDataFrame, workspace: Path, layer: str, geometry_type: str) -> None:
    """Write or replace one layer of a GeoPackage, in one transaction; other layers are untouched."""
    write_layers([NewLayer(layer, frame, geometry_type)], workspace)


def write_layers(layers: Sequence[NewLayer], workspace: Path, progress: Progress = silent) -> None:
    """Write or replace several layers of a GeoPackage: all of them or, whatever happens, none."""
    if not workspace.exists():
        with replacing(workspace) as scratch:
            for number, layer in enumerate(layers):
                progress(number / len(layers))
                _write(layer.frame, scratch, layer.name, "GPKG", layer.geometry_type, workspace)
            progress(1.0)
        return
    with scratch_folder(workspace.parent) as folder:
        scratch = folder / "layers.gpkg"
        for number, layer in enumerate(layers):  # the copies get an index
            progress(0.5 * number / len(layers))
            _write(layer.frame, scratch, layer.name, "GPKG", layer.geometry_type, workspace, indexed=False)
        _copy_layers(scratch, workspace, [layer.name for layer in layers], part(progress, 0.5, 1.0))


def has_layer(workspace: Path, layer: str) -> bool:
    """Whether a GeoPackage is there and holds a layer of that name. Raises ``UnwritableTarget``."""
    return workspace.exists() and layer in _layers(workspace)


def stored_table(workspace: Path, layer: str) -> pd.DataFrame | None:
    """The rows of a plain table of a GeoPackage; None where there is no such table or no file that can be read."""
    try:
        return pyogrio.read_dataframe(workspace, layer=layer, read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        return None


def add_to_layer(table: pd.DataFrame, workspace: Path, layer: str) -> None:
    """Add those rows of a plain table to a layer of a GeoPackage that are not there yet, in one transaction.

    The rows that are there stay as they are, with all their columns. A layer that is missing is made.
    """
    if not workspace.exists():
        write_layer(table, workspace, layer, _NO_GEOMETRY)
        return
    new = table
    there = stored_table(workspace, layer)  # without such a layer, adding makes it; what else is wrong, adding will say
    if there is not None:
        known = pd.MultiIndex.from_frame(there.reindex(columns=table.columns).fillna(""))
        new = table[~pd.MultiIndex.from_frame(table.fillna("")).isin(known)]
    with scratch_folder(workspace.parent) as folder:
        scratch = folder / "rows.gpkg"
        _write(new, scratch, layer, "GPKG", _NO_GEOMETRY, workspace)
        _copy_layers(scratch, workspace, [layer], silent, mode="append", addFields=True)


def _copy_layers(
    source: Path, target: Path, layers: Sequence[str], progress: Progress, mode: str = "overwrite", **options: bool
) -> None:
    """Replace layers of a GeoPackage by those of another one, or append those rows, in one transaction."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    cancelled = False

    def goes_on(share: float, _message: str, _data: object) -> int:
        nonlocal cancelled
        try:
            progress(share)
        except Cancelled:  # GDAL then takes everything back; no exception may pass through it
            cancelled = True
        return int(not cancelled)

    try:
        with raising():
            # Opened first: given a name that it cannot open, VectorTranslate would make a new file of it.
            workspace = gdal.OpenEx(str(target), gdal.OF_VECTOR | gdal.OF_UPDATE, allowed_drivers=["GPKG"])
            settings = gdal.VectorTranslateOptions(
                options=list(_ONE_TRANSACTION), accessMode=mode, layers=list(layers), callback=goes_on, **options
            )
            gdal.VectorTranslate(workspace, str(source), options=settings)
            del workspace
    except RuntimeError as error:
        if cancelled:
            raise Cancelled from error
        raise UnwritableTarget(path=f"{target} ({', '.join(layers)})", why=_told(error, source, target)) from error


def _write(
    frame: gpd.GeoDataFrame,
    scratch: Path,
    layer: str,
    driver: str,
    geometry_type: str,
    target: Path,
    *,
    indexed: bool = True,
) -> None:
    """Write to ``scratch`` what will be ``target``, and make sure that every row has arrived."""
    try:
        if driver == "GPKG":
            _write_geopackage(_without_clashes(frame), scratch, layer, geometry_type, indexed=indexed)
        else:
            _write_bulk(frame, scratch, layer, driver, geometry_type)
        arrived = pyogrio.read_info(scratch, layer=layer, force_feature_count=True)["features"]
    except (RuntimeError, OSError, sqlite3.Error, UnicodeError) as error:  # all errors of pyogrio are RuntimeErrors
        if shutil.disk_usage(scratch.parent).free < _FULL:  # the libraries only speak of a failed transaction
            raise UnwritableTarget(str(error), path=str(target), why="the disk is full") from error
        raise UnwritableTarget(path=str(target), why=_told(error, scratch, target)) from error
    if arrived != len(frame):
        raise UnwritableTarget(path=str(target), why=f"only {arrived} of {len(frame)} rows arrived; is the disk full?")


def _write_bulk(
    frame: gpd.GeoDataFrame, path: Path, layer: str, driver: str, geometry_type: str, **layer_options: str
) -> None:
    """Write a layer; one without an index in pieces, since all rows at once need as much memory again."""
    rows = _PIECE if layer_options.get("SPATIAL_INDEX") == "NO" else max(len(frame), 1)
    for start in range(0, max(len(frame), 1), rows):
        pyogrio.write_dataframe(
            frame.iloc[start : start + rows],
            path,
            layer=layer,
            driver=driver,
            geometry_type=geometry_type,
            promote_to_multi=geometry_type.startswith("Multi"),
            encoding="UTF-8",
            append=start > 0,
            layer_options={} if start else layer_options,
        )


def _write_geopackage(
    frame: gpd.GeoDataFrame, path: Path, layer: str, geometry_type: str, *, indexed: bool = True
) -> None:
    """Write a GeoPackage of one layer; a long one gets its spatial index in one go where GDAL does not do so itself."""
    packs = pyogrio.__gdal_version__ < _PACKS_ITSELF and len(frame) >= _WORTH_PACKING and hasattr(frame, "geometry")
    options = {"GEOMETRY_NAME": _GEOMETRY_COLUMN, "SPATIAL_INDEX": "YES" if indexed and not packs else "NO"}
    _write_bulk(frame, path, layer, "GPKG", geometry_type, **options)
    if indexed and packs:
        empty = path.with_name(f"empty-{path.name}")
        options["SPATIAL_INDEX"] = "YES"
        _write_bulk(frame.iloc[:0], empty, layer, "GPKG", geometry_type, **options)
        pack_index(path, empty, layer, _GEOMETRY_COLUMN, shapely.bounds(frame.geometry.to_numpy()))
        empty.unlink()


def _told(error: Exception, scratch: Path, target: Path) -> str:
    """What the library says, about the file that the user knows."""
    text = str(error).replace(str(scratch), str(target))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def _without_clashes(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with column names that differ in more than case and leave the format's own names free.

    A column that only numbers the rows, as GeoPackage does, is left to the format.
    """
    geometry = getattr(frame, "_geometry_column_name", None)
    taken = {_GEOMETRY_COLUMN, _ROW_NUMBER}
    names: dict[str, str] = {}
    dropped = []
    for name in frame.columns:
        if name == geometry:
            continue
        if name == _ROW_NUMBER and pd.api.types.is_integer_dtype(frame[name]) and frame[name].is_unique:
            dropped.append(name)
            continue
        names[name] = free_name(name, taken)
    return frame.drop(columns=dropped).rename(columns={old: new for old, new in names.items() if old != new})
