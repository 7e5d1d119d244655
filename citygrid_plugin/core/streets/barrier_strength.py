"""How firmly the objects of a layer bound unit grids: by a field of the layer, or by OpenStreetMap's classes.

The classes are OpenStreetMap's (also as Geofabrik names them in ``fclass``); which strength each has is ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import each
from citygrid_plugin.core.spatial.coverage import Indices

from .barriers import (
    Barriers,
    Bounds,
    Strength,
    compound_barriers,
    line_barriers,
)

Classes = Mapping[str, Strength]


def _classes(strong: str = "", normal: str = "", weak: str = "", nothing: str = "") -> dict[str, Strength]:
    """A table of classes from words."""
    words = {Strength.STRONG: strong, Strength.NORMAL: normal, Strength.WEAK: weak, Strength.NONE: nothing}
    return {name: strength for strength, names in words.items() for name in names.split()}


LINES: Final[Mapping[str, Classes]] = {
    "highway": _classes(
        strong="motorway trunk",
        normal="motorway_link trunk_link primary primary_link secondary secondary_link tertiary tertiary_link "
        "residential unclassified living_street pedestrian road busway",
        weak="service track bus_guideway",
        nothing="footway path steps cycleway bridleway corridor platform proposed construction planned raceway trail "
        "sidewalk crossing elevator escape ladder via_ferrata services rest_area bus_stop emergency_bay "
        "abandoned disused razed demolished no",
    ),
    "railway": _classes(
        strong="rail light_rail narrow_gauge rack",
        weak="tram funicular preserved",
        # An underground runs below, or on piles; a monorail on a beam.
        nothing="subway monorail miniature miniature_railway abandoned disused razed dismantled demolished "
        "construction proposed platform platform_edge station halt turntable traverser buffer_stop historic "
        "ventilation_shaft subway_entrance crossing no",
    ),
    "waterway": _classes(
        strong="river canal tidal_channel riverbank dock",
        weak="stream drain ditch brook",
        nothing="dam weir lock_gate sluice_gate waterfall rapids pressurised fish_pass fairway wadi flowline "
        "derelict_canal boatyard fuel link soakhole no",
    ),
    "natural": _classes(strong="coastline"),
    "barrier": _classes(
        normal="wall city_wall fence wire_fence",
        weak="retaining_wall ditch",
        nothing="hedge guard_rail kerb bollard railing chain handrail jersey_barrier block gate lift_gate swing_gate "
        "sliding_gate toll_booth entrance cycle_barrier rope log debris tyres planter border_control no yes",
    ),
}
"""Strength of lines by key and class. A line with several of the keys has the highest."""

AREAS: Final[Mapping[str, Classes]] = {
    "natural": _classes(strong="water"),
    "landuse": _classes(strong="reservoir"),
    "waterway": _classes(strong="riverbank river canal dock"),
    "water": _classes(strong="river canal lake reservoir lagoon oxbow harbour moat"),
}
"""Strength of the outlines of areas: of all that OpenStreetMap draws as areas only water bounds a grid."""

_LESSER_WATER: Final = _classes(weak="pond basin wastewater", nothing="fountain pool swimming_pool reflecting_pool")
_FCLASS_LINES: Final = {
    **LINES["highway"], **LINES["railway"], **LINES["waterway"], **LINES["natural"], **LINES["barrier"],
    **_classes(normal="unknown", weak="track_grade1 track_grade2 track_grade3 track_grade4 track_grade5"),
}  # fmt: skip
_FCLASS_AREAS: Final = _classes(strong="water reservoir river riverbank dock")

# Ways that serve one house or one platform.
_SERVICE: Final = {
    "highway": _classes(nothing="parking_aisle driveway drive-through emergency_access crossover"),
    "railway": _classes(weak="spur", nothing="yard siding crossover"),
}

_KEYS_OF_OSM = frozenset(
    {"osm_id", "osm_way_id", "full_id", "@id", "other_tags", "all_tags", "fclass", "highway", "railway", "waterway"}
)
_NO = ("", "no", "f", "false", "0", "n")
_AREA = 2  # dimension

WORDS: Final[Classes] = {
    **{name: strength for strength in Strength for name in (str(int(strength)), strength.name.casefold())},
    "无": Strength.NONE, "弱": Strength.WEAK, "中": Strength.NORMAL, "普通": Strength.NORMAL, "强": Strength.STRONG,
}  # fmt: skip
"""Values of a field of strengths."""


@dataclass(frozen=True)
class Classified:
    """Strength (n,) of the objects of a layer; which of them are areas of ``water``; classes that are not known.

    ``unknown`` counts objects by “key=value”. Those of highway and of a field of strengths count as NORMAL,
    the others as NONE.
    """

    strength: Indices
    water: NDArray[np.bool_]
    unknown: Mapping[str, int] = field(default_factory=dict)


def strengths(frame: gpd.GeoDataFrame, strength_field: str = "") -> Indices:
    """The ``Strength`` (n,) of each object of a layer (``classify``)."""
    return classify(frame, strength_field).strength


def as_barriers(
    frames: Sequence[gpd.GeoDataFrame],
    compounds: Sequence[gpd.GeoDataFrame] = (),
    strength_field: str = "",
    extent: Bounds | None = None,
) -> Barriers:
    """Barriers from layers of lines and polygons, and from polygons to keep whole; all in one CRS in metres."""
    parts = []
    for frame in frames:
        found = classify(frame, strength_field)
        parts.append(line_barriers(frame.geometry.to_numpy(), found.strength, found.water, extent))
    parts += [compound_barriers(frame.geometry.to_numpy(), extent) for frame in compounds]
    return Barriers.together(parts)


def classify(frame: gpd.GeoDataFrame, strength_field: str = "") -> Classified:
    """How firmly each object of a layer bounds unit grids (rules: ours).

    The field ``strength_field`` decides where the layer has it (``WORDS``; empty is NORMAL). Else, in a layer of
    OpenStreetMap (known by its columns, GDAL's ``other_tags`` among them), the classes do: lines by ``LINES``,
    areas by ``AREAS``; roads and railways in tunnels, under cover or below ground bound nothing. In any other layer all
    is NORMAL.
    """
    dry = np.zeros(len(frame), dtype=bool)
    if strength_field and strength_field in frame:
        level, unknown = _of_words(_clean(frame[strength_field]), WORDS, Strength.NORMAL)
        return Classified(level, dry, {f"{strength_field}={value}": count for value, count in unknown.items()})
    tags = _Tags(frame)
    if not tags.are_of_osm():
        return Classified(np.full(len(frame), Strength.NORMAL, dtype=np.intp), dry)
    area = shapely.get_dimensions(frame.geometry.to_numpy()) == _AREA
    line, unknown = _line_strength(tags, ~area)
    strength = np.where(area, _area_strength(tags), line)
    return Classified(strength, area & (strength > Strength.NONE), unknown)


def columns_used(names: Sequence[str], strength_field: str = "") -> list[str]:
    """Those of a layer's column names that ``classify`` looks at."""
    wanted = {*LINES, *AREAS, *_KEYS_OF_OSM, *_UNDERGROUND, "area", "service"}
    return [name for name in names if name.casefold() in wanted or name == strength_field]


class _Tags:
    """The tags of the objects of a layer: columns of their own, or GDAL's text of pairs ``"key"=>"value"``."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        geometry = frame.geometry.name
        self._columns = {str(name).casefold(): frame[name] for name in frame.columns if name != geometry}
        self._index = frame.index
        self._others = [_text(self._columns[name]) for name in ("other_tags", "all_tags") if name in self._columns]

    def __getitem__(self, key: str) -> pd.Series:
        """The first value of a key, trimmed and in lower case; empty where there is none."""
        result = pd.Series("", index=self._index, dtype=object)
        if key in self._columns:
            result = _clean(self._columns[key])
        for other in self._others:
            rows = (result == "") & other.str.contains(f'"{key}"', regex=False)
            if rows.any():
                found = other[rows].str.extract(_PAIR.format(key=key), expand=False)
                result = result.mask(rows, _clean(found).reindex(self._index, fill_value=""))
        return result

    def are_of_osm(self) -> bool:
        """Whether the layer comes from OpenStreetMap; a field “barrier” or “landuse” alone does not say so."""
        if _KEYS_OF_OSM & self._columns.keys():
            return True
        known = {key: {*LINES.get(key, ()), *AREAS.get(key, ())} for key in (*LINES, *AREAS)}
        return any(self[key].isin(known[key]).any() for key in known if key in self._columns)


# A quote inside a value is escaped, so what looks like a pair is one: "key"=>"value", or "key":"value".
_PAIR = r'(?:^|[,{{])\s*"{key}"\s*(?:=>|:)\s*"((?:[^"\\]|\\.)*)"'
_UNDERGROUND = ("tunnel", "covered", "indoor", "location", "layer")


def _line_strength(tags: _Tags, line: NDArray[np.bool_]) -> tuple[Indices, dict[str, int]]:
    """Strength (n,) of the lines among the objects, and the classes not known with their counts."""
    below = _underground(tags)
    service = tags["service"]
    result = np.zeros(len(line), dtype=np.intp)
    named: dict[str, int] = {}
    for key, classes in {**LINES, "fclass": _FCLASS_LINES}.items():
        values = tags[key].where(line, "")
        otherwise = Strength.NORMAL if key == "highway" else Strength.NONE
        level, unknown = _of_words(values, classes, otherwise, empty=Strength.NONE)
        if key != "natural":  # most of nature bounds nothing
            named |= {f"{key}={value}": count for value, count in unknown.items()}
        if key in _SERVICE:
            most, _ = _of_words(service, _SERVICE[key], Strength.STRONG)
            level = np.minimum(level, most)
        if key == "highway":
            level[~tags["area"].isin(_NO).to_numpy()] = Strength.NONE
        if key in ("highway", "railway"):
            level[below] = Strength.NONE
        if key == "fclass":
            water = values.isin(LINES["waterway"]).to_numpy()
            level[below & ~water] = Strength.NONE
        result = np.maximum(result, level)
    return result, named


def _underground(tags: _Tags) -> NDArray[np.bool_]:
    """Which objects lie in a tunnel, in a building, or below the ground."""
    hidden = ~tags["tunnel"].isin(_NO) | ~tags["covered"].isin(_NO) | ~tags["indoor"].isin(_NO)
    hidden |= tags["location"] == "underground"
    return (hidden | (pd.to_numeric(tags["layer"], errors="coerce") < 0)).to_numpy()


def _area_strength(tags: _Tags) -> Indices:
    """Strength (n,) of the outlines of areas."""
    result = np.zeros(len(tags["water"]), dtype=np.intp)
    for key, classes in {**AREAS, "fclass": _FCLASS_AREAS}.items():
        result = np.maximum(result, _of_words(tags[key], classes, Strength.NONE, empty=Strength.NONE)[0])
    most, _ = _of_words(tags["water"], _LESSER_WATER, Strength.STRONG, empty=Strength.STRONG)
    return np.minimum(result, most)


def _of_words(
    values: pd.Series, classes: Classes, otherwise: Strength, empty: Strength | None = None
) -> tuple[Indices, dict[str, int]]:
    """The strength of each value, and the values that the table lacks with their counts."""
    empty = otherwise if empty is None else empty
    known = values.map({**classes, "": empty})
    unknown = Counter(values[known.isna()].tolist())
    level = np.array(known.fillna(int(otherwise)), dtype=np.intp)
    return level, dict(unknown.most_common())


def _text(column: pd.Series) -> pd.Series:
    column = column.astype(object)
    return column.where(column.notna(), "").astype(str)


def _clean(column: pd.Series) -> pd.Series:
    """Values as trimmed text in lower case; of a list “a;b” the first, and 2.0 as 2."""
    return each(_text(column), lambda value: value.split(";")[0].strip().casefold().removesuffix(".0"))
