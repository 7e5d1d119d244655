"""Checks of a unit grid, ours or drawn elsewhere, against its communities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, DISTRICT_DIGITS, GRID_TEMPLATES, STREET_DIGITS
from citygrid_plugin.core.problems import Problem, Severity, problem_frame
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.geometry import Repaired, polygonal
from citygrid_plugin.core.spatial.outlines import spikes

from . import grid_topology
from .divisions import text
from .grid_topology import Edges, Places
from .numbering import cell_numbers
from .quality import compactness
from .stability import current

MIN_RATIO: Final = 0.5  # 5,000 m² and
MAX_RATIO: Final = 4.0  # 40,000 m² of 10,000: what practice shows (domain facts), not a rule of a standard
THIN: Final = 0.2  # 4πA/P²; ours: a rectangle of 1 to 14

_AROUND = 1.0  # metres around a place that is a point
_ROUNDING = 1e-6  # share of an area
_FILLS = 0.99  # share of a part of a community
_NONE = np.array([], dtype=np.intp)


@np.errstate(invalid="ignore")  # GEOS raises that flag in passing, and QGIS would show numpy's warning
def check_unit_grid(
    grid: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    cell_area: float = 10_000.0,
    min_ratio: float = MIN_RATIO,
    max_ratio: float = MAX_RATIO,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """All problems of a unit grid (``fields.PROBLEM``, ``problems.VALUES`` and the geometry: polygons).

    ``grid`` has BGID (without it, codes are not checked) and, where known, CommCode, StrCode, DistCode and CHDate;
    ``communities`` CommCode, CommName, StrCode and StrName where known; both in one projected CRS in metres. Rows
    with CHDate are closed: only their codes count. Areas under 0.5 m² and strips up to 1 cm are passed over, as are
    grids that are small or thin because they fill a part of a community (ours).
    """
    open_rows = current(grid)
    former = set(_text(grid, fields.BGID)[~open_rows])
    rows = grid[open_rows].reset_index(drop=True)
    repaired = polygonal(rows.geometry.to_numpy())
    progress(0.04)
    cells, homes = _Cells.of(rows, repaired.polygon), _Homes.of(communities)
    progress(0.07)
    problems = _shape_problems(rows.geometry.to_numpy(), repaired)
    problems += _size_problems(cells.polygon, homes.polygon, cell_area, (min_ratio, max_ratio))
    progress(0.1)
    problems += _code_problems(cells, former)
    problems += _order_problems(cells, homes, cell_area, part(progress, 0.12, 0.2))
    places = grid_topology.places(cells.polygon, homes.polygon, part(progress, 0.2, 0.4))
    bare = np.bincount(places.community[places.community >= 0], minlength=len(communities)) == 0
    problems += _place_problems(cells, homes, places)
    problems += _bare_problems(homes, bare)
    problems += _edge_problems(cells, homes, places, bare, part(progress, 0.4, 0.95))
    outlines = repaired.polygon.copy()
    outlines[repaired.empty] = None  # so it is written as a row without a place
    return problem_frame(problems, rows.set_geometry(outlines, crs=grid.crs))


def _text(frame: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A column as text; empty where it is missing."""
    return text(frame[column]).to_numpy(dtype=object) if column in frame else np.full(len(frame), "", dtype=object)


