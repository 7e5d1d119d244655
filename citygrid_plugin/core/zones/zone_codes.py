"""Codes of responsibility grids: kept where a zone is essentially the same, else a number never used (rule: ours).

* A zone **goes on** from one of the previous plan where both are in the same community and their common area is at
  least two thirds of each of both. It keeps RGID, RGName and Owner. (Unit grids have a stricter rule, nine tenths:
  see ``stability``. Zones have few cells, and one that changes hands is no new zone.)
* A previous zone that lies in two places (one RGID for several groups of unit grids that do not touch) counts as its
  largest group; the others are as if they had no code.
* Every other zone gets a number above the highest that its community used, west to east, north to south.
  With no previous plan these are 001, 002, ….
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import RESPONSIBILITY_TEMPLATE, is_digits
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.grids.numbering import numbers
from citygrid_plugin.core.grids.stability import current
from citygrid_plugin.core.spatial.connected import in_heaviest_piece, pieces_by_label
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices
from citygrid_plugin.core.spatial.geometry import polygonal
from citygrid_plugin.core.spatial.place import locate

from .zone_numbers import highest_numbers, overflow

SAME_SHARE: Final = 2 / 3  # of the area of each of both zones; ours


@dataclass(frozen=True)
class Previous:
    """What each unit grid was: ``code`` (n,) its RGID, empty for none; names and owners by RGID; all codes used."""

    code: np.ndarray
    name: dict[str, str]
    owner: dict[str, str]
    used: frozenset[str]

    @classmethod
    def none(cls, size: int) -> Previous:
        """No plan before."""
        return cls(np.full(size, "", dtype=object), {}, {}, frozenset())

    @classmethod
    def read(cls, grid: gpd.GeoDataFrame, plan: gpd.GeoDataFrame) -> Previous:
        """What ``plan`` says of the unit grids: a unit grid with RGID, or a layer of zones, in the same CRS.

        Both with BGID: by the code; else by place (the zone that holds a point on the surface of the unit grid).
        Rows with an end date only tell which codes were used. RGName and Owner are taken where they are the same in
        all rows of a zone. Raises ``UnknownField`` without RGID.
        """
        if fields.RGID not in plan:
            available = ", ".join(str(name) for name in plan.columns if name != plan.geometry.name)
            raise UnknownField(layer="PREVIOUS", field=fields.RGID, available=available)
        code = text(plan[fields.RGID])
        in_force = current(plan)
        rows = plan[in_force]
        if fields.BGID in grid and fields.BGID in plan:
            known = pd.Series(code[in_force].to_numpy(), index=text(rows[fields.BGID]).to_numpy())
            known = known[~known.index.duplicated()]
            found = text(grid[fields.BGID]).map(known).fillna("").to_numpy(dtype=object)
        else:
            shapes = polygonal(rows.geometry.to_numpy()).polygon
            place = locate(shapely.point_on_surface(grid.geometry.to_numpy()), shapes)
            found = np.append(code[in_force].to_numpy(dtype=object), "")[place]
        return cls(
            found,
            _same_in_all(rows, code[in_force], fields.RG_NAME),
            _same_in_all(rows, code[in_force], fields.OWNER),
            frozenset(code) - {""},
        )

    def of(self, order: Indices) -> Previous:
        """The same of the cells in another order."""
        return replace(self, code=self.code[order])

    def with_code(self, code: np.ndarray) -> Previous:
        """The same with other codes of the cells."""
        return replace(self, code=code)


def _same_in_all(rows: pd.DataFrame, code: pd.Series, name: str) -> dict[str, str]:
    """The value of a column by code, where all rows of the code have the same one."""
    if name not in rows:
        return {}
    values = text(rows[name])
    groups = values.groupby(code.to_numpy())
    same = groups.first()[groups.min() == groups.max()]
    return {str(key): str(value) for key, value in same.items() if key and value}


def scattered(code: np.ndarray, pairs: Indices, area: Floats) -> tuple[np.ndarray, list[str]]:
    """The codes with each in one place only, the largest one, and the codes that were in several.

    ``pairs``: (m, 2) neighbouring cells.
    """
    labels, label = np.unique(code.astype(str), return_inverse=True)
    piece, owner = pieces_by_label(pairs, label)
    size = np.round(np.bincount(piece, weights=area), 3)
    in_main = in_heaviest_piece(piece, owner, size)
    several = np.bincount(owner, minlength=len(labels)) > 1
    named = [str(labels[row]) for row in np.flatnonzero(several) if labels[row]]
    return np.where(in_main | (labels[label] == ""), code, ""), named


def zone_codes(
    polygons: Geometries,
    zone: Indices,
    area: Floats,
    community: np.ndarray,
    previous: Previous,
    pinned: dict[int, str],
) -> list[str]:
    """The RGID of each zone 0..N-1.

    ``polygons`` (N,): the dissolved zones; ``zone``, ``area`` (n,): zone and area of each unit grid; ``community``
    (N,): the code of each zone's community; ``pinned``: the codes of locked zones. Raises ``SequenceOverflow``.
    """
    result = [""] * len(polygons)
    for label, code in pinned.items():
        result[label] = code
    _go_on(result, zone, area, community, previous)
    open_zones = np.array([label for label, code in enumerate(result) if not code], dtype=np.intp)
    if not len(open_zones):
        return result
    highest = highest_numbers({*previous.used, *result})
    shapes, parent = polygons[open_zones], community[open_zones]
    row_height = float(np.sqrt(shapely.area(polygons).mean()))
    order = numbers(
        shapely.get_coordinates(shapely.centroid(shapes)), row_height, np.unique(parent, return_inverse=True)[1]
    )
    number = order + np.array([highest.get(code, 0) for code in parent], dtype=np.intp)
    _require_capacity(parent, number)
    for label, code in zip(open_zones, RESPONSIBILITY_TEMPLATE.format(pd.Series(parent), number), strict=True):
        result[label] = code
    return result


def _go_on(result: list[str], zone: Indices, area: Floats, community: np.ndarray, previous: Previous) -> None:
    """Give zones that are essentially the same the code that they had."""
    codes, old = np.unique(previous.code.astype(str), return_inverse=True)
    pairs, pair = np.unique(old * np.int64(len(result)) + zone, return_inverse=True)
    before, after = pairs // len(result), pairs % len(result)
    common = np.bincount(pair, weights=area)
    whole_before, whole_after = np.bincount(old, weights=area), np.bincount(zone, weights=area)
    least = SAME_SHARE - 1e-9
    same = (common >= least * whole_before[before]) & (common >= least * whole_after[after])
    taken = set(result)
    shaped = is_digits(pd.Series(codes), RESPONSIBILITY_TEMPLATE.length).to_numpy(dtype=bool)
    for row in np.flatnonzero(same):  # more than half of both: no zone has two
        code, label = str(codes[before[row]]), int(after[row])
        ours = bool(shaped[before[row]])
        elsewhere = ours and not code.startswith(str(community[label]))
        if code and not elsewhere and not result[label] and code not in taken:
            result[label] = code


def _require_capacity(parent: np.ndarray, number: Indices) -> None:
    over = np.flatnonzero(number > RESPONSIBILITY_TEMPLATE.capacity)
    if len(over):
        community = parent[over[0]]
        raise overflow(str(community), int(number[parent == community].max()))
