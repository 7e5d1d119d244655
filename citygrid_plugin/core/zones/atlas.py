"""The sheets of an atlas of responsibility grids: papers, round scales, scale bars, which page holds what.

Lengths of paper are in millimetres, those of the ground in metres. All numbers here are ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from citygrid_plugin.core.spatial.coverage import Geometries

PAPERS: Final = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
"""Short and long side (ISO 216)."""

_ROUND: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # first digits of a scale
_LARGEST: Final = 100  # 1:100; no map of a district is larger
_FILL: Final = 0.88  # of the map that a zone may take, so that its neighbours are seen
_BAR_STEPS: Final = (1.0, 2.0, 5.0)
_BAR_PARTS: Final = 4
_NUMBER_SHARE: Final = 0.34  # height of a number of three digits by the side of what it has room in


@dataclass(frozen=True)
class Rect:
    """A rectangle on paper, from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height


@dataclass(frozen=True)
class Sheet:
    """A page and its rooms; ``unit`` is the factor of all sizes (1 on A4), ``below`` says where the panel stands."""

    width: float
    height: float
    unit: float
    header: Rect
    map: Rect
    panel: Rect
    footer: Rect
    below: bool


def sheet(paper: str, *, landscape: bool) -> Sheet:
    """The rooms of a page: the panel beside the map where it lies, below the map where it stands."""
    short, long = PAPERS[paper]
    width, height = (long, short) if landscape else (short, long)
    unit = 1.0 if paper == "A4" else 1.2
    margin, gap = 10.0, 3.0 * unit
    inside = width - 2 * margin
    header = Rect(margin, margin - 1, inside, 14 * unit)
    footer = Rect(margin, height - margin - 4 * unit, inside, 5 * unit)
    top, floor = header.bottom + 1.5 * unit, footer.y - 1.5 * unit
    if landscape:
        panel_width = 66 * unit
        room = Rect(margin, top, inside - panel_width - gap, floor - top)
        panel = Rect(room.right + gap, top, panel_width, floor - top)
    else:
        panel_height = 62 * unit
        room = Rect(margin, top, inside, floor - top - panel_height - gap)
        panel = Rect(margin, room.bottom + gap, inside, panel_height)
    return Sheet(width, height, unit, header, room, panel, footer, not landscape)


def round_scale(least: float) -> int:
    """The largest round scale (the smallest denominator) whose denominator is no smaller than ``least``."""
    least = max(least, _LARGEST)
    power = 10.0 ** math.floor(math.log10(least))
    tolerance = least * (1 - 1e-9)
    return round(next(digit * power for digit in (*_ROUND, 10.0) if digit * power >= tolerance))


def fitting_scale(width: float, height: float, room: Rect, fill: float = _FILL) -> int:
    """The best round scale for what is so wide and high (metres) in a map."""
    return round_scale(max(width / room.width, height / room.height) * 1000 / fill)


def fits(width: float, height: float, room: Rect, scale: int) -> bool:
    """Whether what is so wide and high (metres) is whole on a map of a scale."""
    return max(width / room.width, height / room.height) * 1000 <= scale


def lies(width: float, height: float, paper: str) -> bool:
    """Whether the page of a zone lies (landscape): where it stands larger there; lying where both are equal."""
    across, upright = sheet(paper, landscape=True), sheet(paper, landscape=False)
    return fitting_scale(width, height, across.map) <= fitting_scale(width, height, upright.map)


def extent(centre: tuple[float, float], room: Rect, scale: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a map of a scale around a place."""
    half_width, half_height = room.width * scale / 2000, room.height * scale / 2000
    return centre[0] - half_width, centre[1] - half_height, centre[0] + half_width, centre[1] + half_height


@dataclass(frozen=True)
class ScaleBar:
    """A bar of ``parts`` equal parts of ``step`` metres each; ``length`` in millimetres."""

    step: float
    parts: int
    length: float

    def labels(self) -> list[str]:
        """The numbers below the ends of its parts, the last one with the unit."""
        kilometres = self.step * self.parts >= 2000  # noqa: PLR2004 - from there on metres have too many digits
        factor, unit = (0.001, "km") if kilometres else (1.0, "m")
        numbers = [f"{self.step * part * factor:g}" for part in range(self.parts + 1)]
        return [*numbers[:-1], f"{numbers[-1]} {unit}"]


def scale_bar(scale: int, room: float) -> ScaleBar:
    """The longest bar of four round parts that is no longer than ``room``."""
    most = room * scale / 1000 / _BAR_PARTS
    power = 10.0 ** math.floor(math.log10(most))
    step = max(digit * power for digit in _BAR_STEPS if digit * power <= most * (1 + 1e-9))
    return ScaleBar(step, _BAR_PARTS, _BAR_PARTS * step * 1000 / scale)


@dataclass(frozen=True)
class Contents:
    """Which page holds what, from 1: overviews (one for all, then one a street where asked), index, zones."""

    overviews: int
    index_pages: int
    zones: int

    @property
    def pages(self) -> int:
        """Pages in all."""
        return self.overviews + self.index_pages + self.zones

    def page_of(self, zone: int) -> int:
        """The page of a zone, counted from 0."""
        return self.overviews + self.index_pages + zone + 1


def number_size(outlines: Geometries, scale: int) -> float:
    """The size in points of a number that has room in the median of some polygons, drawn at a scale."""
    areas = shapely.area(outlines)
    side = math.sqrt(float(np.median(areas))) * 1000 / scale if len(areas) else 0.0
    return _NUMBER_SHARE * side * 72 / 25.4
