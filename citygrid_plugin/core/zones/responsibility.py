"""Responsibility grids from unit grids: allocation over communities, partition, codes and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, is_digits
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.connected import connected_pieces, is_connected
from citygrid_plugin.core.spatial.coverage import (
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    adjacency,
    dissolve,
    union_by,
)
from citygrid_plugin.core.streets.barriers import Barriers

from .allocation import Rule, usable
from .partition import PartitionResult, partition
from .zone_codes import Previous, scattered, zone_codes
from .zone_counts import (
    COUNT,
    FREE_CELLS,
    LOCKED_ZONES,
    PIECES,
    allocation_table,
)
from .zone_limits import limit_prices
from .zone_numbers import zone_name
from .zone_reasons import (
    TOLERANCE,
    Divided,
    Reason,
    deviations,
    reasons,
)

_ZONES_AT_A_TIME = 1000  # that are joined between two looks at the cancel button
_LOST = 1e-9  # of the area of a zone; more is lost or doubled only where its cells do not fit
DEVIATION: Final = "Deviation"  # percent above the mean workload of the community
ZONE_COLUMNS: Final = (*fields.RESPONSIBILITY_GRID, DEVIATION, fields.LOCKED)
"""Columns of the zones of a plan."""

TEXTS: Final = {
    "islands": (
        "{count} responsibility grids have several parts, because their community consists of more "
        "pieces than it has responsibility grids: {codes}."
    ),
    "cut_by_locks": (
        "{count} responsibility grids have several parts, because locked ones cut their community into more pieces "
        "than there are other responsibility grids: {codes}."
    ),
    "locked_apart": "{count} locked responsibility grids have several parts; they stay as they are: {codes}.",
    "locked_in_part": (
        "Only some unit grids of {count} locked responsibility grids are marked as locked; all of theirs stay: {codes}."
    ),
    "locked_without_code": "{count} unit grids are marked as locked but have no RGID; they were planned as the others.",
    "previous_apart": (
        "{count} codes of the previous plan stand for several places; only the largest can keep the code: {codes}."
    ),
    "kept_codes": "{count} of {total} responsibility grids are essentially the same as before and keep their codes.",
}
"""What should be known about a plan; the interface translates it and fills it in."""


class NoCommunity(CityGridError):
    """Unit grids that cannot be told a community."""

    template = (
        "{count} unit grids name no community (CommCode of 12 digits, or a BGID that begins with it; the first "
        "is row {row}). Run “Assign owners” first."
    )


class NotNumeric(CityGridError):
    """A field of workloads that holds something else than numbers."""

    template = "The field “{field}” holds no numbers, so it cannot be a workload. Choose a field of numbers."


class LockedAcross(CityGridError):
    """A locked zone with unit grids of several communities."""

    template = (
        "The locked responsibility grid {code} has unit grids in several communities ({communities}), so it cannot "
        "stay as it is. Unlock it, or correct the community of its unit grids."
    )


@dataclass(frozen=True)
class Wanted:
    """What a plan is to be like.

    ``count``: zones in all; 0 leaves that to ``counts`` (by community code) and to ``mean_cells`` unit grids a zone
    for communities without one; ``rule`` shares out what is left. ``locked`` (n,): cells of zones that stay as they
    are; ``previous``: what each cell was before; ``barriers``: what limits should run along, in the grid's CRS.
    ``tolerance``: a zone that deviates by more of its community's mean is given a reason.
    """

    count: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    rule: Rule = Rule.HUNTINGTON_HILL
    mean_cells: int = 0
    seed: int = 0
    locked: NDArray[np.bool_] | None = None
    previous: Previous | None = None
    barriers: Barriers | None = None
    tolerance: float = TOLERANCE


@dataclass(frozen=True)
class Plan:
    """``cells``: the unit grids with RGID; ``zones``: ``ZONE_COLUMNS`` and the geometry, by RGID.

    ``disconnected`` are the RGIDs that have several parts because their community has more pieces
    than zones. ``allocation``: ``zone_counts.TABLE``; ``remarks``: keys of ``TEXTS`` with their values; ``reasons``:
    by RGID, why a zone deviates.
    """

    cells: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    disconnected: list[str]
    allocation: pd.DataFrame
    remarks: list[tuple[str, dict[str, object]]]
    reasons: dict[str, Reason]


def responsibility_grids(
    grid: gpd.GeoDataFrame,
    count: int,
    workload: Floats,
    seed: int = 0,
    progress: Progress = silent,
    *,
    wanted: Wanted | None = None,
) -> Plan:
    """Exactly as many connected responsibility grids as wanted, each inside one community.

    ``grid``: unit grids in a projected CRS, with CommCode or a BGID that begins with it. ``workload``
    (n,): what is to be shared equally; what is missing or negative counts as none. ``wanted`` says more; where it is
    given, its ``count`` and ``seed`` hold. Equal seeds give equal plans, in whatever order the cells come. RGID is the
    community code and three digits, west to east, north to south (ours: no national code exists), and kept where a
    zone is essentially the same (``zone_codes``).

    Raises ``NoCommunity``, ``LockedAcross``, ``codes.SequenceOverflow``, and what ``zone_counts.allocation_table``
    does.
    """
    wanted = Wanted(count=count, seed=seed) if wanted is None else wanted
    ground = _Ground.of(grid, workload, wanted, progress)
    progress(0.15)
    locks = _Locks.of(ground)
    allocation = _allocation(ground, locks, wanted)
    price = None
    if wanted.barriers is not None:
        price = limit_prices(ground.grid.geometry.to_numpy(), ground.edges, wanted.barriers, part(progress, 0.15, 0.25))
    result = partition(
        ground.pairs,
        ground.edges.length,
        ground.workload,
        shapely.get_coordinates(shapely.centroid(ground.grid.geometry.to_numpy())),
        ground.community,
        allocation[COUNT].to_numpy(dtype=np.int64),
        wanted.seed,
        part(progress, 0.25, 0.9),
        price=price,
        fixed=locks.label,
        stream=[int(code) for code in ground.codes],
    )
    plan = _plan(grid, ground, locks, result, allocation, wanted, part(progress, 0.9, 0.98))
    progress(1.0)
    return plan


def allocation_of(grid: gpd.GeoDataFrame, workload: Floats, wanted: Wanted) -> pd.DataFrame:
    """How many responsibility grids each community would get (``zone_counts.TABLE``), without making any.

    Raises what ``responsibility_grids`` does.
    """
    ground = _Ground.of(grid, workload, wanted)
    return _allocation(ground, _Locks.of(ground), wanted)


@dataclass(frozen=True)
class _Ground:
    """The unit grids in an order of their own, with edges inside communities.

    ``order``: the given row of each; ``community`` (n,): place of its community in ``codes``.
    """

    grid: gpd.GeoDataFrame
    order: Indices
    codes: list[str]
    community: Indices
    workload: Floats
    edges: SharedEdges
    marked: NDArray[np.bool_]
    previous: Previous

    @classmethod
    def of(cls, grid: gpd.GeoDataFrame, workload: Floats, wanted: Wanted, progress: Progress = silent) -> _Ground:
        code = community_codes(grid)
        order = _fixed_order(grid)
        progress(0.03)
        inside = grid.iloc[order].reset_index(drop=True)
        codes, community = np.unique(code[order], return_inverse=True)
        edges = adjacency(inside.geometry.to_numpy())
        progress(0.12)
        inner = community[edges.left] == community[edges.right]
        previous = Previous.none(len(grid)) if wanted.previous is None else wanted.previous
        return cls(
            inside,
            order,
            codes.tolist(),
            community.reshape(-1),
            usable(workload)[order],
            SharedEdges(edges.left[inner], edges.right[inner], edges.length[inner]),
            np.zeros(len(grid), dtype=bool) if wanted.locked is None else wanted.locked[order],
            previous.of(order),
        )

    @property
    def pairs(self) -> Indices:
        """(m, 2) neighbouring cells."""
        return np.column_stack([self.edges.left, self.edges.right])

    @property
    def area(self) -> Floats:
        """Of each unit grid, in m²."""
        return shapely.area(self.grid.geometry.to_numpy())


@dataclass(frozen=True)
class _Locks:
    """``label`` (n,): the locked zone of each cell as its place in ``codes``, -1 for free cells."""

    label: Indices
    codes: list[str]

    @classmethod
    def of(cls, ground: _Ground) -> _Locks:
        """Raises ``LockedAcross``."""
        code = ground.previous.code.astype(str)
        codes = np.unique(code[ground.marked & (code != "")])
        label = np.full(len(code), -1, dtype=np.intp)
        if len(codes):
            place = np.minimum(np.searchsorted(codes, code), len(codes) - 1)
            label = np.where(codes[place] == code, place, -1)
        home = np.unique(np.column_stack([label, ground.community])[label >= 0], axis=0)
        shared = np.flatnonzero(np.bincount(home[:, 0], minlength=len(codes)) > 1)
        if len(shared):
            where = home[home[:, 0] == shared[0], 1]
            named = ", ".join(ground.codes[place] for place in where)
            raise LockedAcross(code=str(codes[shared[0]]), communities=named)
        return cls(label, codes.tolist())

    def remarks(self, ground: _Ground) -> list[tuple[str, dict[str, object]]]:
        """What is odd about the locked zones."""
        marked = np.bincount(self.label[(self.label >= 0) & ground.marked], minlength=len(self.codes))
        size = np.bincount(self.label[self.label >= 0], minlength=len(self.codes))
        apart = ~is_connected(ground.pairs, self.label) if self.codes else np.array([], dtype=bool)
        coded = {
            "locked_in_part": np.flatnonzero(marked < size),
            "locked_apart": np.flatnonzero(apart),
        }
        found = [_named(key, [self.codes[place] for place in rows]) for key, rows in coded.items() if len(rows)]
        bare = int((ground.marked & (ground.previous.code.astype(str) == "")).sum())
        return [*found, ("locked_without_code", {"count": bare})] if bare else found


def _named(key: str, codes: list[str]) -> tuple[str, dict[str, object]]:
    return key, {"count": len(codes), "codes": ", ".join(codes)}


def _allocation(ground: _Ground, locks: _Locks, wanted: Wanted) -> pd.DataFrame:
    """The number of zones of each community, in the order of their codes."""
    communities, free = len(ground.codes), locks.label < 0
    pairs = ground.pairs
    piece = connected_pieces(len(free), pairs[free[pairs].all(axis=1)])
    first = np.unique(piece, return_index=True)[1]
    taken = np.unique(locks.label, return_index=True)[1]
    taken = taken[~free[taken]]
    names = _text(ground.grid, fields.COMMUNITY_NAME).to_numpy()
    frame = pd.DataFrame(
        {
            fields.COMMUNITY_CODE: ground.codes,
            fields.COMMUNITY_NAME: names[np.unique(ground.community, return_index=True)[1]],
            fields.CELLS: np.bincount(ground.community),
            fields.WORKLOAD: np.bincount(ground.community, weights=ground.workload),
            LOCKED_ZONES: np.bincount(ground.community[taken], minlength=communities),
            FREE_CELLS: np.bincount(ground.community[free], minlength=communities),
            PIECES: np.bincount(ground.community[first[free[first]]], minlength=communities),
        }
    )
    return allocation_table(frame, wanted.count, rule=wanted.rule, counts=wanted.counts, mean_cells=wanted.mean_cells)


def _plan(
    given: gpd.GeoDataFrame,
    ground: _Ground,
    locks: _Locks,
    result: PartitionResult,
    allocation: pd.DataFrame,
    wanted: Wanted,
    progress: Progress,
) -> Plan:
    """Names, codes and figures of the zones, and what is to be said of them."""
    zone = result.zone
    first = np.unique(zone, return_index=True)[1]
    locked = locks.label[first] >= 0
    pinned = {int(label): locks.codes[locks.label[first[label]]] for label in np.flatnonzero(locked)}
    code, several = scattered(np.where(locks.label < 0, ground.previous.code, ""), ground.pairs, ground.area)
    previous = ground.previous.with_code(code)
    zones = _zones(ground, zone, locked, progress)
    parent = zones[fields.COMMUNITY_CODE].to_numpy(dtype=str)
    rgid = zone_codes(zones.geometry.to_numpy(), zone, ground.area, parent, previous, pinned)
    _name(zones, rgid, ground, first)

    disconnected = sorted(rgid[label] for label in result.disconnected)
    kept = sum(name in ground.previous.used for name in rgid)
    remarks = [_named("previous_apart", several)] if several else []
    if kept:
        remarks.append(("kept_codes", {"count": kept, "total": len(rgid)}))
    remarks += [*_parts_remarks(ground, locks, disconnected, allocation), *locks.remarks(ground)]
    bgid = _text(ground.grid, fields.BGID).to_numpy(dtype=str)
    divided = Divided(ground.pairs, zone, ground.community, ground.workload, bgid, locked)
    why = {rgid[reason.zone]: reason for reason in reasons(divided, wanted.tolerance)}

    owned = given.drop(columns=[fields.RGID], errors="ignore").copy()
    by_row = np.empty(len(zone), dtype=object)
    by_row[ground.order] = np.array(rgid, dtype=object)[zone]
    owned[fields.RGID] = by_row
    zones = zones[[*ZONE_COLUMNS, "geometry"]].sort_values(fields.RGID, ignore_index=True)
    return Plan(owned, zones, disconnected, allocation, remarks, why)


def _parts_remarks(
    ground: _Ground, locks: _Locks, disconnected: list[str], allocation: pd.DataFrame
) -> list[tuple[str, dict[str, object]]]:
    """Why zones have several parts: the community does, or the locked zones divide it."""
    if not disconnected:
        return []
    piece = connected_pieces(len(ground.community), ground.pairs)
    first = np.unique(piece, return_index=True)[1]
    pieces = np.bincount(ground.community[first], minlength=len(ground.codes))
    by_nature = dict(zip(ground.codes, pieces > allocation[COUNT].to_numpy(), strict=True))
    natural = [code for code in disconnected if by_nature.get(code[:COMMUNITY_DIGITS], not locks.codes)]
    by_locks = sorted(set(disconnected) - set(natural))
    return [_named(key, codes) for key, codes in (("islands", natural), ("cut_by_locks", by_locks)) if codes]


def _fixed_order(grid: gpd.GeoDataFrame) -> Indices:
    """The rows by code, then by place, so that the order of the layer decides nothing."""
    xy = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))
    code = _text(grid, fields.BGID).to_numpy(dtype=str)
    return np.lexsort((xy[:, 1], xy[:, 0], code))


def _text(grid: gpd.GeoDataFrame, name: str) -> pd.Series:
    """A column as text; empty where there is none."""
    return text(grid.get(name, pd.Series("", index=grid.index)))


def community_codes(grid: gpd.GeoDataFrame) -> np.ndarray:
    """The community code of each unit grid: CommCode, else the beginning of BGID."""
    given = _text(grid, fields.COMMUNITY_CODE)
    from_code = _text(grid, fields.BGID).str[:COMMUNITY_DIGITS]
    code = given.where(is_digits(given, COMMUNITY_DIGITS), from_code)
    unknown = np.flatnonzero(~is_digits(code, COMMUNITY_DIGITS))
    if len(unknown):
        raise NoCommunity(count=len(unknown), row=int(unknown[0]) + 1)
    return code.to_numpy(dtype=str)


def _zones(ground: _Ground, zone: Indices, locked: NDArray[np.bool_], progress: Progress) -> gpd.GeoDataFrame:
    """The dissolved zones with their figures, in the order of the zone labels."""
    geometry, labels = _dissolved(ground.grid.geometry.to_numpy(), zone, progress)
    home = ground.community[np.unique(zone, return_index=True)[1]]
    share = deviations(zone, ground.community, ground.workload)
    return gpd.GeoDataFrame(
        {
            fields.COMMUNITY_CODE: np.array(ground.codes, dtype=object)[home],
            fields.CELLS: np.bincount(zone),
            fields.WORKLOAD: np.round(np.bincount(zone, weights=ground.workload), 2),
            DEVIATION: np.round(100 * share, 1),
            fields.LOCKED: locked.astype(np.int64),
        },
        geometry=geometry,
        index=labels,
        crs=ground.grid.crs,
    )


def _dissolved(polygons: Geometries, zone: Indices, progress: Progress) -> tuple[Geometries, Indices]:
    """The union of the cells of each zone, and the labels.

    Cells that share their edges exactly are joined by these; the slower union is for the zones where they do not.
    """
    geometry, labels = _joined(polygons, zone, progress)
    whole = np.bincount(zone, weights=shapely.area(polygons))
    faulty = ~shapely.is_valid(geometry) | (np.abs(shapely.area(geometry) - whole) > _LOST * whole)
    if faulty.any():
        cells = faulty[zone]
        geometry[faulty] = union_by(polygons[cells], zone[cells])[0]
    return geometry, labels


def _joined(polygons: Geometries, zone: Indices, progress: Progress) -> tuple[Geometries, Indices]:
    """``coverage.dissolve`` some zones at a time, with a look at the cancel button before each."""
    order = np.argsort(zone, kind="stable")
    begins = np.searchsorted(zone[order], np.arange(0, int(zone.max(initial=-1)) + 1, _ZONES_AT_A_TIME))
    parts = []
    for start, cells in zip(begins, np.split(order, begins[1:]), strict=True):
        progress(start / len(zone))
        parts.append(dissolve(polygons[cells], zone[cells]))
    geometry, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
    return geometry, labels


def _name(zones: gpd.GeoDataFrame, rgid: list[str], ground: _Ground, first: Indices) -> None:
    """Give the zones their codes, names and owners: those they had, where they go on."""
    names = _text(ground.grid, fields.COMMUNITY_NAME).to_numpy()[first]
    previous = ground.previous
    zones[fields.RGID] = rgid
    zones[fields.RG_NAME] = [
        previous.name.get(code) or zone_name(name, code) for code, name in zip(rgid, names, strict=True)
    ]
    zones[fields.OWNER] = [previous.owner.get(code, "") for code in rgid]
