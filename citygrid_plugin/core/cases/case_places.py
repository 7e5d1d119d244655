"""Where cases are: by their coordinates, else by the component, the grid or the community that they name.

That order goes from the most exact to the least; each case says in ``Placed`` which it was, and what a case says of its
place is compared with where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import each_text
from citygrid_plugin.core.errors import MissingCrs, UnknownField
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.schemes import name_key
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.crs import measuring_crs
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.place import locate, moved

from .case_problems import CaseProblem

_EXAMPLES = 5
_POINT = 0

TEXTS: Final = {
    "placed_by_component": "{count} cases without coordinates were placed at the component that they name: {examples}.",
    "placed_by_grid": "{count} cases without coordinates were placed in the grid that they name: {examples}.",
    "placed_by_community": (
        "{count} cases without coordinates were placed somewhere in the community that they name: {examples}. "
        "They belong to no grid."
    ),
    "unclear_community": (
        "{count} cases without coordinates name a community whose name occurs several times; they were not placed. "
        "Its code or its street would tell which."
    ),
    "other_grid": "{count} cases name another grid than the one they lie in; the place decided.",
    "unknown_grid": "{count} cases name a grid that is not among the unit grids; the place decided.",
    "outside": "{count} cases lie outside all unit grids; their BGID is empty.",
    "other_community": "{count} cases name another community than the one they lie in; the place decided.",
    "unknown_component": "{count} cases name a component that is not among the components.",
}
"""Remarks; the interface translates them."""


class Placed(StrEnum):
    """What the place of a case comes from; the values are those of the field Placed."""

    COORDINATES = "coordinates"
    COMPONENT = "component"
    GRID = "grid"
    COMMUNITY = "community"


EXACT: Final = (Placed.COORDINATES, Placed.COMPONENT)
"""Places at which a distance means something."""


@dataclass(frozen=True)
class Places:
    """The layers that places are taken from, each None where there is none; they may be in different CRS.

    ``grid``: BGID, and as far as it has them CommCode, CommName, StrName, RGID. ``zones``: RGID. ``components``: ObjID.
    ``communities``: CommName, CommCode or both, and StrName as far as it has it; without them those of the grid.
    """

    grid: gpd.GeoDataFrame | None = None
    zones: gpd.GeoDataFrame | None = None
    components: gpd.GeoDataFrame | None = None
    communities: gpd.GeoDataFrame | None = None

    def crs(self, records: gpd.GeoDataFrame) -> Any:  # noqa: ANN401 - a pyproj.CRS, or None
        """The CRS of the result: that of the grid, else of the records, else of the first other layer."""
        layers = (self.grid, records, self.components, self.communities, self.zones)
        return next((layer.crs for layer in layers if layer is not None and layer.crs is not None), None)


def stated_points(
    records: gpd.GeoDataFrame,
    crs: Any,  # noqa: ANN401 - a pyproj.CRS, or None
    datum: Datum,
    layer: str,
) -> gpd.GeoSeries:
    """A point a record in the CRS ``crs``, missing where it has none. Of lines and polygons, a point on them."""
    shapes = records.geometry.to_numpy(copy=True)
    shapes[shapely.is_empty(shapes)] = None
    other = ~np.isin(shapely.get_type_id(shapes), (-1, _POINT))
    shapes[other] = shapely.point_on_surface(shapes[other])
    # 0, 0 is how many systems store "no coordinates".
    shapes[(shapely.get_x(shapes) == 0) & (shapely.get_y(shapes) == 0)] = None
    if not shapely.is_missing(shapes).all():
        if records.crs is None:
            raise MissingCrs(layer=layer)
        shapes = moved(shapes, records.crs, crs, datum).geometry
    return gpd.GeoSeries(shapes, index=records.index, crs=crs)


def in_metres(places: gpd.GeoSeries) -> gpd.GeoSeries:
    """Places in a CRS fit for measuring."""
    return places.to_crs(measuring_crs(places.crs, places.to_numpy()))


@dataclass
class Placing:
    """Cases being placed. ``table``: text columns of the cases, changed in place; ``wanted``: rows that are looked at.

    ``points``: the place of each case so far, in ``crs``; ``how``: what it comes from (``Placed``, empty for none).
    """

    table: pd.DataFrame
    points: Geometries
    crs: Any
    wanted: NDArray[np.bool_]
    remarks: list[Remark]
    problems: list[CaseProblem]
    how: NDArray[np.object_]

    @classmethod
    def of(
        cls, table: pd.DataFrame, points: gpd.GeoSeries, wanted: NDArray[np.bool_], remarks: list[Remark]
    ) -> Placing:
        """Cases as they state their places."""
        shapes = points.to_numpy().copy()
        how = np.where(shapely.is_missing(shapes), "", str(Placed.COORDINATES)).astype(object)
        return cls(table, shapes, points.crs, wanted, remarks, [], how)

    def place(self, layers: Places) -> None:
        """Find a place for those that have none, then fill what follows from the place."""
        if layers.components is not None:
            self._at_components(layers.components)
        if layers.grid is not None:
            self._in_grids(layers.grid)
        communities = layers.grid if layers.communities is None else layers.communities
        if communities is not None and {fields.COMMUNITY_CODE, fields.COMMUNITY_NAME} & set(communities):
            self._in_communities(communities, "GRID" if layers.communities is None else "COMMUNITIES")
        if layers.grid is not None:
            self._fill_from_grid(layers.grid)
        if layers.zones is not None:
            self._fill_from_zones(layers.zones)

    # Without coordinates

    def _lost(self, name: str) -> Indices:
        stated = (self.table[name] != "").to_numpy()
        return np.flatnonzero(self.wanted & (self.how == "") & stated)

    def _put(self, rows: Indices, shapes: Geometries, how: Placed) -> None:
        """Place cases on shapes (in the CRS of the result) and say so."""
        known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        rows, shapes = rows[known], shapely.force_2d(shapes[known])
        if not len(rows):
            return
        other = shapely.get_type_id(shapes) != _POINT
        shapes[other] = shapely.point_on_surface(shapes[other])
        self.points[rows] = shapes
        self.how[rows] = str(how)
        examples = "、".join(self.table[fields.CASE_ID].iloc[rows[:_EXAMPLES]]) + (
            " …" if len(rows) > _EXAMPLES else ""
        )
        self.remarks.append(Remark(f"placed_by_{how}", {"count": len(rows), "examples": examples}))

    def _at_components(self, components: gpd.GeoDataFrame) -> None:
        stated = self.table[fields.OBJ_ID].to_numpy()
        found = _index(_codes(components, fields.OBJ_ID, "COMPONENTS"), stated)
        unknown = np.flatnonzero(self.wanted & (stated != "") & (found < 0))
        self._problem("unknown_component", unknown, stated=stated[unknown])
        rows = self._lost(fields.OBJ_ID)
        rows = rows[found[rows] >= 0]
        self._put(rows, self._shapes(components, found[rows], "COMPONENTS"), Placed.COMPONENT)

    def _in_grids(self, grid: gpd.GeoDataFrame) -> None:
        rows = self._lost(fields.BGID)
        found = _index(_codes(grid, fields.BGID, "GRID"), self.table[fields.BGID].to_numpy()[rows])
        rows, found = rows[found >= 0], found[found >= 0]
        self._put(rows, self._shapes(grid, found, "GRID"), Placed.GRID)

    def _in_communities(self, layer: gpd.GeoDataFrame, title: str) -> None:
        """Somewhere in the community by its code, else by its name (with the street where names repeat)."""
        rows = np.flatnonzero(self.wanted & (self.how == ""))
        if not len(rows):
            return
        known = _communities(layer, title)
        stated = self.table.iloc[rows]
        found, unclear = _community_of(stated, known)
        count = int(unclear.sum())
        if count:
            self.remarks.append(Remark("unclear_community", {"count": count}))
        rows, found = rows[found >= 0], found[found >= 0]
        if not len(rows):
            return
        community, which = np.unique(found, return_inverse=True)
        middle = np.array([_middle(known, layer, number) for number in community], dtype=np.intp)
        for name in (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_NAME):
            values = known.names[name].to_numpy(dtype=object)[found]
            self.table.loc[self.table.index[rows], name] = np.where(values != "", values, self.table[name].iloc[rows])
        self.table.loc[self.table.index[rows], fields.BGID] = ""
        self._put(rows, self._shapes(layer, middle, title)[which], Placed.COMMUNITY)

    def _shapes(self, layer: gpd.GeoDataFrame, rows: Indices, title: str) -> Geometries:
        shapes = layer.geometry.iloc[rows]
        if shapes.crs is None:
            raise MissingCrs(layer=title)
        return shapes.to_crs(self.crs).to_numpy().copy()

    # What follows from the place

    def _here(self) -> NDArray[np.bool_]:
        """Cases whose place is exact enough to tell the grid."""
        return self.wanted & (self.how != "") & (self.how != Placed.COMMUNITY)

    def _only(self, rows: NDArray[np.bool_]) -> Geometries:
        points = self.points.copy()
        points[~rows] = None
        return points

    def _fill_from_grid(self, grid: gpd.GeoDataFrame) -> None:
        """BGID by location; names, and the responsibility grid where the grid knows it, likewise."""
        codes = _codes(grid, fields.BGID, "GRID")
        here = self._here()
        points = self._only(here)
        cell = locate(points, grid.geometry.to_numpy(), codes)
        inside = cell >= 0
        stated = self.table[fields.BGID].to_numpy()
        found = np.append(codes, "")[cell]
        outside = np.flatnonzero(here & ~inside)
        other = np.flatnonzero(inside & (stated != "") & (stated != found))
        self.table[fields.BGID] = found
        self._compare_grids(grid, codes, other, stated)
        self._problem("outside", outside)
        if fields.COMMUNITY_NAME in grid:
            self._compare_communities(grid, cell)
        for name in (fields.STREET_NAME, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE, fields.RGID):
            if name in grid:
                self.table[name] = np.where(inside, np.append(_text(grid[name]), "")[cell], self.table[name].to_numpy())

    def _compare_grids(
        self, grid: gpd.GeoDataFrame, codes: NDArray[np.object_], other: Indices, stated: NDArray[np.object_]
    ) -> None:
        named = _index(codes, stated[other])
        unknown, rows = other[named < 0], other[named >= 0]
        found = self.table[fields.BGID].to_numpy()
        distance = self._metres(self.points[rows], grid.geometry.to_numpy()[named[named >= 0]])
        self._problem("other_grid", rows, stated=stated[rows], found=found[rows], distance=distance)
        self._problem("unknown_grid", unknown, stated=stated[unknown], found=found[unknown])

    def _compare_communities(self, grid: gpd.GeoDataFrame, cell: Indices) -> None:
        stated = self.table[fields.COMMUNITY_NAME].to_numpy(dtype=object)
        rows = np.flatnonzero((stated != "") & (cell >= 0) & self._here())
        if not len(rows):
            return
        found = _text(grid[fields.COMMUNITY_NAME])[cell[rows]]
        pair, texts = pd.MultiIndex.from_arrays([stated[rows], found]).factorize()
        differs = np.array([_differ(name_key(one), name_key(other)) for one, other in texts], dtype=bool)[pair]
        self._problem("other_community", rows[differs], stated=stated[rows[differs]], found=found[differs])

    def _metres(self, points: Geometries, shapes: Geometries) -> list[int]:
        """Whole metres between points and shapes, in a CRS fit for it."""
        if not len(points):
            return []
        both = in_metres(gpd.GeoSeries(np.r_[points, shapes], crs=self.crs)).to_numpy()
        apart = shapely.distance(both[: len(points)], both[len(points) :])
        return [int(each) for each in np.ceil(apart)]

    def _fill_from_zones(self, zones: gpd.GeoDataFrame) -> None:
        codes = _codes(zones, fields.RGID, "ZONES")
        points = self._only(self._here())
        zone = locate(points, zones.geometry.to_crs(self.crs).to_numpy(), codes)
        self.table[fields.RGID] = np.append(codes, "")[zone]

    def _problem(self, kind: str, rows: Indices, **values: Sequence[object] | NDArray[np.object_]) -> None:
        if len(rows):
            self.problems.append(CaseProblem(kind, rows, values))
            self.remarks.append(Remark(kind, {"count": len(rows)}))


def _differ(stated: str, found: str) -> bool:
    """Whether two names are of different places: 幸福 and 幸福社区 are not."""
    return bool(stated and found) and stated not in found and found not in stated


def _codes(layer: gpd.GeoDataFrame, name: str, title: str) -> NDArray[np.object_]:
    if name not in layer:
        names = [str(column) for column in layer.columns if column != layer.geometry.name]
        raise UnknownField(layer=title, field=name, available=", ".join(names))
    return _text(layer[name])


def _text(column: pd.Series) -> NDArray[np.object_]:
    column = column.astype(object)
    return column.where(column.notna(), "").astype(str).to_numpy(dtype=object)


def _index(codes: NDArray[np.object_], wanted: NDArray[np.object_]) -> Indices:
    """The first row with each wanted code, -1 where there is none."""
    first = pd.Series(np.arange(len(codes)), index=codes)
    return first[~first.index.duplicated()].reindex(wanted, fill_value=-1).to_numpy().astype(np.intp)


@dataclass(frozen=True)
class _Communities:
    """``names``: code, name and street of each different community; ``row``: which of them each row of the layer is."""

    names: pd.DataFrame
    row: Indices


def _communities(layer: gpd.GeoDataFrame, title: str) -> _Communities:
    if not {fields.COMMUNITY_CODE, fields.COMMUNITY_NAME} & set(layer):
        _codes(layer, fields.COMMUNITY_NAME, title)
    names = pd.DataFrame(
        {
            name: _text(layer[name]) if name in layer else ""
            for name in (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_NAME)
        },
        index=range(len(layer)),
    )
    # Where there are codes, they tell communities apart; a name may be written in two ways.
    code = names[fields.COMMUNITY_CODE]
    key = names.where(code == "", code, axis=0) if (code != "").any() else names
    row = key.groupby(list(key.columns), sort=False).ngroup().to_numpy()
    return _Communities(names[~pd.Series(row).duplicated()].reset_index(drop=True), row)


_NAMES: Final = (fields.COMMUNITY_NAME, fields.STREET_NAME)


def _community_of(stated: pd.DataFrame, known: _Communities) -> tuple[Indices, NDArray[np.bool_]]:
    """The community (row of ``known.names``) that each case names, -1 for none; and whether its name is not unique."""
    code = known.names[fields.COMMUNITY_CODE].to_numpy()
    named, street = (each_text(known.names[name].to_numpy(), name_key) for name in _NAMES)
    wanted, where = (each_text(stated[name].to_numpy(dtype=object), name_key) for name in _NAMES)
    result = _index(code, stated[fields.COMMUNITY_CODE].to_numpy(dtype=object))
    result[stated[fields.COMMUNITY_CODE].to_numpy() == ""] = -1
    names = pd.DataFrame({"name": named, "street": street})
    by_both = names.reset_index().drop_duplicates(["name", "street"], keep=False).set_index(["name", "street"])["index"]
    by_name = names.reset_index().drop_duplicates("name", keep=False).set_index("name")["index"]
    both = by_both.reindex(pd.MultiIndex.from_arrays([wanted, where])).fillna(-1).to_numpy().astype(np.intp)
    alone = by_name.reindex(wanted).fillna(-1).to_numpy().astype(np.intp)
    found = np.where(where != "", np.where(both >= 0, both, alone), alone)
    blank = wanted == ""
    found = np.where(blank, -1, found)
    open_ones = result < 0
    unclear = open_ones & (found < 0) & ~blank & np.isin(wanted, named)
    return np.where(open_ones, found, result), unclear


def _middle(known: _Communities, layer: gpd.GeoDataFrame, community: int) -> int:
    """The row of the layer that stands for a community: of several grids, the one nearest to their middle."""
    rows = np.flatnonzero(known.row == community)
    if len(rows) == 1:
        return int(rows[0])
    centre = shapely.get_coordinates(shapely.centroid(layer.geometry.to_numpy()[rows]))
    if len(centre) < len(rows):
        return int(rows[0])
    return int(rows[np.argmin(np.hypot(*(centre - centre.mean(axis=0)).T))])
