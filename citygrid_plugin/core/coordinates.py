"""Points from columns of coordinates as tables have them: any order, any of the usual names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from .coverage import Floats, Geometries

_COLUMNS: Final = (
    (("经度", "經度", "longitude", "lon", "lng", "long"), ("纬度", "緯度", "latitude", "lat")),
    (
        ("x坐标", "坐标x", "x座標", "横坐标", "东坐标", "easting", "xcoord", "coordx", "pointx", "x"),
        ("y坐标", "坐标y", "y座標", "纵坐标", "北坐标", "northing", "ycoord", "coordy", "pointy", "y"),
    ),
)
_HALF_TURN, _QUARTER_TURN = 180.0, 90.0
_FARTHEST_CITY: Final = 72.0  # ours: no census is taken nearer to a pole, so such a "latitude" is a longitude
_CHINA: Final = (72.0, 3.0, 136.0, 54.0)
_EASTING: Final = (1e5, 9e5)  # without a zone number; with one it has eight digits
_ZONED_EASTING: Final = (2.4e7, 4.6e7)  # 3-degree belts 24 to 45


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
        return _EASTING[0] < value < _EASTING[1] or _ZONED_EASTING[0] < value < _ZONED_EASTING[1]

    return is_easting(y) and not is_easting(x)
