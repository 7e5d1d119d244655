"""The Gauss-Krüger belts of CGCS2000, and the text of a .prj that ArcGIS and QGIS read as them.

EPSG 4491-4501 are the 6-degree belts with the zone number in the easting, 4502-4512 those without, 4513-4533 and
4534-4554 the same of 3 degrees (EPSG registry). Zone numbers: 13-23 and 25-45.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.spatial.coverage import Geometries
from citygrid_plugin.core.spatial.crs import UnplacedCrs, measuring_crs, usual_bounds

GEOGRAPHIC: Final = 4490
_FALSE_EASTING: Final = 500_000.0
_ZONE: Final = 1_000_000.0
_MARGIN: Final = 1.5  # of half a belt; ours: cities near the limit of a belt keep one belt for all
_CERTAIN: Final = 70  # per cent, as PROJ compares definitions
_OLD: Final = ("Xian 1980", "Xi'an 1980", "Beijing 1954", "New Beijing")


class BeltKind(IntEnum):
    """Which belts: the order is that of the algorithm's parameter BELT, less one."""

    THREE = 0
    THREE_ZONE = 1
    SIX = 2
    SIX_ZONE = 3


@dataclass(frozen=True)
class Belt:
    """A belt: its EPSG code, width in degrees, central meridian, and zone number where the easting begins with it."""

    epsg: int
    width: int
    meridian: int
    zone: int = 0

    def eastings(self) -> tuple[float, float]:
        """The least and greatest easting that a place in the belt, or a little beyond, can have."""
        reach = self.width / 2 * _MARGIN * 111_320.0
        middle = self.zone * _ZONE + _FALSE_EASTING
        return middle - reach, middle + reach


class OutsideBelts(CityGridError):
    """A layer that no belt of CGCS2000 covers."""

    template = (
        "“{layer}” lies at longitude {longitude}, outside the belts of CGCS2000 ({first}° to {last}°). "
        "Choose a coordinate reference system in CRS."
    )


_FIRST: Final = {  # EPSG code of the first belt, width, its meridian, its zone number
    BeltKind.THREE: (4534, 3, 75, 0, 21),
    BeltKind.THREE_ZONE: (4513, 3, 75, 25, 21),
    BeltKind.SIX: (4502, 6, 75, 0, 11),
    BeltKind.SIX_ZONE: (4491, 6, 75, 13, 11),
}
BELTS: Final = {
    first + number: Belt(first + number, width, meridian + number * width, zone + number if zone else 0)
    for first, width, meridian, zone, count in _FIRST.values()
    for number in range(count)
}
"""All belts by EPSG code."""


def belt_of(crs: pyproj.CRS | None) -> Belt | None:
    """The belt that a CRS is, also where it is written out in WKT; None for any other."""
    code = None if crs is None else epsg_of(crs)
    return BELTS.get(code) if code is not None else None


def epsg_of(crs: pyproj.CRS) -> int | None:
    """The EPSG code of a CRS, also where it is written out in WKT; None where there is none for certain."""
    return crs.to_epsg(_CERTAIN)


def measured_in(crs: pyproj.CRS, geometries: Geometries) -> pyproj.CRS:
    """``measuring_crs`` of a CRS that a stranger's .prj states.

    Raises ``UnplacedCrs``, also for one that is not of the plane or the globe (heights), or that no way leads from.
    """
    if not (crs.is_projected or crs.is_geographic or crs.is_engineering):
        raise UnplacedCrs(crs=crs.name)
    return measuring_crs(crs, geometries)


def to_crs(frame: gpd.GeoDataFrame, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """The rows in another CRS. Raises ``UnplacedCrs`` where no way leads there, as from a city's local system."""
    try:
        return frame.to_crs(crs)
    except pyproj.exceptions.ProjError as error:
        raise UnplacedCrs(str(error), crs=frame.crs.name) from error


def belt_at(kind: BeltKind, longitude: float, layer: str) -> Belt:
    """The belt of a kind that a longitude (degrees) lies in. Raises ``OutsideBelts``."""
    first, width, meridian, _, count = _FIRST[kind]
    number = round((longitude - meridian) / width)
    if not 0 <= number < count:
        low, high = meridian - width / 2, meridian + (count - 0.5) * width
        raise OutsideBelts(layer=layer, longitude=f"{longitude:.1f}", first=f"{low:g}", last=f"{high:g}")
    return BELTS[first + number]


def middle_longitude(crs: pyproj.CRS, geometries: Geometries) -> float:
    """The longitude (degrees) of where most geometries lie (at least one, each with a place).

    Raises ``UnplacedCrs`` where there is none.
    """
    west, south, east, north = usual_bounds(crs, shapely.bounds(geometries))
    try:
        to_degrees = pyproj.Transformer.from_crs(crs, GEOGRAPHIC, always_xy=True)
    except pyproj.exceptions.ProjError as error:  # a city's local system, which nobody can transform
        raise UnplacedCrs(str(error), crs=crs.name) from error
    longitude = float(to_degrees.transform((west + east) / 2, (south + north) / 2)[0])
    if not np.isfinite(longitude):
        raise UnplacedCrs(crs=crs.name)
    return longitude


def beyond(belt: Belt, geometries: Geometries) -> int:
    """How many limits in the west and east of geometries cannot be of a belt: a zone number is missing or too many."""
    low, high = belt.eastings()
    x = shapely.bounds(geometries)[:, [0, 2]]  # not-a-number where there is none, which is beyond nothing
    return int(((x < low) | (x > high)).sum())


def is_old_datum(crs: pyproj.CRS | None) -> bool:
    """Whether a CRS is of Xi'an 1980 or Beijing 1954, which PROJ turns into CGCS2000 only roughly (domain facts)."""
    datum = None if crs is None else crs.datum or (crs.geodetic_crs and crs.geodetic_crs.datum)
    return datum is not None and any(name in datum.name for name in _OLD)


def esri_text(crs: pyproj.CRS) -> str:
    """The text of a .prj: WKT 1 in Esri's words, which GDAL, QGIS and ArcGIS read; empty where there is none."""
    try:
        return crs.to_wkt("WKT1_ESRI")
    except pyproj.exceptions.CRSError:  # a CRS that the old form cannot say
        return ""


def crs_of(belt: Belt) -> pyproj.CRS:
    """The CRS of a belt."""
    return pyproj.CRS.from_epsg(belt.epsg)
