"""The survey package: a folder with one GeoPackage (and a project) for the field, and how it is told on its way back.

Plain names throughout: QField refuses what is not ASCII and takes offence at a project file with the same stem as
its data; Mergin Maps wants one project a folder, a key that is not the row number, and no brackets in field names.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.census.component_mapping import MAJOR_CODE
from citygrid_plugin.core.errors import CityGridError, UnwritableTarget

from .files import (
    connected,
    quoted,
    scratch_folder,
    write_text,
)
from .gdal import raising
from .layers import NewLayer, write_layers

PROJECT_FILE: Final = "survey.qgz"
DATA_FILE: Final = "survey_data.gpkg"
MAPPING_FILE: Final = "import_mapping.json"
READ_ME: Final = "README.md"
PHOTO_FOLDER: Final = "DCIM"  # where QField puts photos unless told otherwise

POINTS: Final = "components_point"
LINES: Final = "components_line"
AREAS: Final = "components_polygon"
SURVEYED: Final = {POINTS: "Point", LINES: "LineString", AREAS: "Polygon"}
"""The layers to be filled in the field: geometry type by name."""

EXISTING: Final = {"Point": "existing_point", "LineString": "existing_line", "Polygon": "existing_polygon"}
"""The layers of components that are known already: name by geometry type."""

GRID: Final = "unit_grid"
COMMUNITIES: Final = "communities"
MAJORS: Final = "code_majors"
CLASSES: Final = "code_classes"
ABOUT: Final = "survey_about"
BASE: Final = "base"  # base_1, base_2, …

FIELD_ID: Final = "FieldID"
SURVEYOR: Final = "Surveyor"
PHOTO: Final = "Photo"
MAJOR_NAME: Final = "MajorName"
LABEL: Final = "Label"
STATUS: Final = "Status"

# Lengths are known for generation C only (domain facts); ObjID is 17 there and 16 before.
_WIDTHS: Final = {
    fields.OBJ_ID: 17, fields.OBJ_NAME: 30,
    "DeptCode1": 18, "DeptName1": 100, "DeptCode2": 18, "DeptName2": 100, "DeptCode3": 18, "DeptName3": 100,
    fields.BGID: 16, fields.OBJ_STATE: 10, fields.DATA_SOURCE: 30, fields.NOTE: 254,
}  # fmt: skip
_DATES: Final = (fields.INITIAL_DATE, fields.END_DATE)
COLUMNS: Final = (*fields.COMPONENT, MAJOR_CODE, FIELD_ID, SURVEYOR, PHOTO)
"""Columns of the layers to be filled: those of a component, so that the importer knows them by name, and four more."""

_GEOMETRY: Final = "geom"
_BRACKETS = re.compile(r"[\\/()\[\]{}\"\n\r]")  # in names of fields, which Mergin Maps refuses


class FolderNotEmpty(CityGridError):
    """A folder for a survey package that holds something already."""

    template = "The folder “{path}” is not empty. Choose a new or an empty folder for the survey package."


@dataclass(frozen=True)
class Content:
    """What goes into a package, all in one CRS.

    ``grid``, ``communities``: polygons with BGID and CommName. ``classes``: text columns ClassCode, ClassName,
    MajorCode, MajorName, Status. ``existing``: components known already. ``base``: layers for the eye, by title.
    ``about``: what the package says of itself, by key.
    """

    grid: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    classes: pd.DataFrame
    existing: gpd.GeoDataFrame | None = None
    base: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A scratch folder beside ``folder`` that takes its name on success, and is gone otherwise.

    Raises ``FolderNotEmpty`` where there is something already, ``UnwritableTarget`` where it cannot be made.
    """
    _check_empty(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableTarget(path=str(folder), why=error.strerror or str(error)) from error
    with scratch_folder(folder.parent) as scratch:
        inside = scratch / folder.name
        inside.mkdir()
        yield inside
        _check_empty(folder)
        try:
            if folder.exists():
                folder.rmdir()  # empty; Windows does not rename onto a folder
            os.replace(inside, folder)  # noqa: PTH105 - says what it does
        except OSError as error:
            raise UnwritableTarget(path=str(folder), why=error.strerror or str(error)) from error


def _check_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.is_dir():
        raise FolderNotEmpty(path=str(folder))
    if folder.exists():
        raise UnwritableTarget(path=str(folder), why="it is a file")


def write_data(content: Content, folder: Path) -> list[str]:
    """Write the GeoPackage, the mapping for the way back and the photo folder into ``folder``.

    Returns the names of the layers for the eye that there were features for.
    """
    path = folder / DATA_FILE
    about = pd.DataFrame({"Key": list(content.about), "Value": list(content.about.values())}, dtype=object)
    plain = code_tables(content.classes) | {ABOUT: about}
    seen = _for_the_eye(content)
    with_places = {GRID: content.grid, COMMUNITIES: content.communities} | seen
    layers = [NewLayer(name, frame, _geometry_type(frame)) for name, frame in with_places.items()]
    write_layers([*layers, *(NewLayer(name, table, "NoGeometry") for name, table in plain.items())], path)
    _add_surveyed(path, content.grid.crs)
    write_text(folder / MAPPING_FILE, _mapping(content.about))
    photos = folder / PHOTO_FOLDER
    photos.mkdir()
    write_text(photos / ".nomedia", "")  # keeps the folder where empty ones get lost, and its photos out of galleries
    return list(seen)


def _for_the_eye(content: Content) -> dict[str, gpd.GeoDataFrame]:
    """What is known already and the base layers, by the names of their layers."""
    known = {} if content.existing is None else by_geometry(content.existing)
    layers = {EXISTING[kind]: rows for kind, rows in known.items()}
    for number, frame in enumerate(content.base.values(), 1):
        layers[f"{BASE}_{number}"] = frame.rename(columns=lambda name: _BRACKETS.sub("_", str(name)))
    return layers


def code_tables(classes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The code tables by name: majors, and classes with their major; Label is code and name, as the form shows it."""
    majors = classes[[MAJOR_CODE, MAJOR_NAME]].drop_duplicates(MAJOR_CODE).sort_values(MAJOR_CODE)
    minors = classes[[fields.CLASS_CODE, fields.CLASS_NAME, MAJOR_CODE, STATUS]].sort_values(fields.CLASS_CODE)
    return {
        MAJORS: _labelled(majors, MAJOR_CODE, MAJOR_NAME),
        CLASSES: _labelled(minors, fields.CLASS_CODE, fields.CLASS_NAME),
    }


def _labelled(table: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    return table.assign(**{LABEL: (table[code] + " " + table[name]).str.strip()}).reset_index(drop=True)


def by_geometry(frame: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The rows with points, lines and polygons; a QGIS layer, and a form, has one type. Rows without are left out."""
    kind = frame.geometry.geom_type.str.removeprefix("Multi")
    found = {name: frame[(kind == name).to_numpy()].reset_index(drop=True) for name in EXISTING}
    return {name: rows for name, rows in found.items() if len(rows)}


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    """The type that a layer is declared with: the one type of its rows, Multi where one of them is."""
    kinds = frame.geometry.dropna().geom_type
    plain = set(kinds.str.removeprefix("Multi"))
    if len(plain) != 1:
        return "Unknown"
    return f"Multi{plain.pop()}" if kinds.str.startswith("Multi").any() else plain.pop()


def _add_surveyed(path: Path, crs: pyproj.CRS) -> None:
    """Add the empty layers for the field, with real dates and with lengths, which a table without rows cannot tell."""
    from osgeo import gdal, ogr, osr  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    try:
        with raising():
            reference = osr.SpatialReference()
            reference.SetFromUserInput(":".join(crs.to_authority() or ()) or crs.to_wkt())
            data = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE, allowed_drivers=["GPKG"])
            for name, kind in SURVEYED.items():
                layer = data.CreateLayer(name, reference, getattr(ogr, f"wkb{kind}"), [f"GEOMETRY_NAME={_GEOMETRY}"])
                for column in COLUMNS:
                    definition = ogr.FieldDefn(column, ogr.OFTDate if column in _DATES else ogr.OFTString)
                    definition.SetWidth(_WIDTHS.get(column, 0))
                    layer.CreateField(definition)
                del layer
            del data
    except RuntimeError as error:
        raise UnwritableTarget(path=str(path), why=str(error)) from error


# The way back


def _mapping(about: Mapping[str, str]) -> str:
    """A saved mapping for the import: all fields are known by name, and Note takes what a component has no field for.

    So nothing of the field is lost: who was there, and the photo, whose name holds the number given in the field.
    """
    note, photo, who, number = ({"field": name} for name in (fields.NOTE, PHOTO, SURVEYOR, FIELD_ID))
    parts = [
        note,
        {"when": [note, "; "]},
        {"when": [photo, {"concat": ["photo 照片: ", photo]}, {"concat": ["field number 外业编号: ", number]}]},
        {"when": [who, {"concat": ["; surveyor 采集人: ", who]}]},
    ]
    rules = {fields.NOTE: {"expression": {"concat": parts}}}
    saved = {"version": 1, "name": "survey package", "scheme": about.get("scheme", ""), "rules": rules}
    return json.dumps(saved, ensure_ascii=False, indent=1) + "\n"


def survey_layers(path: Path) -> list[str] | None:
    """Names of the layers of a survey package that were filled in the field; None for any other file.

    Who imports the file as a whole takes these, and leaves out grid, code tables and what was known before.
    """
    if not about(path):
        return None
    try:
        with connected(path) as base:
            there = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return [name for name in SURVEYED if name in there and _has_rows(base, name)]
    except sqlite3.Error:
        return None


def _has_rows(base: sqlite3.Connection, layer: str) -> bool:
    return base.execute(" ".join(("SELECT 1 FROM", quoted(layer), "LIMIT 1"))).fetchone() is not None


def about(path: Path) -> dict[str, str]:
    """What a survey package says of itself: scheme (id), made (date), title; empty for any other file."""
    try:
        with connected(path) as base:
            return dict(base.execute("SELECT Key, Value FROM survey_about WHERE Key IS NOT NULL").fetchall())
    except sqlite3.Error:  # no database, or one without that table; who reads its layers will say what is wrong
        return {}


def flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows without heights: a layer of the field is flat."""
    return frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
