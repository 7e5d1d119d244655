"""GCJ-02 and BD-09, the shifted coordinates of Chinese phones and web maps, and back.

Neither system is published by its owner; the formulas are those in common use, which agree with the
services to a few centimetres. Outside their extent (about China's) GCJ-02 is WGS 84. CGCS2000 and
WGS 84 differ by centimetres and count as one here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Final

import numpy as np
import shapely

from .coverage import Floats


class Datum(IntEnum):
    """SOURCE_DATUM of the algorithms: the order is their contract."""

    STATED = 0  # as the CRS says: WGS 84, CGCS2000 or any other
    GCJ02 = 1
    BD09 = 2


_SEMI_MAJOR: Final = 6378245.0  # Krassowsky's ellipsoid, as the formulas have it
_ECCENTRICITY: Final = 0.00669342162296594323  # squared
_EXTENT: Final = (72.004, 0.8293, 137.8347, 55.8271)
_BAIDU_PI: Final = np.pi * 3000.0 / 180.0
_CLOSE_ENOUGH: Final = 1e-10  # degrees, about 0.01 mm
_ROUNDS: Final = 30


def to_gcj02(lonlat: Floats) -> Floats:
    """GCJ-02 of WGS 84 longitudes and latitudes (n, 2), in degrees."""
    west, south, east, north = _EXTENT
    inside = ((lonlat > (west, south)) & (lonlat < (east, north))).all(axis=1)
    return np.where(inside[:, None], lonlat + _shift(lonlat), lonlat)


def _shift(lonlat: Floats) -> Floats:
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)

    def waves(angle: Floats, *terms: tuple[float, float]) -> Floats:
        return sum((size * np.sin(angle * np.pi / length) for size, length in terms), common) * 2 / 3

    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + waves(y, (20, 1), (40, 3), (160, 12), (320, 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + waves(x, (20, 1), (40, 3), (150, 12), (300, 30))

    latitude = np.radians(lonlat[:, 1])
    bend = 1 - _ECCENTRICITY * np.sin(latitude) ** 2
    meridian = _SEMI_MAJOR * (1 - _ECCENTRICITY) / bend**1.5
    parallel = _SEMI_MAJOR / np.sqrt(bend) * np.cos(latitude)
    return np.degrees(np.column_stack([east / parallel, north / meridian]))


def to_bd09(lonlat: Floats) -> Floats:
    """BD-09 of WGS 84 longitudes and latitudes (n, 2), in degrees."""
    x, y = to_gcj02(lonlat).T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_PI)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def from_gcj02(lonlat: Floats) -> Floats:
    """WGS 84 of GCJ-02 longitudes and latitudes (n, 2), in degrees; exact to less than 1 mm."""
    return _inverse(to_gcj02, lonlat)


def from_bd09(lonlat: Floats) -> Floats:
    """WGS 84 of BD-09 longitudes and latitudes (n, 2), in degrees; exact to less than 1 mm."""
    return _inverse(to_bd09, lonlat)


def to_wgs84(lonlat: Floats, datum: Datum) -> Floats:
    """WGS 84 of longitudes and latitudes (n, 2) in a datum; those as stated come back as they are."""
    if datum is Datum.GCJ02:
        return from_gcj02(lonlat)
    return from_bd09(lonlat) if datum is Datum.BD09 else lonlat


def _inverse(forward: Callable[[Floats], Floats], wanted: Floats) -> Floats:
    """Solve forward(x) = wanted; the shift hardly changes over its own length, so it converges fast."""
    result = np.array(wanted, dtype=float)
    for _ in range(_ROUNDS):
        error = wanted - forward(result)
        result += error
        if not (np.abs(error) > _CLOSE_ENOUGH).any():  # not-a-number compares false and stays
            break
    return result


def share_inside(points: Floats, area: shapely.Geometry) -> float:
    """Share of points (n, 2) that lie in an area or on its edge, in the same CRS; 0 without points."""
    if not len(points):
        return 0.0
    shapely.prepare(area)
    return float(np.mean(shapely.intersects_xy(area, np.ascontiguousarray(points[:, 0]), points[:, 1])))


def likely_datum(lonlat: Floats, area: shapely.Geometry) -> list[tuple[Datum, float]]:
    """Each datum with the share of points (n, 2; degrees) that it puts inside an area in WGS 84, best first.

    The area is the district or community that the records name. Equal shares stand in the order of
    ``Datum``, so that nothing is shifted without need.
    """
    shares = [(datum, share_inside(to_wgs84(lonlat, datum), area)) for datum in Datum]
    return sorted(shares, key=lambda entry: -entry[1])
