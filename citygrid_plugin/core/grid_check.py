"""Checks of a unit grid, ours or drawn elsewhere, against its communities."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import fields
from .codes import COMMUNITY_DIGITS, GRID_TEMPLATES
from .coverage import Geometries
from .divisions import text
from .geometry import polygonal
from .place import largest_overlap
from .problems import Problem, Severity, problem_frame
from .progress import Progress, part, silent

_AREA_TOLERANCE = 0.5  # m²; ours: less is a digitising residue
_WIDTH_TOLERANCE = 0.005  # metres; a gap or overlap narrower than 1 cm is one limit drawn twice
_CHUNK = 5_000  # rows between two looks at the cancel button
_SMALLEST, _LARGEST = 5_000.0, 40_000.0  # m²; what practice shows (domain facts), not a rule of a standard


def check_unit_grid(
    grid: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, progress: Progress = silent
) -> gpd.GeoDataFrame:
    """All problems of a unit grid (``fields.PROBLEM`` and the geometry).

    ``grid`` has BGID and, where known, CommCode; ``communities`` CommCode where known; both in one
    projected CRS. Areas under 0.5 m² and strips under 1 cm are not reported (ours).
    """
    repaired = polygonal(grid.geometry.to_numpy())
    polygons = repaired.polygon
    problems = [
        Problem("empty", Severity.ERROR, np.flatnonzero(repaired.empty)),
        Problem("invalid", Severity.ERROR, np.flatnonzero(repaired.mended)),
        Problem("multipart", Severity.ERROR, np.flatnonzero(shapely.get_num_geometries(polygons) > 1)),
    ]
    problems += _size_problems(polygons, repaired.empty)
    problems += _code_problems(grid)
    problems.append(_overlaps(polygons, part(progress, 0.0, 0.5)))
    problems += _place_problems(polygons, communities.geometry.to_numpy())
    progress(0.7)
    problems += _community_problems(polygons, communities.geometry.to_numpy(), part(progress, 0.7, 1.0))
    return problem_frame(problems, grid)


def _size_problems(polygons: Geometries, empty: np.ndarray) -> list[Problem]:
    area = shapely.area(polygons)
    return [
        Problem("small", Severity.WARNING, np.flatnonzero(~empty & (area < _SMALLEST))),
        Problem("large", Severity.WARNING, np.flatnonzero(area > _LARGEST)),
    ]


def _code_problems(grid: gpd.GeoDataFrame) -> list[Problem]:
    codes = text(grid.get(fields.BGID, pd.Series("", index=grid.index)))
    formed = np.any([template.well_formed(codes) for template in GRID_TEMPLATES.values()], axis=0)
    problems = [
        Problem("bad_code", Severity.ERROR, np.flatnonzero(~formed)),
        Problem("duplicate_code", Severity.ERROR, np.flatnonzero(codes.duplicated(keep=False) & (codes != ""))),
    ]
    if fields.COMMUNITY_CODE in grid:
        community = text(grid[fields.COMMUNITY_CODE])
        disagree = formed & (community != "") & (codes.str[:COMMUNITY_DIGITS] != community)
        problems.append(Problem("code_disagrees", Severity.ERROR, np.flatnonzero(disagree)))
    return problems


def _overlaps(polygons: Geometries, progress: Progress) -> Problem:
    """Places that belong to two grids; each belongs to the row of the first of them."""
    tree = shapely.STRtree(polygons)
    found = []
    for start in range(0, len(polygons), _CHUNK):
        progress(start / len(polygons))
        some = polygons[start : start + _CHUNK]
        pairs = np.hstack([tree.query(some, predicate=name) for name in ("overlaps", "covers")])
        found.append(pairs + np.array([[start], [0]]))
    pairs = np.hstack(found)
    left, right = np.unique(np.sort(pairs[:, pairs[0] != pairs[1]], axis=0), axis=1)
    shared = polygonal(shapely.intersection(polygons[left], polygons[right])).polygon
    real = _substantial(shared)
    return Problem("overlap", Severity.ERROR, left[real], shared[real])


def _substantial(places: Geometries) -> np.ndarray:
    """Whether a place is larger than a residue of digitising."""
    large = shapely.area(places) > _AREA_TOLERANCE
    large[large] = ~shapely.is_empty(shapely.buffer(places[large], -_WIDTH_TOLERANCE))
    return large


def _place_problems(polygons: Geometries, communities: Geometries) -> list[Problem]:
    """Grids that reach out of their community: into another one, or out of all."""
    owner = largest_overlap(polygons, communities)
    crossing = np.flatnonzero((owner.index >= 0) & (owner.share < 1))
    beyond = shapely.difference(polygons[crossing], communities[owner.index[crossing]])
    real = _substantial(beyond)
    crossing, beyond = crossing[real], beyond[real]
    outside = shapely.difference(beyond, shapely.union_all(communities)) if len(beyond) else beyond
    leaves = _substantial(outside)
    enters = _substantial(shapely.difference(beyond, outside))
    nowhere = np.flatnonzero((owner.index < 0) & ~shapely.is_empty(polygons))
    return [
        Problem(
            "outside",
            Severity.ERROR,
            np.r_[crossing[leaves], nowhere],
            np.r_[outside[leaves], polygons[nowhere]],
        ),
        Problem("across", Severity.ERROR, crossing[enters], beyond[enters]),
    ]


def _community_problems(polygons: Geometries, places: Geometries, progress: Progress) -> list[Problem]:
    """Places of communities without a grid."""
    community, cell = shapely.STRtree(polygons).query(places, predicate="intersects")
    order = np.argsort(community, kind="stable")
    members = np.split(cell[order], np.searchsorted(community[order], np.arange(1, len(places))))
    covered = np.empty(len(places), dtype=object)
    for number, cells in enumerate(members):
        progress(number / len(places))
        covered[number] = shapely.union_all(polygons[cells])
    rest = shapely.difference(places, covered)
    bare = shapely.area(rest) > shapely.area(places) - _AREA_TOLERANCE
    gaps = shapely.get_parts(rest[~bare])
    gaps = gaps[shapely.get_dimensions(gaps) == 2]  # noqa: PLR2004 - areas
    none = np.array([], dtype=np.intp)
    return [
        Problem("no_grid", Severity.ERROR, none, places[bare]),
        Problem("gap", Severity.ERROR, none, gaps[_substantial(gaps)]),
    ]