@dataclass(frozen=True)
class _Cells:
    """Current grids: mended outlines, codes as text, and the codes of their parents as their fields state them.

    ``formed``: by any template; ``usual``: by the one that most follow. ``begins``: the community that the code begins
    with, empty where it is not formed; ``parent``: the one that the field states, else ``begins``.
    """

    polygon: Geometries
    code: pd.Series
    formed: NDArray[np.bool_]
    usual: NDArray[np.bool_]
    begins: pd.Series
    parent: pd.Series
    street: pd.Series
    district: pd.Series

    @classmethod
    def of(cls, grid: gpd.GeoDataFrame, polygons: Geometries) -> _Cells:
        code, stated, street, district = (
            pd.Series(_text(grid, column), dtype=object)
            for column in (fields.BGID, fields.COMMUNITY_CODE, fields.STREET_CODE, fields.DIST_CODE)
        )
        shapes = np.array([template.well_formed(code) for template in GRID_TEMPLATES.values()])
        formed, usual = shapes.any(axis=0), shapes[shapes.sum(axis=1).argmax()]
        begins = code.str[:COMMUNITY_DIGITS].where(formed, "")
        return cls(polygons, code, formed, usual, begins, stated.mask(stated == "", begins), street, district)

    def contradict(self, stated: pd.Series, digits: int) -> pd.Series:
        """Where a code, or the beginning of so many digits, is neither that of the code nor that of the community.

        Where these two differ, that is a problem by itself; what agrees with one of them is not another one.
        """
        apart = (stated != self.parent.str[:digits]) & (stated != self.begins.str[:digits])
        return (stated != "") & (self.parent != "") & apart

    def titles(self, rows: Indices) -> list[str]:
        """What a sentence calls grids: by their codes, else by the numbers of their rows."""
        return [code or f"#{row + 1}" for row, code in zip(rows, self.code.to_numpy()[rows], strict=True)]


@dataclass(frozen=True)
class _Homes:
    """Communities: outlines, codes, what a sentence calls them, and their streets (code and name)."""

    polygon: Geometries
    code: NDArray[np.object_]
    title: NDArray[np.object_]
    street: pd.DataFrame

    @classmethod
    def of(cls, communities: gpd.GeoDataFrame) -> _Homes:
        name, code, street_name, street_code = (
            _text(communities, column)
            for column in (fields.COMMUNITY_NAME, fields.COMMUNITY_CODE, fields.STREET_NAME, fields.STREET_CODE)
        )
        numbers = np.array([f"#{row}" for row in range(1, len(code) + 1)], dtype=object)
        title = np.where((name != "") & (code != ""), name + " (" + code + ")", name + code)
        street = pd.DataFrame({"code": street_code, "name": street_name})
        return cls(communities.geometry.to_numpy(), code, np.where(title == "", numbers, title), street)

    def titles(self, codes: NDArray[np.generic]) -> list[str]:
        """What a sentence calls the communities of these codes."""
        known = dict(zip(self.code, self.title, strict=True))
        return [known.get(str(code), str(code)) for code in codes]


def _square_metres(polygons: Geometries) -> list[str]:
    """Areas with the digits that say something."""
    return [f"{area:,.0f}" if area >= 10 else f"{area:.2f}" for area in shapely.area(polygons)]  # noqa: PLR2004


def _shape_problems(drawn: Geometries, repaired: Repaired) -> list[Problem]:
    """Grids without area, crossing outlines, several parts, spikes."""
    multi = shapely.get_type_id(drawn) == shapely.GeometryType.MULTIPOLYGON
    parts = np.flatnonzero(multi & ~repaired.empty & (shapely.get_num_geometries(drawn) > 1))
    # A crossing outline falls into parts only by being mended; what its tips are is anyone's guess.
    sound = np.flatnonzero(~repaired.mended)
    row, tip = spikes(repaired.polygon[sound])
    return [
        Problem("empty", Severity.ERROR, np.flatnonzero(repaired.empty)),
        Problem("invalid", Severity.ERROR, np.flatnonzero(repaired.mended & ~repaired.empty)),
        Problem("multipart", Severity.ERROR, parts, values={"count": shapely.get_num_geometries(drawn[parts])}),
        Problem("spike", Severity.WARNING, sound[row], shapely.buffer(tip, _AROUND, quad_segs=4)),
    ]


