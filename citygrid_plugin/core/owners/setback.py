"""What stands too near to a river: within 10, 20 or 30 m of the water's edge, by the class of the river.

The rule is that of the project's sources (domain facts, River setback): no permanent building within 10 m of a river
(national), 20 m (city), 30 m (navigable river in town). All distances are settings.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.schemes import name_key
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, joined, segments_of
from citygrid_plugin.core.spatial.geometry import polygonal
from citygrid_plugin.core.streets.barrier_strength import LINES, Strength, classify


class RiverRule(IntEnum):
    """The rules, the least distance first. The order is the algorithm's contract."""

    NATIONAL = 0
    CITY = 1
    NAVIGABLE = 2


NAMES: Final = {rule: rule.name.casefold() for rule in RiverRule}
"""What the rules are called in data and settings."""

DISTANCES: Final = {RiverRule.NATIONAL: 10.0, RiverRule.CITY: 20.0, RiverRule.NAVIGABLE: 30.0}
"""Metres from the water's edge in which nothing permanent may stand."""

FARTHEST: Final = 10_000.0
"""Metres; no setting is larger (ours)."""

WORDS: Final = {
    RiverRule.NATIONAL: ("national", "国家", "国家级", "国家河道", "国家管理河道"),
    RiverRule.CITY: ("city", "municipal", "urban", "市", "市级", "城市", "城市河道", "市管河道"),
    RiverRule.NAVIGABLE: ("navigable", "waterway for ships", "通航", "通航河道", "通航河流", "城区通航", "航道"),
}
"""Words in a field of classes that mean a rule (ours); case, blanks and punctuation do not count."""

_LINE, _AREA = 1, 2  # dimensions
_PIECE = 16  # segments of an edge that are looked at together; ours
_DECIMALS = 3  # of a metre
_LAND = frozenset({"highway", "railway", "barrier", "aerialway", "man_made", "building"})  # keys of OpenStreetMap


class BadRiverClasses(CityGridError):
    """River classes that cannot be understood."""

    template = (
        "The river classes cannot be used: {why}. Write each class of the field with its distance in metres or its "
        'rule (national, city, navigable), such as {{"一级": 50, "通航": "navigable"}}.'
    )


@dataclass(frozen=True)
class Limits:
    """The distance (m; 0: none) that each water keeps free, the rule or class that says so, classes without one."""

    distance: Floats
    rule: NDArray[np.object_]
    unknown: Mapping[str, int] = field(default_factory=dict)


def parse_classes(text: str) -> dict[str, RiverRule | float]:
    """The rule or the distance of each class, from JSON; empty text has none. Raises ``BadRiverClasses``."""
    if not text.strip():
        return {}
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRiverClasses(str(error), why="it is no JSON") from error
    if not isinstance(parsed, dict):
        raise BadRiverClasses(why="it is no JSON object")
    return {str(name): _rule_or_metres(str(name), value) for name, value in parsed.items()}


def _rule_or_metres(name: str, value: object) -> RiverRule | float:
    if isinstance(value, str) and (rule := _RULE_OF.get(name_key(value))) is not None:
        return rule
    metres = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0 <= metres <= FARTHEST:
        raise BadRiverClasses(
            json.dumps({name: value}, ensure_ascii=False), why="a class has neither metres nor a rule"
        )
    return float(metres)


_RULE_OF: Final = {name_key(word): rule for rule, words in WORDS.items() for word in words}


def limits(
    classes: Sequence[str],
    own: Mapping[str, RiverRule | float],
    distances: Mapping[RiverRule, float] = DISTANCES,
    default: RiverRule = RiverRule.NATIONAL,
) -> Limits:
    """The limits of waters by the text of their class (empty where it has none).

    ``own`` decides, then ``WORDS``; other classes have the ``default`` rule and are counted.
    """
    mine = {name_key(name): value for name, value in own.items()}
    row, different = pd.factorize(np.asarray(classes, dtype=object))
    distance, rule = np.empty(len(different)), np.empty(len(different), dtype=object)
    strange = np.zeros(len(different), dtype=bool)
    for number, name in enumerate(different):
        key = name_key(name)
        found = mine.get(key, _RULE_OF.get(key))
        strange[number] = found is None and key != ""
        found = default if found is None else found
        if isinstance(found, RiverRule):
            distance[number], rule[number] = distances[found], NAMES[found]
        else:
            distance[number], rule[number] = found, name
    often = np.bincount(row, minlength=len(different)).tolist()
    counts = Counter({different[number]: often[number] for number in np.flatnonzero(strange)})
    return Limits(distance[row], rule[row], dict(counts.most_common()))


