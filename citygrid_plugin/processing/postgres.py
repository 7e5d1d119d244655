"""Tables of PostgreSQL read as text: numbers with all their digits, where QGIS would round them."""

from __future__ import annotations

from qgis.core import Qgis, QgsDataSourceUri, QgsExpression, QgsField, QgsVectorLayer
from qgis.PyQt.QtCore import QMetaType

_ROW = "_citygrid_row"  # the key of our query: tables need not have one
_EXACT = frozenset(
    {
        QMetaType.Type.QString,
        QMetaType.Type.Int,
        QMetaType.Type.LongLong,
        QMetaType.Type.Bool,
        QMetaType.Type.QDate,
        QMetaType.Type.QDateTime,
    }
)
_DOUBLES = frozenset({"float4", "float8"})


def exact_layer(layer: QgsVectorLayer) -> QgsVectorLayer | None:
    """The same rows with the server's own text in columns that QGIS reads otherwise than they are written.

    Those are numeric (an id of 17 digits would lose its last one), times, lists, JSON and binary values. None where
    the layer has no such column, is of no PostgreSQL table or query, or shows something else: unsaved edits, columns
    that QGIS joins or computes.
    """
    fields = layer.fields()
    own = all(fields.fieldOrigin(index) == Qgis.FieldOrigin.Provider for index in range(fields.count()))
    if layer.providerType() != "postgres" or layer.isEditable() or not own or all(map(_is_exact, fields)):
        return None
    uri = QgsDataSourceUri(layer.source())
    uri.setDataSource("", _query(uri, list(fields)), uri.geometryColumn(), "", _ROW)
    result = QgsVectorLayer(uri.uri(False), layer.name(), "postgres")
    result.setCrs(layer.crs())
    return result if result.isValid() else None


def _is_exact(field: QgsField) -> bool:
    return field.type() in _EXACT or field.typeName() in _DOUBLES


def _query(uri: QgsDataSourceUri, fields: list[QgsField]) -> str:
    """The rows of a layer as a query, its filter included; names are quoted."""
    columns = [f"row_number() OVER () AS {_ROW}"]
    for field in fields:
        name = QgsExpression.quotedColumnRef(field.name())
        columns.append(name if _is_exact(field) else f"{name}::text AS {name}")
    if uri.geometryColumn():
        columns.append(QgsExpression.quotedColumnRef(uri.geometryColumn()))
    table = f"{uri.table()} AS source" if uri.table().startswith("(") else uri.quotedTablename()
    rows = " ".join(("SELECT", ", ".join(columns), "FROM", table))
    return f"({rows} WHERE {uri.sql()})" if uri.sql() else f"({rows})"
