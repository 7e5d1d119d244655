"""Segments of roads and who answers for them: from a table of roads, limits and people, or made to be handed out.

A row names a road and where its segment begins and ends: a chainage (300, 300 m, 1.2 km, K1+200), the name of a
street that crosses there, or an end of the road (起点, 终点, west end …); empty is the end of the road. A chainage in a
column of its own goes before a name. Which of the two limits comes first makes no difference. The segments of a
table and their order on the road are ours, as no standard has any.

Every row is accounted for: rows read = applied + unknown roads + unknown crossings + conflicts + duplicates.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.problems import Problem, Severity, problem_frame
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.records.mapping import Rules, guess_mapping, mapped
from citygrid_plugin.core.schemes import name_key
from citygrid_plugin.core.spatial.coverage import Geometries, Indices

from .owner_words import PEOPLE, PEOPLE_SYNONYMS
from .ownership_table import FLAG, Detail
from .road_axes import Crossing, Road, RoadNetwork

SPAN: Final = "Span"

SEGMENT: Final = (
    fields.SEGMENT_ID,
    fields.ROAD,
    fields.FROM_NAME,
    fields.TO_NAME,
    fields.FROM_M,
    fields.TO_M,
    fields.LENGTH,
    *PEOPLE,
)
"""Columns of a segment: code, road, names of its limits, their chainages and its length (m), people."""
TARGETS: Final = (
    fields.SEGMENT_ID,
    fields.ROAD,
    fields.FROM_NAME,
    fields.TO_NAME,
    fields.FROM_M,
    fields.TO_M,
    SPAN,
    *PEOPLE,
)
"""What the columns of a table can fill; ``SPAN`` holds both limits, as in 人民路—解放路."""
ADDED: Final = (FLAG, fields.SEGMENT_ID, fields.FROM_M, fields.TO_M, fields.LENGTH)
"""Columns that a table comes back with, and ``fields.DETAIL``."""

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.SEGMENT_ID: ("路段编号", "路段编码", "路段代码", "segment id", "segment code", "segment"),
    fields.ROAD: (
        "道路名称", "道路", "路名", "街路名称", "街道名称", "road name", "street name", "street", "name", "名称",
    ),
    fields.FROM_NAME: ("起点", "起点名称", "起始路口", "起点路口", "起", "始", "from", "start", "begin"),
    fields.TO_NAME: ("终点", "终点名称", "终止路口", "终点路口", "止点", "讫点", "止", "讫", "到", "to", "end"),
    fields.FROM_M: (
        "起点里程", "起始里程", "起点桩号", "起始桩号", "from m", "from chainage", "start chainage", "start m",
    ),
    fields.TO_M: ("终点里程", "终止里程", "终点桩号", "终止桩号", "to m", "to chainage", "end chainage", "end m"),
    SPAN: ("起止点", "起止", "起讫点", "起止路口", "路段起止", "路段", "路段名称", "范围", "from to", "span"),
    **PEOPLE_SYNONYMS,
}  # fmt: skip
"""Names of columns that are taken where none is chosen (ours), the most telling first."""

TEXTS: Final = {
    "road_missing": "The row names no road.",
    "road_unknown": "No road is called {road}.",
    "segment_repeated": "The row says the same as row {row}.",
    "segment_bare": "The lines of {road} are interrupted there; the segment has no line.",
    "segment_cut": "{road} ends at {length} m; the segment ends there.",
}
"""Why a row was flagged, where no problem on the map says it (``problems.TEXTS``)."""

_METRES = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:m|米|metres?|meters?)?", re.IGNORECASE)
_KILOMETRES = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:km|公里|千米)", re.IGNORECASE)
_STATION = re.compile(r"K?\s*(\d+)\s*\+\s*(\d+(?:\.\d+)?)\s*(?:m|米)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[—–－~～〜]+|--+|至|到|(?<!\d)-|-(?!\d)|(?<=\d)-(?=\d)|\bto\b)\s*")
_TO_CROSSING: Final = ("与", "和")
_OF_CROSSING: Final = ("交叉路口", "交叉口", "交汇处", "交界处", "交口", "路口", "口", "处")
_START: Final = frozenset({"起点", "起", "始", "道路起点", "路起点", "start", "beginning", "startofroad"})
_END: Final = frozenset({"终点", "止", "讫", "止点", "道路终点", "路终点", "end", "endofroad"})
_SIDES: Final = {
    "西": (-1, 0), "东": (1, 0), "北": (0, 1), "南": (0, -1),
    "west": (-1, 0), "east": (1, 0), "north": (0, 1), "south": (0, -1),
}  # fmt: skip
_SIDE_WORDS = ("端", "头", "端点", "end")
_LEAST = 5.0  # metres; ours: shorter gaps, overlaps and segments are those of typed numbers
_BEYOND = 0.01  # of a road's length; ours: so much a typed chainage may lie beyond its end
_SHOWN_GAP = 50.0  # metres; ours: shorter interruptions of a road's lines are junctions
_DIGITS = 2  # of the number of a segment


class NoRoadColumn(CityGridError):
    """A table of segments that names no road."""

    template = (
        "No column of “{layer}” names roads. It has: {available}. "
        'Name one in SEGMENTS_MAPPING, such as {{"Road": "column"}}.'
    )


class Flag(StrEnum):
    """What became of a row."""

    APPLIED = "applied"
    UNKNOWN_ROAD = "unknown road"
    UNKNOWN_CROSSING = "unknown crossing"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Segments:
    """Segments (``SEGMENT``, ROW where from a table) with their lines, what to look at, and what became of each row.

    ``start``, ``end``: chainages of each row of the table, not a number where unknown; ``segment``: which segment
    each row made, -1 for none.
    """

    frame: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame
    flag: list[Flag] = field(default_factory=list)
    detail: list[Detail | None] = field(default_factory=list)
    segment: Sequence[int] = ()

    def counts(self) -> dict[Flag, int]:
        """How many rows have each flag."""
        return {flag: self.flag.count(flag) for flag in Flag}


# A table to hand out


def divided(
    network: RoadNetwork,
    names: Sequence[str],
    least: float,
    crs: Any,  # noqa: ANN401 - whatever geopandas takes
    progress: Progress = silent,
) -> Segments:
    """The roads of ``names`` (all where there are none), divided where other roads meet them.

    A limit nearer than ``least`` metres to the one before it, or to an end of the road, is none; the streets there
    are named together. Names without a road are left to the caller.
    """
    roads = [road for name in names or network.names if (road := network.road(name)) is not None]
    rows, lines, gaps = [], [], []
    for number, road in enumerate(roads):
        progress(number / len(roads))
        limits = _limits(road, network.crossings(road), least)
        ranges = [(start, end) for (start, _), (end, _) in itertools.pairwise(limits)]
        parts = road.parts(ranges)
        kept = [at for at, part in enumerate(parts) if not shapely.is_empty(part)]
        rows += [
            (_code(road, count), road.name, limits[at][1], limits[at + 1][1], *ranges[at])
            for count, at in enumerate(kept, 1)
        ]
        lines += [parts[at] for at in kept]
        gaps.append(_interruptions(road))
    frame = pd.DataFrame(
        rows,
        columns=[fields.SEGMENT_ID, fields.ROAD, fields.FROM_NAME, fields.TO_NAME, fields.FROM_M, fields.TO_M],
        dtype=object,
    )
    frame = frame.assign(**{fields.LENGTH: frame[fields.TO_M] - frame[fields.FROM_M]}, **dict.fromkeys(PEOPLE, ""))
    return Segments(_segments(frame, lines, crs), _problems(_joined(gaps), crs))


def _limits(road: Road, crossings: Sequence[Crossing], least: float) -> list[tuple[float, str]]:
    """Chainages of the limits of segments, the ends of the road among them, with the names of what crosses there."""
    limits: list[tuple[float, list[str]]] = [(0.0, [])]
    for crossing in crossings:
        if crossing.chainage - limits[-1][0] >= least:
            limits.append((crossing.chainage, []))
        limits[-1][1].append(crossing.name)
    if len(limits) > 1 and road.length - limits[-1][0] < least:
        limits[-1] = (road.length, limits[-1][1])
    else:
        limits.append((road.length, []))
    return [(at, "、".join(dict.fromkeys(names))) for at, names in limits]


def _code(road: Road, number: int) -> str:
    return f"{road.name}-{number:0{_DIGITS}}"


# A table that comes in


def guessed_rules(columns: Sequence[str], rules: Rules, layer: str) -> dict[str, Any]:
    """Which column fills what: the rules, and what they leave out by the names of the columns.

    Raises ``NoRoadColumn`` where none holds the road.
    """
    own = [column for column in columns if column not in (FLAG, fields.LENGTH, fields.DETAIL)]
    result = {**guess_mapping(own, SYNONYMS), **rules}
    if fields.ROAD not in result:
        raise NoRoadColumn(layer=layer, available=", ".join(own))
    return result


def segments_of_table(table: pd.DataFrame, rules: Rules, layer: str) -> pd.DataFrame:
    """The rows of a table as text under ``TARGETS`` (empty where nothing fills them). Raises ``UnknownField``."""
    known = mapped(table, rules, TARGETS, layer)
    return pd.DataFrame({name: text(known[name]) for name in known}, index=known.index, dtype=object)


def assigned(
    network: RoadNetwork,
    table: pd.DataFrame,
    crs: Any,  # noqa: ANN401 - whatever geopandas takes
    progress: Progress = silent,
) -> Segments:
    """The segments of a table (from ``segments_of_table``) on the roads, with their people.

    Rows that cannot be placed make no segment and a problem on their road. Those for the same stretch with other
    people make a segment each; overlaps, and stretches of the roads of the table that no row is for, are problems.
    Rows are numbered from 1.
    """
    rows = _Rows(table.reset_index(drop=True), network)
    for number in range(len(table)):
        progress(number / len(table))
        rows.place(number)
    rows.flag_codes()
    rows.flag_repeated()
    return rows.result(crs)


class _Unplaced(Exception):
    """A limit that is nowhere on its road."""

    def __init__(self, flag: Flag, key: str, **values: object) -> None:
        self.flag, self.key, self.values = flag, key, values
        super().__init__(key)


class _Rows:
    """The rows of a table, the stretch of road that each is for, and what becomes of it."""

    def __init__(self, table: pd.DataFrame, network: RoadNetwork) -> None:
        self._table, self._network = table, network
        self._said = {name: table[name].tolist() for name in table}
        self._flag: list[Flag | None] = [None] * len(table)
        self._detail: list[Detail | None] = [None] * len(table)
        self._road: list[Road | None] = [None] * len(table)
        self._limits = np.full((len(table), 2), np.nan)
        self._crossings: dict[str, list[Crossing]] = {}
        self._found: list[tuple[str, Severity, Geometries, Mapping[str, object]]] = []

    def place(self, at: int) -> None:
        """Find the stretch that a row is for, or flag the row."""
        name = self._said[fields.ROAD][at]
        road = self._road[at] = self._network.road(name) if name else None
        if road is None:
            detail = Detail("road_unknown", {"road": name}) if name else Detail("road_missing")
            self._flag[at], self._detail[at] = Flag.UNKNOWN_ROAD, detail
            return
        first, second = self._names(at)
        try:
            limits = sorted(
                (
                    self._limit(road, self._said[fields.FROM_M][at] or first, at_end=False),
                    self._limit(road, self._said[fields.TO_M][at] or second, at_end=True),
                )
            )
            self._limits[at] = self._checked(road, limits, at)
        except _Unplaced as error:
            values = {"row": at + 1, "road": road.name, **error.values}
            self._flag[at], self._detail[at] = error.flag, Detail(error.key, values)
            place = np.array([shapely.multilinestrings(road.lines)], dtype=object)
            self._found.append((error.key, Severity.ERROR, place, values))

    def _names(self, at: int) -> tuple[str, str]:
        """The limits that a row names: in two columns, else in one."""
        first, second, span = (self._said[name][at] for name in (fields.FROM_NAME, fields.TO_NAME, SPAN))
        if first or second or not span:
            return first, second
        parts = _BETWEEN.split(span)
        return (parts[0], parts[1]) if len(parts) == 2 else (span, "")  # noqa: PLR2004 - both limits

    def _limit(self, road: Road, said: str, *, at_end: bool) -> float:
        """The chainage of a limit. Raises ``_Unplaced``."""
        if (metres := chainage_of(said)) is not None:
            return metres
        key = name_key(said)
        if not key:
            return road.length if at_end else 0.0
        if key in _START | _END:
            return road.length if key in _END else 0.0
        if (end := _end_of(road, key)) is not None:
            return end
        if road.name not in self._crossings:
            self._crossings[road.name] = self._network.crossings(road)
        crossings = self._crossings[road.name]
        for name in _crossing_names(said):
            found = [crossing.chainage for crossing in crossings if crossing.key == name_key(name)]
            if len(found) == 1:
                return found[0]
            if found:
                places = ", ".join(f"{chainage:.0f}" for chainage in found)
                raise _Unplaced(Flag.CONFLICT, "crossing_ambiguous", name=said, count=len(found), places=places)
        raise _Unplaced(Flag.UNKNOWN_CROSSING, "crossing_unknown", name=said)

    def _checked(self, road: Road, limits: list[float], at: int) -> tuple[float, float]:
        """Limits on the road. Raises ``_Unplaced``."""
        start, end = limits
        for value in limits:
            if not -_LEAST <= value <= road.length + max(_LEAST, _BEYOND * road.length):
                length = f"{road.length:.0f}"
                if value == end and 0 <= start < road.length - _LEAST and value > 0:
                    self._detail[at] = Detail("segment_cut", {"road": road.name, "length": length})
                    continue
                raise _Unplaced(Flag.CONFLICT, "chainage_beyond", length=length, value=f"{value:.0f}")
        start, end = (float(np.clip(value, 0.0, road.length)) for value in limits)
        if end - start < min(_LEAST, road.length):
            raise _Unplaced(Flag.CONFLICT, "segment_empty", value=f"{start:.0f}")
        return start, end

    def _open(self) -> list[int]:
        return [at for at, flag in enumerate(self._flag) if flag is None]

    def _stretch(self, at: int) -> tuple[str, float, float]:
        road = self._road[at]
        return (road.name if road else "", *np.round(self._limits[at], 1).tolist())

    def flag_codes(self) -> None:
        """Rows whose code is that of another segment, too."""
        of_code: dict[str, list[int]] = {}
        for at in self._open():
            if self._said[fields.SEGMENT_ID][at]:
                of_code.setdefault(self._said[fields.SEGMENT_ID][at], []).append(at)
        for code, rows in of_code.items():
            if len({self._stretch(at) for at in rows}) > 1:
                values = {"rows": _numbers(rows), "code": code}
                places = [self._road[at].parts([self._limits[at]])[0] for at in rows]  # type: ignore[union-attr]
                self._found.append(("segment_code_repeated", Severity.ERROR, _one(places), values))
                for at in rows:
                    self._flag[at], self._detail[at] = Flag.CONFLICT, Detail("segment_code_repeated", values)

    def flag_repeated(self) -> None:
        """Rows that say what an earlier one says; the others are applied."""
        first: dict[tuple[object, ...], int] = {}
        for at in self._open():
            key = (self._stretch(at), *(self._said[name][at] for name in (fields.SEGMENT_ID, *PEOPLE)))
            leader = first.setdefault(key, at)
            self._flag[at] = Flag.APPLIED if leader == at else Flag.DUPLICATE
            if leader != at:
                self._detail[at] = Detail("segment_repeated", {"row": leader + 1})

    def result(self, crs: Any) -> Segments:  # noqa: ANN401
        """The segments in the order of the roads' names and chainages."""
        taken = [at for at, flag in enumerate(self._flag) if flag is Flag.APPLIED]
        taken.sort(key=lambda at: (*self._stretch(at), at))
        frame = self._table.iloc[taken][[fields.ROAD, fields.FROM_NAME, fields.TO_NAME, *PEOPLE]].reset_index(drop=True)
        names = [self._names(at) for at in taken]
        frame[fields.FROM_NAME], frame[fields.TO_NAME] = [name for name, _ in names], [name for _, name in names]
        frame[fields.ROAD] = [self._stretch(at)[0] for at in taken]
        frame[fields.SEGMENT_ID] = self._codes(taken)
        frame[fields.FROM_M], frame[fields.TO_M] = self._limits[taken].T
        frame[fields.LENGTH] = frame[fields.TO_M] - frame[fields.FROM_M]
        frame[fields.ROW] = np.array(taken, dtype=int) + 1
        lines: list[shapely.Geometry] = []
        for road, rows in self._by_road(taken):
            parts = road.parts([self._limits[at] for at in rows])
            for at in itertools.compress(rows, shapely.is_empty(parts)):
                self._detail[at] = Detail("segment_bare", {"road": road.name})
            lines += list(parts)
            self._compare(road, rows)
        segment = np.full(len(self._table), -1)
        segment[taken] = np.arange(len(taken))
        for at, flag in enumerate(self._flag):
            detail = self._detail[at]
            if flag is Flag.DUPLICATE and detail is not None:
                segment[at] = segment[int(str(detail.values["row"])) - 1]
        flags = [flag for flag in self._flag if flag is not None]
        if len(flags) != len(self._table):
            raise RuntimeError("Rows of the table of segments were lost")  # noqa: TRY003 - a bug, not a user's error
        problems = _problems(self._found, crs)
        return Segments(_segments(frame, lines, crs), problems, flags, self._detail, segment.tolist())

    def _by_road(self, rows: Iterable[int]) -> list[tuple[Road, list[int]]]:
        found: dict[str, tuple[Road, list[int]]] = {}
        for at in rows:
            if (road := self._road[at]) is not None:
                found.setdefault(road.name, (road, []))[1].append(at)
        return list(found.values())

    def _codes(self, rows: Sequence[int]) -> list[str]:
        """The code of each segment: its own, else the road's name and a number that is free, in the road's order."""
        taken = {code for code in self._said[fields.SEGMENT_ID] if code}
        given: dict[tuple[str, float, float], str] = {}
        next_number: dict[str, int] = {}
        for at in rows:
            road, stretch = self._road[at], self._stretch(at)
            if self._said[fields.SEGMENT_ID][at] or stretch in given or road is None:
                continue
            number = next_number.get(road.name, 1)
            while (code := _code(road, number)) in taken:
                number += 1
            given[stretch], next_number[road.name] = code, number + 1
        return [self._said[fields.SEGMENT_ID][at] or given[self._stretch(at)] for at in rows]

    def _compare(self, road: Road, rows: Sequence[int]) -> None:
        """What rows of one road, in its order, leave out or share."""
        found: list[tuple[str, Severity, tuple[float, float], Sequence[int]]] = []
        reached, holder = 0.0, -1
        for at, (start, end) in zip(rows, self._limits[rows].tolist(), strict=True):
            if start - reached > _LEAST:
                found.append(("segment_gap", Severity.WARNING, (reached, start), ()))
            both = min(reached, end)
            if both - start > _LEAST and self._stretch(at) != self._stretch(holder):
                found.append(("segment_overlap", Severity.ERROR, (start, both), sorted((holder, at))))
            if end > reached:
                reached, holder = end, at
        if road.length - reached > _LEAST:
            found.append(("segment_gap", Severity.WARNING, (reached, road.length), ()))
        for _, sharing in itertools.groupby(rows, self._stretch):
            if len(several := list(sharing)) > 1:
                start, end = self._limits[several[0]].tolist()
                found.append(("segment_shared", Severity.NOTE, (start, end), several))
        places = road.parts([limits for _, _, limits, _ in found])
        for (key, severity, (start, end), about), place in zip(found, places, strict=True):
            if not shapely.is_empty(place):
                where = {"road": road.name, "start": f"{start:.0f}", "end": f"{end:.0f}"}
                values = {"rows": _numbers(about), **where} if about else where
                self._found.append((key, severity, np.array([place], dtype=object), values))
        self._found += _interruptions(road)