def waters_of(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which features of a layer are waters: all, but of a layer of OpenStreetMap's tags only those tagged so."""
    names = {str(name).casefold() for name in frame.columns}
    if not names & {"waterway", "natural", "water"}:
        return np.ones(len(frame), dtype=bool)
    wet = frame.drop(columns=[name for name in frame.columns if str(name).casefold() in _LAND])
    return classify(wet).strength > Strength.NONE


def tag_columns(names: Sequence[str]) -> list[str]:
    """Those of a layer's column names that ``waters_of`` looks at."""
    wanted = {*LINES, "water", "landuse", "osm_id", "osm_way_id", "other_tags", "all_tags", "fclass"} - _LAND
    return [name for name in names if name.casefold() in wanted]


class Waters:
    """Waters ready to be measured from.

    Their edges are cut into short pieces, so that a river of 100,000 vertices costs no more than its stretch nearby.
    """

    def __init__(self, geometry: Geometries, distance: Floats, half_width: Floats) -> None:
        """``geometry`` (n): flat lines and polygons in metres, None where there is none; the others (n,) in metres.

        ``half_width``: of a line, from its middle to the water's edge. Waters with ``distance`` 0 are left out.
        """
        self.distance = distance
        rows = np.flatnonzero((distance > 0) & ~shapely.is_missing(geometry))
        parts, inner = shapely.get_parts(geometry[rows], return_index=True)
        parts, outer = shapely.get_parts(parts, return_index=True)  # of collections
        row, kind = rows[inner[outer]], shapely.get_dimensions(parts)
        area, line = kind == _AREA, kind == _LINE
        self.polygon = polygonal(parts[area]).polygon
        self.of_polygon = row[area]
        rings, of_ring = shapely.get_rings(self.polygon, return_index=True)
        edges = np.r_[parts[line], rings]
        self.piece, of_edge = _pieces(edges)
        self.of_piece = np.r_[row[line], self.of_polygon[of_ring]][of_edge]
        half = np.r_[half_width[row[line]], np.zeros(len(rings))]
        self.half_width = half[of_edge]
        self.reach = float(np.max(distance[self.of_piece] + self.half_width, initial=0.0))
        self._tree = shapely.STRtree(self.piece)

    def near(self, geometry: Geometries) -> Near:
        """What stands nearer to a water than that one's distance; flat geometries in metres, None where none."""
        geometry = geometry.copy()
        broken = ~shapely.is_missing(geometry) & ~shapely.is_valid(geometry)
        geometry[broken] = shapely.make_valid(geometry[broken])
        item, piece = self._tree.query(geometry, predicate="dwithin", distance=self.reach)
        metres = shapely.distance(geometry[item], self.piece[piece]) - self.half_width[piece]
        polygon, inside = shapely.STRtree(geometry).query(self.polygon, predicate="intersects")
        item, water = np.r_[item, inside], np.r_[self.of_piece[piece], self.of_polygon[polygon]]
        metres = np.round(np.maximum(np.r_[metres, np.zeros(len(inside))], 0.0), _DECIMALS)
        broken_by = self.distance[water] - metres
        order = np.lexsort((water, metres, -broken_by, item))
        order = order[broken_by[order] > 0]
        first = order[np.diff(item[order], prepend=-1) > 0]
        return Near(item[first], water[first], metres[first])


@dataclass(frozen=True)
class Near:
    """Rows (ascending) that stand within a limit; the water whose limit they break by most, and the metres to it.

    Of waters broken by as much, the nearest counts, then the first. In the water the distance is 0.
    """

    row: Indices
    water: Indices
    distance: Floats


def _pieces(edges: Geometries) -> tuple[Geometries, Indices]:
    """Lines of a few segments that make up lines and rings, and the edge that each is of."""
    segments, edge = segments_of(edges)
    if not len(segments):
        return np.array([], dtype=object), np.array([], dtype=np.intp)
    position = np.arange(len(edge)) - np.searchsorted(edge, edge)
    starts = position % _PIECE == 0
    return joined(segments[:, :2], segments[:, 2:], np.cumsum(starts) - 1), edge[starts]
