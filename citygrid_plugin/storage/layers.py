"""Vector files and the layers of a GeoPackage workspace, written in bulk and all or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors

from citygrid_plugin.core.errors import UnwritableTarget

from .files import replacing

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf"}
"""Formats of one file that results are written to in bulk, by suffix."""

_GEOMETRY_COLUMN = "geom"
_ROW_NUMBER = "fid"


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


def write_layer(frame: gpd.GeoDataFrame, workspace: Path, layer: str, geometry_type: str) -> None:
    """Write or replace one layer of a GeoPackage, in one transaction; other layers are untouched."""
    if not workspace.exists():
        with replacing(workspace) as scratch:
            _write(frame, scratch, layer, "GPKG", geometry_type, workspace)
        return
    with tempfile.TemporaryDirectory(dir=workspace.parent, prefix=".citygrid-") as folder:
        scratch = Path(folder) / "layer.gpkg"
        _write(frame, scratch, layer, "GPKG", geometry_type, workspace)
        _copy_layer(scratch, workspace, layer)


def _copy_layer(source: Path, target: Path, layer: str) -> None:
    """Replace a layer of a GeoPackage by that of another one, in one transaction."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    raised_before = gdal.GetUseExceptions()
    gdal.UseExceptions()
    try:
        # Opened first: given a name that it cannot open, VectorTranslate would make a new file of it.
        workspace = gdal.OpenEx(str(target), gdal.OF_VECTOR | gdal.OF_UPDATE, allowed_drivers=["GPKG"])
        options = gdal.VectorTranslateOptions(
            options=["-ds_transaction"], accessMode="overwrite", layers=[layer], layerName=layer
        )
        gdal.VectorTranslate(workspace, str(source), options=options)
        del workspace
    except RuntimeError as error:
        raise UnwritableTarget(path=f"{target} ({layer})", why=_told(error, source, target)) from error
    finally:
        if not raised_before:
            gdal.DontUseExceptions()


def _write(frame: gpd.GeoDataFrame, scratch: Path, layer: str, driver: str, geometry_type: str, target: Path) -> None:
    """Write to ``scratch`` what will be ``target``, and make sure that every row has arrived."""
    options = {"layer_options": {"GEOMETRY_NAME": _GEOMETRY_COLUMN}} if driver == "GPKG" else {}
    try:
        pyogrio.write_dataframe(
            _without_clashes(frame) if driver == "GPKG" else frame,
            scratch,
            layer=layer,
            driver=driver,
            geometry_type=geometry_type,
            promote_to_multi=geometry_type.startswith("Multi"),
            encoding="UTF-8",
            **options,
        )
        arrived = pyogrio.read_info(scratch, layer=layer, force_feature_count=True)["features"]
    except (RuntimeError, OSError) as error:  # all errors of pyogrio are RuntimeErrors
        raise UnwritableTarget(path=str(target), why=_told(error, scratch, target)) from error
    if arrived != len(frame):
        raise UnwritableTarget(path=str(target), why=f"only {arrived} of {len(frame)} rows arrived; is the disk full?")


def _told(error: Exception, scratch: Path, target: Path) -> str:
    """What the library says, about the file that the user knows."""
    return str(error).replace(str(scratch), str(target))


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
        new, number = name, 1
        while new.casefold() in taken:
            number += 1
            new = f"{name}_{number}"
        taken.add(new.casefold())
        names[name] = new
    return frame.drop(columns=dropped).rename(columns={old: new for old, new in names.items() if old != new})
