"""A layer of cases read as columns, in bulk where it is a table of a GeoPackage; the reading may run in a thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureIterator,
    QgsFeatureRequest,
    QgsFields,
    QgsMapLayer,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.processing.exchange import frame_from_source, own_file, to_pyproj
from citygrid_plugin.storage.files import connected, quoted

from .case_layers import is_part

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.cases.case_columns import CaseColumns

_NEEDED = (fields.CASE_ID, fields.STAGE, fields.DEADLINE)  # other fields may be missing
_IN_BULK = frozenset({
    QMetaType.Type.QString, QMetaType.Type.QDateTime, QMetaType.Type.Int, QMetaType.Type.LongLong,
    QMetaType.Type.Double,
})  # fmt: skip
_GEOMETRY = "geometry"
_PIECE: Final = 20_000  # rows; ours: read in a fifth of a second


def is_case_layer(layer: QgsMapLayer) -> bool:
    """Whether a layer is one of cases: points with their number, stage and deadline.

    Clusters and heat map that stand beside one (``case_layers``) are none.
    """
    if is_part(layer) or not isinstance(layer, QgsVectorLayer) or layer.geometryType() != Qgis.GeometryType.Point:
        return False
    return all(layer.fields().indexOf(name) >= 0 for name in _NEEDED)


@dataclass(frozen=True)
class CaseReader:
    """What is needed to read a layer of cases in another thread; made in the thread of the layer.

    ``names``: its fields, without the row numbers that a file gives. ``own``: file and table in it where they hold
    just what the layer shows.
    """

    source: QgsVectorLayerFeatureSource
    name: str
    crs: QgsCoordinateReferenceSystem
    count: int
    names: tuple[str, ...]
    own: tuple[Path, str | None] | None

    @classmethod
    def of(cls, layer: QgsVectorLayer) -> CaseReader:
        """With the edits and the filter of the layer as they are now."""
        plain = all(layer.fields().fieldOrigin(at) == Qgis.FieldOrigin.Provider for at in range(layer.fields().count()))
        own = own_file(layer, "ogr") if plain and _is_plain_point(layer) else None
        own = own if own and own[0].suffix.lower() == ".gpkg" else None
        numbers = layer.primaryKeyAttributes() if layer.providerType() == "ogr" else []
        names = tuple(name for at, name in enumerate(layer.fields().names()) if at not in numbers)
        return cls(QgsVectorLayerFeatureSource(layer), layer.name(), layer.crs(), layer.featureCount(), names, own)

    def columns(self, progress: Progress = silent) -> CaseColumns:
        """The cases for a list that is filtered."""
        from citygrid_plugin.core.cases.case_columns import TEXTS_READ, TIMES_READ  # noqa: PLC0415

        wanted = (*TEXTS_READ, *TIMES_READ, fields.RETURNS)
        return columns_of(self.frame([name for name in wanted if name in self.names], progress))

    def frame(self, names: Sequence[str] | None = None, progress: Progress = silent) -> gpd.GeoDataFrame:
        """The table of the layer, or these fields of it; text, times and numbers. No row is no error."""
        import geopandas as gpd  # noqa: PLC0415

        names = list(self.names if names is None else names)
        in_bulk = self._in_bulk(names, progress)
        if in_bulk is not None:
            return in_bulk
        try:
            return frame_from_source(_Snapshot(self), names, progress)
        except EmptyInput:
            return gpd.GeoDataFrame({name: [] for name in names}, geometry=[], crs=None)

    def _in_bulk(self, names: Sequence[str], progress: Progress) -> gpd.GeoDataFrame | None:
        """The table as GDAL reads it; None where that may be something else than QGIS shows."""
        ours = self.source.fields()
        if self.own is None or any(ours.at(ours.indexOf(name)).type() not in _IN_BULK for name in names):
            return None
        import shapely  # noqa: PLC0415

        try:
            frame = _in_pieces(*self.own, list(names), progress)
        except (RuntimeError, ValueError, OSError, sqlite3.Error, shapely.errors.GEOSException):
            return None  # QGIS reads more, or says what is wrong
        progress(1.0)
        if _GEOMETRY not in frame or frame.geometry.name != _GEOMETRY or set(names) - set(frame.columns):
            return None
        return frame.set_crs(to_pyproj(self.crs), allow_override=True) if self.crs.isValid() else frame


def _in_pieces(path: Path, table: str | None, names: list[str], progress: Progress) -> gpd.GeoDataFrame:
    """A table of a GeoPackage. While GDAL reads a piece no other thread of Python goes on, not even the window's.

    All is of one state: where somebody writes meanwhile, or the pieces are not the whole, it is read again at once.
    """
    import pandas as pd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    told = pyogrio.read_info(path, layer=table)
    key, count = told["fid_column"], told["features"]
    if key and count > _PIECE:
        pieces, rest = [], None
        with connected(path) as base:
            before = _state(path, base)
            for first in range(0, count, _PIECE):
                progress(first / count)
                piece = pyogrio.read_dataframe(
                    path, layer=table, columns=names, where=rest, max_features=_PIECE, fid_as_index=True
                )
                if piece.empty:
                    break
                pieces.append(piece)
                rest = " ".join((quoted(key), ">", str(piece.index[-1])))
            if _state(path, base) == before and sum(map(len, pieces)) == count:
                return pd.concat(pieces, ignore_index=True)
    return pyogrio.read_dataframe(path, layer=table, columns=names)


def _state(path: Path, base: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers, one of which is another once somebody else has replaced the file, or written to it."""
    return path.stat().st_ino, int(base.execute("PRAGMA data_version").fetchone()[0])


def columns_of(frame: gpd.GeoDataFrame) -> CaseColumns:
    """A table as columns, prepared so that the first filter is as quick as the next."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.cases.case_columns import CaseColumns  # noqa: PLC0415

    places = frame.geometry.to_numpy().copy()
    several = np.flatnonzero(shapely.get_type_id(places) == shapely.GeometryType.MULTIPOINT)
    places[several] = shapely.centroid(places[several])
    cases = CaseColumns.of(
        frame.drop(columns=frame.geometry.name), np.column_stack([shapely.get_x(places), shapely.get_y(places)])
    )
    cases.prepare()
    return cases


def _is_plain_point(layer: QgsVectorLayer) -> bool:
    return QgsWkbTypes.flatType(layer.wkbType()) in (Qgis.WkbType.Point, Qgis.WkbType.MultiPoint)


class _Snapshot:
    """A layer as ``frame_from_source`` asks it, in any thread."""

    def __init__(self, reader: CaseReader) -> None:
        self._reader = reader

    def fields(self) -> QgsFields:
        return self._reader.source.fields()

    def getFeatures(self, request: QgsFeatureRequest) -> QgsFeatureIterator:
        return self._reader.source.getFeatures(request)

    def featureCount(self) -> int:
        return self._reader.count

    def sourceName(self) -> str:
        return self._reader.name

    def sourceCrs(self) -> QgsCoordinateReferenceSystem:
        return self._reader.crs