def chainage_of(said: str) -> float | None:
    """The metres of a chainage (300, 300 m, 1.2 km, K1+200); None where the text is none."""
    said = said.strip()
    if found := _STATION.fullmatch(said):
        return 1000 * float(found[1]) + float(found[2])
    if found := _KILOMETRES.fullmatch(said):
        return 1000 * float(found[1])
    return float(found[1]) if (found := _METRES.fullmatch(said)) else None


def _crossing_names(said: str) -> list[str]:
    """What a street may be called that a limit names: 人民路 for 与人民路交叉口, 人民路口 or 人民路、解放路."""
    names = [said, *(said.removeprefix(word) for word in _TO_CROSSING)]
    names += [name.removesuffix(word) for name in names for word in _OF_CROSSING]
    return list(dict.fromkeys([*names, said.partition("、")[0]]))


def _end_of(road: Road, key: str) -> float | None:
    """The end of a road that lies to a side, as in 东端 or west end; None where the text (its key) is none."""
    for word, side in _SIDES.items():
        if any(key == name_key(word + end) for end in _SIDE_WORDS):
            first, last = shapely.get_coordinates(road.axis)[[0, -1]]
            return road.length if float(np.dot(last - first, side)) > 0 else 0.0
    return None


def _numbers(rows: Iterable[int]) -> str:
    return ", ".join(str(at + 1) for at in rows)