def _size_problems(
    polygons: Geometries, communities: Geometries, cell_area: float, ratios: tuple[float, float]
) -> list[Problem]:
    area, shape = shapely.area(polygons), compactness(polygons)
    least, most = ratios[0] * cell_area * (1 - _ROUNDING), ratios[1] * cell_area * (1 + _ROUNDING)
    odd = np.flatnonzero((area > 0) & ((area < least) | (shape < THIN)))
    odd = odd[~_fill_a_part(polygons[odd], communities)]
    small, thin, large = odd[area[odd] < least], odd[shape[odd] < THIN], np.flatnonzero(area > most)
    sizes = {
        kind: {"area": _square_metres(polygons[rows]), "ratio": [f"{value / cell_area:.2f}" for value in area[rows]]}
        for kind, rows in (("small", small), ("large", large))
    }
    thinness = {"compactness": [f"{value:.2f}" for value in shape[thin]]}
    return [
        Problem("small", Severity.WARNING, small, values=sizes["small"]),
        Problem("large", Severity.WARNING, large, values=sizes["large"]),
        Problem("sliver", Severity.WARNING, thin, values=thinness),
    ]


def _fill_a_part(polygons: Geometries, communities: Geometries) -> NDArray[np.bool_]:
    """Which grids fill a part of a community, so that they cannot be larger or of another shape."""
    parts = shapely.get_parts(communities)
    cell, place = shapely.STRtree(parts).query(shapely.point_on_surface(polygons), predicate="intersects")
    result = np.zeros(len(polygons), dtype=bool)
    result[cell[shapely.area(polygons[cell]) >= _FILLS * shapely.area(parts[place])]] = True
    return result


def _code_problems(cells: _Cells, former: set[str]) -> list[Problem]:
    """Codes by themselves and against each other; nothing where no grid has one."""
    code, formed, given = cells.code, cells.formed, (cells.code != "").to_numpy()
    if not given.any():
        return []
    repeated = np.flatnonzero(code.duplicated(keep=False).to_numpy() & given)
    other = np.flatnonzero(formed & ~cells.usual)
    rows = {
        "no_code": ~given,
        "bad_code": given & ~formed,
        "closed_code": given & code.isin(former),
        "code_disagrees": (cells.begins != "") & (cells.begins != cells.parent),
        "street_code_disagrees": cells.contradict(cells.street, STREET_DIGITS),
        "district_code_disagrees": cells.contradict(cells.district, DISTRICT_DIGITS),
    }
    return [
        *(Problem(kind, Severity.ERROR, np.flatnonzero(mask)) for kind, mask in rows.items()),
        Problem("code_length", Severity.ERROR, other, values={"digits": code.iloc[other].str.len().tolist()}),
        Problem(
            "duplicate_code",
            Severity.ERROR,
            repeated,
            values={"count": code.iloc[repeated].map(code.value_counts()).tolist()},
        ),
    ]


def _order_problems(cells: _Cells, homes: _Homes, cell_area: float, progress: Progress) -> list[Problem]:
    """Communities whose numbers do not follow the order of ``numbering``, one problem each.

    The rows of that order have the height of a cell; here that of the cell area or of the cells' median area,
    whichever fits better, since a grid drawn elsewhere does not tell.
    """
    fit = cells.usual & (cells.begins == cells.parent).to_numpy() & ~cells.code.duplicated(keep=False).to_numpy()
    rows = np.flatnonzero(fit & ~shapely.is_empty(cells.polygon))
    if not len(rows):
        return []
    code = cells.code.to_numpy()[rows].astype(str)
    rows = rows[np.argsort(code)]
    community, group = np.unique(np.sort(code).astype(f"U{COMMUNITY_DIGITS}"), return_inverse=True)
    areas = (cell_area, float(np.median(shapely.area(cells.polygon[rows]))))
    backs = []
    for step, area in enumerate(areas):
        progress(step / len(areas))
        place = cell_numbers(cells.polygon[rows], math.sqrt(area), group)
        backs.append(np.r_[False, (place[1:] < place[:-1]) & (group[1:] == group[:-1])])
    progress(1.0)
    steps = np.array([np.bincount(group, back) for back in backs])
    back = np.where(steps.argmin(axis=0)[group] == 0, *backs)
    wrong = np.flatnonzero(steps.min(axis=0))
    first = np.searchsorted(group[back], wrong)
    where = np.empty(len(wrong), dtype=object)
    where[:] = [shapely.union_all(some) for some in np.split(cells.polygon[rows[back]], first[1:])][: len(wrong)]
    values = {
        "community": homes.titles(community[wrong]),
        "count": steps.min(axis=0)[wrong].astype(int).tolist(),
        "total": (np.bincount(group)[wrong] - 1).tolist(),
    }
    return [Problem("out_of_order", Severity.NOTE, rows[back][first], where, values)]


