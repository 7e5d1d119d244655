"""Points from columns of coordinates as tables have them: any order, any of the usual names; belts told by eastings."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Floats, Geometries

_COLUMNS: Final = (
    (("经度", "經度", "longitude", "lon", "lng", "long"), ("纬度", "緯度", "latitude", "lat")),
    (
        ("x坐标", "坐标x", "x座標", "横坐标", "东坐标", "easting", "xcoord", "coordx", "coordinatex", "pointx", "x"),
        ("y坐标", "坐标y", "y座標", "纵坐标", "北坐标", "northing", "ycoord", "coordy", "coordinatey", "pointy", "y"),
    ),
)
_HALF_TURN, _QUARTER_TURN = 180.0, 90.0
_FARTHEST_CITY: Final = 72.0  # ours: no census is taken nearer to a pole, so such a "latitude" is a longitude
_CHINA: Final = (72.0, 3.0, 136.0, 54.0)
_EASTING: Final = (1e5, 9e5)  # without a zone number; with one it has eight digits
_NORTHING: Final = (1e5, 6.5e6)  # of China and its seas
_ZONE: Final = 1e6  # metres that a belt number takes in an easting
_FALSE_EASTING: Final = 5e5
_HALF_BELT: Final = 4e5  # ours: no point lies farther from the meridian of its belt, of 3 or 6 degrees
_BELTS_3: Final = (25, 45, 4513)  # EPSG:4513 is CGCS2000 / 3-degree Gauss-Krüger zone 25, and so on
_BELTS_6: Final = (13, 23, 4491)  # EPSG:4491 is CGCS2000 / Gauss-Krüger zone 13 (6 degrees), and so on
_ZONED_SHARE: Final = 0.95  # ours: share of points with a belt number from which the file is believed to have them


def coordinate_columns(names: Iterable[str]) -> tuple[str, str] | None:
    """The columns that hold x (longitude, easting) and y, told by their names; None where there are none."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(_key(name), name)
    for xs, ys in _COLUMNS:
        x = next((by_key[key] for key in xs if key in by_key), None)
        y = next((by_key[key] for key in ys if key in by_key), None)
        if x is not None and y is not None:
            return x, y
    return None


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in text if character.isalnum())


@dataclass(frozen=True)
class Places:
    """Points (None where a row has no usable coordinates) and what was done to get them.

    ``degrees``: whether the numbers are degrees; ``all_swapped``: the columns were exchanged as a whole;
    ``rows_swapped``: rows in which they were exchanged.
    """

    points: Geometries
    degrees: bool
    all_swapped: bool
    rows_swapped: int


def places(x: Floats, y: Floats) -> Places:
    """Points from two columns; not-a-number, infinity and 0 / 0 are no place.

    Degrees: a latitude beyond 90, or one that lies outside China while the exchanged pair lies inside,
    tells an exchange (ours). Metres: a whole file whose first column holds northings is exchanged, since
    Chinese survey tables call the northing X.
    """
    usable = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    known_x, known_y = x[usable], y[usable]
    degrees = not len(known_x) or bool(np.median(np.maximum(abs(known_x), abs(known_y))) <= _HALF_TURN)
    middle = (float(np.median(known_x)), float(np.median(known_y))) if len(known_x) else (0.0, 0.0)
    swapped = _degrees_swapped(*middle) if degrees else _metres_swapped(*middle)
    if swapped:
        x, y = y, x
    exchanged = np.zeros(len(x), dtype=bool)
    if degrees:
        exchanged = usable & (
            ((abs(y) > _QUARTER_TURN) & (abs(x) <= _QUARTER_TURN)) | (~_in_china(x, y) & _in_china(y, x))
        )
        x, y = np.where(exchanged, y, x), np.where(exchanged, x, y)
        usable = usable & (abs(x) <= _HALF_TURN) & (abs(y) <= _QUARTER_TURN)
    points = np.full(len(x), None, dtype=object)
    points[usable] = shapely.points(x[usable], y[usable])
    return Places(points, degrees, swapped, int(exchanged.sum()))


def _in_china(x: Floats | np.float64, y: Floats | np.float64) -> np.ndarray | np.bool_:
    west, south, east, north = _CHINA
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _degrees_swapped(x: float, y: float) -> bool:
    if bool(_in_china(np.float64(y), np.float64(x))) and not bool(_in_china(np.float64(x), np.float64(y))):
        return True
    return abs(y) > _FARTHEST_CITY >= abs(x)


def _metres_swapped(x: float, y: float) -> bool:
    def is_easting(value: float) -> bool:
        return _EASTING[0] < value < _EASTING[1] or belt(int(value // _ZONE)) is not None

    return is_easting(y) and not is_easting(x)


# Belts


@dataclass(frozen=True)
class Belted:
    """Coordinates in the belt that their eastings name.

    ``coordinates`` (n, 2): easting with the belt number, northing; those of other belts are converted to
    ``crs``, the belt of most. ``zone``: its number; ``others``: those converted, with how many points.
    """

    crs: pyproj.CRS
    zone: int
    coordinates: Floats
    others: dict[int, int]


def belt(zone: int) -> pyproj.CRS | None:
    """The CGCS2000 system whose eastings begin with a belt number.

    25 to 45 are belts of 3 degrees (EPSG 4513 to 4533), 13 to 23 of 6 degrees (EPSG 4491 to 4501); China
    has no number that is both. None for other numbers.
    """
    for first, last, code in (_BELTS_3, _BELTS_6):
        if first <= zone <= last:
            return pyproj.CRS.from_epsg(code + zone - first)
    return None


def zones(coordinates: Floats) -> NDArray[np.int64]:
    """The belt number that each easting (n, 2: easting, northing) begins with, 0 where it has none."""
    x, y = np.nan_to_num(coordinates[:, 0]), np.nan_to_num(coordinates[:, 1])
    number = np.clip(x // _ZONE, 0, 99).astype(np.int64)
    numbered = np.zeros(len(number), dtype=bool)
    for first, last, _ in (_BELTS_3, _BELTS_6):
        numbered |= (number >= first) & (number <= last)
    inside = abs(x - number * _ZONE - _FALSE_EASTING) < _HALF_BELT
    return np.where(numbered & inside & (y > _NORTHING[0]) & (y < _NORTHING[1]), number, 0)


def belted(coordinates: Floats) -> Belted | None:
    """Coordinates (n, 2) in metres brought into one belt; None where their eastings name none.

    Nearly all of them must begin with a belt number. The rows of Chongqing, which lies on the edge of two
    belts, may name both: those of the rarer one are converted.
    """
    known = np.isfinite(coordinates).all(axis=1)
    number = zones(coordinates)
    count = np.bincount(number[number > 0])
    if not known.any() or count.sum() < _ZONED_SHARE * known.sum():
        return None
    zone = int(count.argmax())
    crs = belt(zone)
    if crs is None:
        return None
    result = coordinates.copy()
    others = {int(other): int(count[other]) for other in np.flatnonzero(count) if other != zone}
    for other in others:
        rows = number == other
        change = pyproj.Transformer.from_crs(belt(other), crs, always_xy=True)
        result[rows] = np.column_stack(change.transform(*coordinates[rows].T))
    return Belted(crs, zone, result, others)


def lacks_zone(crs: pyproj.CRS) -> bool:
    """Whether a projected system has a plain false easting, so that no easting of it has eight digits."""
    if not crs.is_projected or crs.coordinate_operation is None:
        return False
    easting = [value.value for value in crs.coordinate_operation.params if value.name == "False easting"]
    return bool(easting) and abs(float(easting[0])) < _ZONE