def _one(geometries: Sequence[shapely.Geometry]) -> Geometries:
    """Lines as one multilinestring, in an array of one."""
    return np.array([shapely.multilinestrings(shapely.get_parts(np.array(geometries, dtype=object)))], dtype=object)


_Found = tuple[str, Severity, Geometries, Mapping[str, object]]


def _interruptions(road: Road) -> list[_Found]:
    """Where the lines of a road are interrupted for longer than at a junction."""
    return [
        (
            "road_gap",
            Severity.WARNING,
            np.array([shapely.multilinestrings([road.axis_between(start, end)])], dtype=object),
            {"road": road.name, "length": f"{end - start:.0f}"},
        )
        for start, end in road.gaps
        if end - start > _SHOWN_GAP
    ]


def _joined(found: Iterable[Sequence[_Found]]) -> list[_Found]:
    return [problem for several in found for problem in several]


def _problems(found: Sequence[_Found], crs: Any) -> gpd.GeoDataFrame:  # noqa: ANN401
    nowhere: Indices = np.array([], dtype=np.intp)
    nothing = gpd.GeoDataFrame(geometry=[], crs=crs)
    kinds: dict[tuple[str, Severity], list[_Found]] = {}
    for problem in found:
        kinds.setdefault(problem[:2], []).append(problem)
    problems = [
        Problem(
            key,
            severity,
            nowhere,
            np.concatenate([place for _, _, place, _ in same]),
            {name: [values[name] for *_, values in same] for name in same[0][-1]},
        )
        for (key, severity), same in kinds.items()
    ]
    return problem_frame(problems, nothing)


def _segments(frame: pd.DataFrame, lines: Sequence[shapely.Geometry], crs: Any) -> gpd.GeoDataFrame:  # noqa: ANN401
    """Segments with their columns in order, numbers to the centimetre."""
    metres = {name: frame[name].astype(float).round(2) for name in (fields.FROM_M, fields.TO_M, fields.LENGTH)}
    columns = [*SEGMENT, *(name for name in frame.columns if name not in SEGMENT)]
    geometry: NDArray[Any] = np.empty(len(lines), dtype=object)
    geometry[:] = lines
    return gpd.GeoDataFrame(frame.assign(**metres)[columns], geometry=geometry, crs=crs)