def _place_problems(cells: _Cells, homes: _Homes, places: Places) -> list[Problem]:
    """Grids that reach out of their community, and those whose code names another one than that of their place."""
    outside = places.where < 0
    within = ~outside
    there = pd.Series(np.where(places.community >= 0, homes.code[places.community], ""), dtype=object)
    wrong = np.flatnonzero(cells.contradict(there, COMMUNITY_DIGITS))
    return [
        Problem(
            "outside",
            Severity.ERROR,
            places.stray[outside],
            places.part[outside],
            {"area": _square_metres(places.part[outside])},
        ),
        Problem(
            "across",
            Severity.ERROR,
            places.stray[within],
            places.part[within],
            {
                "area": _square_metres(places.part[within]),
                "community": homes.title[places.where[within]].tolist(),
            },
        ),
        Problem(
            "place_disagrees",
            Severity.ERROR,
            wrong,
            values={
                "community": homes.titles(cells.parent.to_numpy()[wrong]),
                "other": homes.title[places.community[wrong]].tolist(),
            },
        ),
    ]


def _bare_problems(homes: _Homes, bare: NDArray[np.bool_]) -> list[Problem]:
    """Communities and streets without a grid."""
    streets = homes.street.assign(bare=bare).groupby(["code", "name"])
    without = [key for key, all_bare in streets["bare"].all().items() if all_bare and any(key)]
    where = np.empty(len(without), dtype=object)
    where[:] = [shapely.union_all(homes.polygon[streets.indices[key]]) for key in without]
    return [
        Problem("no_grid", Severity.ERROR, _NONE, homes.polygon[bare], {"community": homes.title[bare].tolist()}),
        Problem(
            "street_without_grid", Severity.ERROR, _NONE, where, {"street": [name or code for code, name in without]}
        ),
    ]


def _edge_problems(
    cells: _Cells, homes: _Homes, places: Places, bare: NDArray[np.bool_], progress: Progress
) -> list[Problem]:
    """Overlaps, gaps, and corners that a neighbour lacks."""
    unsettled = Edges.of(cells.polygon).unsettled()
    progress(0.05)
    pairs = grid_topology.overlaps(cells.polygon, unsettled, part(progress, 0.05, 0.5))
    gaps = grid_topology.gaps(cells.polygon, unsettled, homes.polygon, bare, part(progress, 0.5, 0.8))
    loose = grid_topology.loose_corners(unsettled, part(progress, 0.8, 1.0))
    # A corner of an overlap or gap is not lacking: it goes with it.
    explained = shapely.STRtree(np.r_[pairs.place, gaps.place, places.part])
    near = explained.query(loose.point, predicate="dwithin", distance=2 * grid_topology.WIDTH)[0]
    lacking = np.setdiff1d(np.arange(len(loose.point)), near)
    return [
        Problem(
            "overlap",
            Severity.ERROR,
            pairs.left,
            pairs.place,
            {"area": _square_metres(pairs.place), "other": cells.titles(pairs.right)},
        ),
        Problem(
            "gap",
            Severity.ERROR,
            _NONE,
            gaps.place,
            {"area": _square_metres(gaps.place), "community": homes.title[gaps.community].tolist()},
        ),
        Problem(
            "missing_vertex",
            Severity.WARNING,
            loose.cell[lacking],
            shapely.buffer(loose.point[lacking], _AROUND, quad_segs=4),
            {"other": cells.titles(loose.neighbour[lacking])},
        ),
    ]
