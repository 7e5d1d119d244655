"""What of a city goes into a survey package: some communities or an extent, some classes, and what lies there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.census.component_mapping import MAJOR_CODE
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.schemes import COMPONENT, Scheme, name_key

from .survey import MAJOR_NAME, STATUS

_LIST = re.compile(r"[,，;；、\n]+")
_PLACES: Final = (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_CODE, fields.STREET_NAME)
_SHOWN = 8  # names that an error lists

Bounds = tuple[float, float, float, float]


class UnknownPlace(CityGridError):
    """A community or street that the unit grid does not have."""

    template = "“{name}” is no community or street of the unit grid. It has, by code or name: {available}."


class UnknownClass(CityGridError):
    """A class that the scheme does not have."""

    template = "“{name}” is no class of {scheme}. Give codes (0101), majors (01) or names, separated by commas."


class EmptyArea(CityGridError):
    """Communities and an extent without a unit grid."""

    template = "No unit grid lies in the chosen communities and extent. Choose more of either, or none."


def listed(text: str) -> list[str]:
    """The entries of a list typed by hand: separated by commas, semicolons (full-width ones, too) or lines."""
    return [entry.strip() for entry in _LIST.split(text) if entry.strip()]


def chosen_grid(grid: gpd.GeoDataFrame, places: Sequence[str], bounds: Bounds | None) -> gpd.GeoDataFrame:
    """The unit grids of some communities or streets (code or name) and of an extent in the grid's CRS.

    Without either, all. Raises ``UnknownPlace``, ``EmptyArea``.
    """
    keep = np.ones(len(grid), dtype=bool)
    if places:
        columns = [grid[name].fillna("").astype(str) for name in _PLACES if name in grid]
        found = [np.any([(column == place).to_numpy() for column in columns], axis=0) for place in places]
        for place, rows in zip(places, found, strict=True):
            if not np.any(rows):
                raise UnknownPlace(name=place, available=_available(columns))
        keep = np.any(found, axis=0)
    if bounds is not None:
        keep &= shapely.intersects(grid.geometry.to_numpy(), shapely.box(*bounds))
    if not keep.any():
        raise EmptyArea
    return grid[keep].reset_index(drop=True)


def _available(columns: Sequence[pd.Series]) -> str:
    names = [str(name) for column in columns[:2] for name in column[column != ""].unique()[:_SHOWN]]
    return ", ".join(names) or "–"


def communities_of(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The communities that a unit grid makes up, where there is no layer of them: code, name, street, outline."""
    columns = [name for name in _PLACES if name in grid]
    code = grid.get(fields.COMMUNITY_CODE, grid[fields.BGID].str[:12]).fillna("").astype(str)
    return grid[[*columns, grid.geometry.name]].dissolve(code.to_numpy(), as_index=False)[
        [*columns, grid.geometry.name]
    ]


def within(frame: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows that touch a polygon of ``area``, in its CRS; rows without a place are left out."""
    frame = frame[~shapely.is_missing(frame.geometry.to_numpy())]
    frame = frame.to_crs(area.crs) if frame.crs is not None else frame.set_crs(area.crs)
    tree = shapely.STRtree(frame.geometry.to_numpy())
    rows = np.unique(tree.query(area.geometry.to_numpy(), predicate="intersects")[1])
    return frame.iloc[rows].reset_index(drop=True)


def chosen_classes(scheme: Scheme, entries: Sequence[str]) -> pd.DataFrame:
    """Component classes for the code tables: ClassCode, ClassName, MajorCode, MajorName, Status.

    ``entries``: codes, names, or majors by code or name; without any, all classes. Raises ``UnknownClass``.
    """
    rows = scheme.classes[scheme.classes["kind"] == COMPONENT]
    table = pd.DataFrame(
        {
            fields.CLASS_CODE: rows["code"],
            fields.CLASS_NAME: rows["name"],
            MAJOR_CODE: rows["major_code"],
            MAJOR_NAME: _major_names(rows),
            STATUS: rows["status"],
        }
    ).reset_index(drop=True)
    if not entries:
        return table
    keep = np.any([_named(table, scheme, entry) for entry in entries], axis=0)
    return table[keep].reset_index(drop=True)


def _major_names(rows: pd.DataFrame) -> pd.Series:
    """The name of each row's major; rows of an extension table may lack it."""
    named = rows[rows["major_name"] != ""].drop_duplicates("major_code").set_index("major_code")["major_name"]
    return rows["major_code"].map(named).fillna("")


def _named(table: pd.DataFrame, scheme: Scheme, entry: str) -> np.ndarray:
    """Which classes one entry means. A class goes before a major of the same name."""
    code = scheme.normal_code(entry)
    code = code if code in scheme.names(COMPONENT) else scheme.code_of_name(COMPONENT, entry)
    if code:
        return (table[fields.CLASS_CODE] == code).to_numpy()
    major = (table[MAJOR_CODE] == entry.zfill(2)) | (table[MAJOR_NAME].map(name_key) == name_key(entry))
    if not major.any():
        raise UnknownClass(name=entry, scheme=scheme.title)
    return major.to_numpy()
