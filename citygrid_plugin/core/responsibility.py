"""Responsibility grids from unit grids: allocation over communities, partition, codes and names."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import fields
from .allocation import allocate, usable
from .codes import COMMUNITY_DIGITS, RESPONSIBILITY_TEMPLATE, is_digits
from .coverage import Floats, Indices, adjacency, union_by
from .divisions import text
from .errors import CityGridError
from .numbering import numbers
from .partition import connected_pieces, partition
from .progress import Progress, part, silent


class NoCommunity(CityGridError):
    """Unit grids that cannot be told a community."""

    template = (
        "{count} unit grids name no community (CommCode of 12 digits, or a BGID that begins with it; the first "
        "is row {row}). Run “Assign owners” first."
    )


class NotNumeric(CityGridError):
    """A field of workloads that holds something else than numbers."""

    template = "The field “{field}” holds no numbers, so it cannot be a workload. Choose a field of numbers."


@dataclass(frozen=True)
class Plan:
    """``cells``: the unit grids with RGID; ``zones``: ``fields.RESPONSIBILITY_GRID`` and the geometry.

    ``disconnected`` are the RGIDs that have several parts because their community has more pieces
    than zones.
    """

    cells: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    disconnected: list[str]


def responsibility_grids(
    grid: gpd.GeoDataFrame, count: int, workload: Floats, seed: int = 0, progress: Progress = silent
) -> Plan:
    """Exactly ``count`` connected responsibility grids, each inside one community.

    ``grid``: unit grids in a projected CRS, with CommCode or a BGID that begins with it. ``workload``
    (n,): what is to be shared equally; what is missing or negative counts as none. The zones are
    allocated to communities by workload (Huntington-Hill, at least one each). Equal seeds give equal
    plans, in whatever order the cells come. RGID is the community code and three digits, west to east,
    north to south (ours: no national code exists).

    Raises ``NoCommunity``, ``allocation.TooFewZones``, ``allocation.TooManyZones``.
    """
    code = community_codes(grid)
    order = _fixed_order(grid)
    place = np.argsort(order)  # the row that each given cell has among the sorted ones
    given, grid = grid, grid.iloc[order].reset_index(drop=True)
    code, workload = code[order], usable(workload)[order]
    codes, community = np.unique(code, return_inverse=True)
    polygons = grid.geometry.to_numpy()
    edges = adjacency(polygons)
    progress(0.2)
    inside = community[edges.left] == community[edges.right]
    pairs, lengths = np.column_stack([edges.left, edges.right])[inside], edges.length[inside]

    cells = np.bincount(community)
    pieces = connected_pieces(len(grid), pairs)
    piece_count = np.bincount(community[np.unique(pieces, return_index=True)[1]], minlength=len(codes))
    load = np.bincount(community, weights=workload, minlength=len(codes))
    per_community = allocate(load, cells, piece_count, count)
    xy = shapely.get_coordinates(shapely.centroid(polygons))
    result = partition(pairs, lengths, workload, xy, community, per_community, seed, part(progress, 0.25, 0.9))

    zones = _zones(grid, code, workload, result.zone)
    owned = given.drop(columns=[fields.RGID], errors="ignore").copy()
    owned[fields.RGID] = zones[fields.RGID].to_numpy()[result.zone[place]]
    progress(1.0)
    disconnected = sorted(zones[fields.RGID].iloc[result.disconnected])
    return Plan(owned, zones.sort_values(fields.RGID, ignore_index=True), disconnected)


def _fixed_order(grid: gpd.GeoDataFrame) -> Indices:
    """The rows by code, then by place, so that the order of the layer decides nothing."""
    xy = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))
    code = text(grid.get(fields.BGID, pd.Series("", index=grid.index))).to_numpy(dtype=str)
    return np.lexsort((xy[:, 1], xy[:, 0], code))


def community_codes(grid: gpd.GeoDataFrame) -> np.ndarray:
    """The community code of each unit grid: CommCode, else the beginning of BGID."""
    empty = pd.Series("", index=grid.index)
    given = text(grid.get(fields.COMMUNITY_CODE, empty))
    from_code = text(grid.get(fields.BGID, empty)).str[:COMMUNITY_DIGITS]
    code = given.where(is_digits(given, COMMUNITY_DIGITS), from_code)
    unknown = np.flatnonzero(~is_digits(code, COMMUNITY_DIGITS))
    if len(unknown):
        raise NoCommunity(count=len(unknown), row=int(unknown[0]) + 1)
    return code.to_numpy(dtype=str)


def _zones(grid: gpd.GeoDataFrame, code: np.ndarray, workload: Floats, zone: Indices) -> gpd.GeoDataFrame:
    """The dissolved zones with code and name, in the order of the zone labels."""
    geometry, labels = union_by(grid.geometry.to_numpy(), zone)
    first = np.unique(zone, return_index=True)[1]
    names = text(grid.get(fields.COMMUNITY_NAME, pd.Series("", index=grid.index)))
    zones = gpd.GeoDataFrame(
        {
            fields.COMMUNITY_CODE: code[first],
            fields.CELLS: np.bincount(zone),
            fields.WORKLOAD: np.round(np.bincount(zone, weights=workload), 2),
            fields.OWNER: "",
        },
        geometry=geometry,
        index=labels,
        crs=grid.crs,
    )
    group = np.unique(zones[fields.COMMUNITY_CODE], return_inverse=True)[1]
    row_height = float(np.sqrt(shapely.area(geometry).mean()))
    number = numbers(shapely.get_coordinates(shapely.centroid(geometry)), row_height, group)
    zones[fields.RGID] = RESPONSIBILITY_TEMPLATE.format(zones[fields.COMMUNITY_CODE], number)
    short = pd.Series(number, index=labels).astype(str).str.zfill(2)
    zones[fields.RG_NAME] = names.to_numpy()[first] + short + "网格"
    return zones[[*fields.RESPONSIBILITY_GRID, "geometry"]]
