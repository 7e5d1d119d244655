"""Geometries of a GeoPackage as PostGIS takes them, and back: the coordinates are copied byte by byte.

Binary forms: GeoPackage 1.3 clause 2.1.3 (header, then ISO WKB); PostGIS's EWKB (the type's flag, then the SRID).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from citygrid_plugin.core.errors import CityGridError

NAMES = {
    0: "Geometry", 1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection", 8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon",
    11: "MultiCurve", 12: "MultiSurface",
}  # fmt: skip
DIMENSIONS = ("", "Z", "M", "ZM")

_MAGIC = b"GP"
_HEADER = 8
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes, by the flags' number
_SRID = 0x20000000
_EMPTY = 0b10000
_BOX = 0b10  # an envelope of x and y
_LITTLE = 1
_THOUSAND = 1000  # ISO WKB counts the dimensions in thousands

Box = tuple[float, float, float, float]


class BrokenGeometry(CityGridError):
    """A geometry that is none."""

    template = "A geometry of “{table}” is damaged. Repair the table with “Fix geometries” of QGIS, then move it again."


def _start(blob: bytes, table: str) -> int:
    """Where the WKB begins."""
    envelope = (blob[3] >> 1) & 7 if len(blob) > _HEADER else len(_ENVELOPES)
    if blob[:2] != _MAGIC or envelope >= len(_ENVELOPES) or len(blob) < _HEADER + _ENVELOPES[envelope] + 5:
        raise BrokenGeometry(table=table)
    return _HEADER + _ENVELOPES[envelope]


def _order(blob: bytes, start: int) -> str:
    return "<" if blob[start] == _LITTLE else ">"


def code(blob: bytes, table: str) -> int:
    """The ISO WKB type of a geometry of a GeoPackage. Raises ``BrokenGeometry``."""
    start = _start(blob, table)
    return int(struct.unpack_from(_order(blob, start) + "I", blob, start + 1)[0])


def to_ewkb(blob: bytes, srid: int, table: str) -> bytes:
    """A geometry of a GeoPackage as EWKB. Raises ``BrokenGeometry``."""
    start = _start(blob, table)
    order = _order(blob, start)
    kind = struct.unpack_from(order + "I", blob, start + 1)[0]
    head = struct.pack(order + "BII", blob[start], kind | _SRID, srid)
    return head + blob[start + 5 :]


def to_blob(wkb: bytes, srs_id: int, box: Box | None) -> bytes:
    """ISO WKB as a geometry of a GeoPackage; ``box``: west, east, south, north, None for an empty one."""
    flags = _LITTLE | (_EMPTY if box is None else _BOX)
    envelope = b"" if box is None else struct.pack("<4d", *box)
    return _MAGIC + struct.pack("<BBi", 0, flags, srs_id) + envelope + wkb


def modifier(codes: Iterable[int], declared: str, dimensions: int) -> str | None:
    """The narrowest type of PostGIS that takes geometries of these types; None where it is the widest, of any kind.

    ``declared``: type that the layer promises, in capitals; ``dimensions``: place in ``DIMENSIONS`` that it promises.
    """
    found = set(codes)
    promised = next((number for number, name in NAMES.items() if name.upper() == declared.upper()), 0)
    depths = {kind // _THOUSAND for kind in found} or {dimensions}
    if len(depths) > 1 or max(depths) >= len(DIMENSIONS):
        return None
    fits = all(kind % _THOUSAND == promised for kind in found)
    return NAMES[promised if fits else 0] + DIMENSIONS[depths.pop()]
