"""Which coordinate reference system lengths and areas are measured in."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError

from .coverage import Geometries

_MAX_AREA_ERROR = 0.01  # ours: a CRS whose areas are off by more than 1 % here is not measured in
_CHINA = (73.5, 17.0, 136.5, 54.5)  # longitudes and latitudes covered by the 3-degree belts
_FULL_TURN, _POLE = 360.0, 90.0  # degrees; no place on the earth has more
_FIRST_BELT_CODE, _FIRST_MERIDIAN = 4534, 75  # EPSG:4534 is CGCS2000 / 3-degree Gauss-Krüger CM 75E


class UnplacedCrs(CityGridError):
    """A CRS that the coordinates cannot be in, or that has no place on the earth."""

    template = (
        "The coordinates do not fit their coordinate reference system “{crs}”. "
        "Set the right one (Layer ▸ Set CRS of Layer) and run again."
    )


def fits_for_measuring(crs: pyproj.CRS, longitude: float, latitude: float) -> bool:
    """Whether a CRS is projected, in metres, and true to area (within 1 %) at a place."""
    if not crs.is_projected or any(not math.isclose(axis.unit_conversion_factor, 1.0) for axis in crs.axis_info):
        return False
    factors = pyproj.Proj(crs).get_factors(longitude, latitude)
    return abs(factors.areal_scale - 1.0) <= _MAX_AREA_ERROR


def working_crs(crs: pyproj.CRS, bounds: tuple[float, float, float, float]) -> pyproj.CRS:
    """The CRS to measure in: the layer's own where it fits, else the local belt.

    ``bounds`` are of the data, in ``crs`` (x / longitude first). In China the belt is CGCS2000 /
    3-degree Gauss-Krüger (the belt without a zone number in the easting), elsewhere UTM on WGS 84. A
    city's local system (an engineering CRS) is taken as it is. Raises ``UnplacedCrs``.
    """
    if crs.is_engineering:
        return crs
    try:
        to_degrees = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    except pyproj.exceptions.ProjError as error:  # a damaged definition, or one of heights
        raise UnplacedCrs(str(error), crs=crs.name) from error
    longitude, latitude = to_degrees.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise UnplacedCrs(crs=crs.name)
    if fits_for_measuring(crs, longitude, latitude):
        return crs
    return local_belt(longitude, latitude)


def measuring_crs(crs: pyproj.CRS, geometries: Geometries) -> pyproj.CRS:
    """The CRS to measure geometries in (at least one, each with a place), going by where most of them lie.

    Raises ``UnplacedCrs``.
    """
    return working_crs(crs, usual_bounds(crs, shapely.bounds(geometries)))


def usual_bounds(crs: pyproj.CRS, bounds: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Where most of a layer lies: the medians of the bounds (n, 4) of its features, so that no stray one decides.

    Raises ``UnplacedCrs`` where these are metres in a CRS of degrees, or look like degrees in another one.
    """
    west, south, east, north = (float(value) for value in np.median(bounds, axis=0))
    as_degrees = max(abs(west), abs(east)) <= _FULL_TURN and max(abs(south), abs(north)) <= _POLE
    if as_degrees != crs.is_geographic and not crs.is_engineering:
        raise UnplacedCrs(crs=crs.name)
    return west, south, east, north


def local_belt(longitude: float, latitude: float) -> pyproj.CRS:
    """CGCS2000 3-degree belt inside China's extent, UTM elsewhere."""
    west, south, east, north = _CHINA
    if west <= longitude < east and south <= latitude <= north:
        return pyproj.CRS.from_epsg(_FIRST_BELT_CODE + round((longitude - _FIRST_MERIDIAN) / 3))
    zone = int((longitude + 180) // 6) % 60 + 1
    return pyproj.CRS.from_epsg((32600 if latitude >= 0 else 32700) + zone)
