"""Vector files and the layers of a GeoPackage workspace, written in bulk and all or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pyogrio

from citygrid_plugin.core.errors import UnwritableTarget

from .files import replacing

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
}
"""Formats that results are written to in bulk, by suffix."""

_GEOMETRY_COLUMN = "geom"


def write_file(frame: gpd.GeoDataFrame, path: Path, geometry_type: str) -> None:
    """Write a file of one layer; the format follows the suffix (``DRIVERS``).

    A shapefile is several files, so it is not replaced as one: its parts are moved one by one.
    """
    driver = DRIVERS[path.suffix.lower()]
    if driver == "ESRI Shapefile":
        _write_parts(frame, path, driver, geometry_type)
        return
    with replacing(path) as scratch:
        _write(frame, scratch, path.stem, driver, geometry_type)


def _write_parts(frame: gpd.GeoDataFrame, path: Path, driver: str, geometry_type: str) -> None:
    with tempfile.TemporaryDirectory(dir=_folder(path)) as folder:
        _write(frame, Path(folder) / path.name, path.stem, driver, geometry_type)
        for part in sorted(Path(folder).iterdir()):
            with replacing(path.with_suffix(part.suffix)) as scratch:
                part.replace(scratch)


def _folder(path: Path) -> Path:
    if not path.parent.is_dir():
        raise UnwritableTarget(path=str(path), why="the folder does not exist")
    return path.parent


def write_layer(frame: gpd.GeoDataFrame, workspace: Path, layer: str, geometry_type: str) -> None:
    """Write or replace one layer of a GeoPackage, in one transaction; other layers are untouched."""
    if not workspace.exists():
        with replacing(workspace) as scratch:
            _write(frame, scratch, layer, "GPKG", geometry_type)
        return
    with tempfile.TemporaryDirectory(dir=_folder(workspace), prefix=".citygrid-") as folder:
        scratch = Path(folder) / "layer.gpkg"
        _write(frame, scratch, layer, "GPKG", geometry_type)
        _copy_layer(scratch, workspace, layer)


def _copy_layer(source: Path, target: Path, layer: str) -> None:
    """Replace a layer of a GeoPackage by that of another one, in one transaction."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    raised_before = gdal.GetUseExceptions()
    gdal.UseExceptions()
    try:
        options = gdal.VectorTranslateOptions(
            options=["-ds_transaction"], accessMode="overwrite", layers=[layer], layerName=layer
        )
        gdal.VectorTranslate(str(target), str(source), options=options)
    except RuntimeError as error:
        raise UnwritableTarget(path=f"{target} ({layer})", why=str(error)) from error
    finally:
        if not raised_before:
            gdal.DontUseExceptions()


def _write(frame: gpd.GeoDataFrame, path: Path, layer: str, driver: str, geometry_type: str) -> None:
    options = {"layer_options": {"GEOMETRY_NAME": _GEOMETRY_COLUMN}} if driver == "GPKG" else {}
    try:
        pyogrio.write_dataframe(
            frame,
            path,
            layer=layer,
            driver=driver,
            geometry_type=geometry_type,
            promote_to_multi=geometry_type.startswith("Multi"),
            encoding="UTF-8",
            **options,
        )
    except (RuntimeError, OSError) as error:  # all errors of pyogrio are RuntimeErrors
        raise UnwritableTarget(path=str(path), why=str(error)) from error
