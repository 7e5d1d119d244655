"""Layers of QGIS to tables and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsFeatureSource,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingFeatureSource,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, Qt, QVariant

from citygrid_plugin.core.errors import EmptyInput, MissingCrs, WrongGeometry
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyproj
    from qgis.core import QgsCoordinateReferenceSystem

_CHECK_EVERY = 5000


def frame_from_source(
    source: QgsFeatureSource, columns: Sequence[str] | None = None, progress: Progress = silent
) -> gpd.GeoDataFrame:
    """All features of a source: attributes as columns (null is None) and the geometry.

    ``columns``: only these fields. Raises ``EmptyInput`` for no feature and ``MissingCrs`` where the
    source has geometries but no CRS.
    """
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    fields = source.fields()
    names = fields.names() if columns is None else list(columns)
    indices = [fields.lookupField(name) for name in names]
    request = QgsFeatureRequest().setSubsetOfAttributes(indices)
    flags = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
    features = (
        source.getFeatures(request, flags)
        if isinstance(source, QgsProcessingFeatureSource)
        else source.getFeatures(request)
    )
    rows, geometries = [], []
    count = max(source.featureCount(), 1)
    for number, feature in enumerate(features):
        if number % _CHECK_EVERY == 0:
            progress(min(number / count, 1.0))
        rows.append(feature.attributes())
        geometry = feature.geometry()
        geometries.append(None if geometry.isNull() else geometry.asWkb().data())
    if not rows:
        raise EmptyInput(layer=source.sourceName())
    data = {
        name: _column([row[index] for row in rows], fields.at(index))
        for name, index in zip(names, indices, strict=True)
    }
    crs = source.sourceCrs()
    if not is_known(crs) and any(geometry is not None for geometry in geometries):
        raise MissingCrs(layer=source.sourceName())
    shapes = shapely.from_wkb(np.array(geometries, dtype=object))
    return gpd.GeoDataFrame(pd.DataFrame(data), geometry=shapes, crs=to_pyproj(crs) if is_known(crs) else None)


def is_known(crs: QgsCoordinateReferenceSystem) -> bool:
    """Whether a CRS says where things are; GeoPackage writes a lack of one as “Undefined … SRS”."""
    return crs.isValid() and not crs.description().lower().startswith(("undefined", "unknown"))


def require_polygons(source: QgsFeatureSource) -> None:
    """Raise ``WrongGeometry`` for a source that can hold no polygon."""
    kinds = (Qgis.GeometryType.Polygon, Qgis.GeometryType.Unknown)
    if source.featureCount() and QgsWkbTypes.geometryType(source.wkbType()) not in kinds:
        raise WrongGeometry(layer=source.sourceName(), wanted=tr("polygon"))


def _column(values: list[Any], field: QgsField) -> pd.Series:
    """One field as a column: text, numbers as nullable numbers."""
    import pandas as pd  # noqa: PLC0415

    plain = [_plain(value) for value in values]
    if field.isNumeric():
        return pd.Series(pd.array(plain, dtype="Float64" if field.type() == QMetaType.Type.Double else "Int64"))
    return pd.Series(plain, dtype=object)


def _plain(value: Any) -> Any:  # noqa: ANN401 - an attribute can be of any type
    """A Python value for an attribute; null is None, and dates are ISO text."""
    if value is None or (isinstance(value, QVariant) and value.isNull()):
        return None
    if isinstance(value, QDateTime | QDate):
        return value.toString(Qt.DateFormat.ISODate)
    return value


def to_pyproj(crs: QgsCoordinateReferenceSystem) -> pyproj.CRS:
    """The same CRS for pyproj: by authority code where it has one, else by its definition."""
    import pyproj  # noqa: PLC0415

    return pyproj.CRS.from_user_input(crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt())


def fields_of(frame: pd.DataFrame) -> QgsFields:
    """Fields for the columns of a table, without its geometry."""
    import pandas as pd  # noqa: PLC0415

    types: tuple[tuple[Callable[[Any], bool], QMetaType.Type], ...] = (
        (pd.api.types.is_bool_dtype, QMetaType.Type.Bool),
        (pd.api.types.is_integer_dtype, QMetaType.Type.LongLong),
        (pd.api.types.is_float_dtype, QMetaType.Type.Double),
        (pd.api.types.is_datetime64_any_dtype, QMetaType.Type.QDateTime),
    )
    result = QgsFields()
    for name in attribute_columns(frame):
        kind = next((kind for test, kind in types if test(frame[name].dtype)), QMetaType.Type.QString)
        result.append(QgsField(name, kind))
    return result


def attribute_columns(frame: pd.DataFrame) -> list[str]:
    """Names of the columns that are not the geometry."""
    geometry = getattr(frame, "_geometry_column_name", None)
    return [name for name in frame.columns if name != geometry]


def add_to_sink(frame: gpd.GeoDataFrame, sink: QgsFeatureSink, progress: Progress = silent) -> None:
    """Add all rows of a table to a sink made with ``fields_of(frame)``."""
    import pandas as pd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    names = attribute_columns(frame)
    columns = [[None if pd.isna(value) else _sink_value(value) for value in frame[name]] for name in names]
    geometries = shapely.to_wkb(frame.geometry.to_numpy()) if hasattr(frame, "geometry") else [None] * len(frame)
    for number, wkb in enumerate(geometries):
        if number % _CHECK_EVERY == 0:
            progress(number / len(frame))
        feature = QgsFeature()
        feature.setAttributes([column[number] for column in columns])
        if wkb is not None:
            geometry = QgsGeometry()
            geometry.fromWkb(wkb)
            feature.setGeometry(geometry)
        sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert)


def _sink_value(value: Any) -> Any:  # noqa: ANN401
    """A value that Qt takes: numpy scalars and timestamps as plain Python objects."""
    if hasattr(value, "to_pydatetime"):
        return QDateTime.fromString(value.isoformat(timespec="seconds"), Qt.DateFormat.ISODate)
    return value.item() if hasattr(value, "item") else value
