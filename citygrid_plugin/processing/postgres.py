"""Tables of PostgreSQL read as text: numbers with all their digits, where QGIS would round them."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsDataSourceUri,
    QgsExpression,
    QgsField,
    QgsProviderConnectionException,
    QgsProviderRegistry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType

_ROW = "_citygrid_row"  # the key of our query: tables need not have one
_PROVIDER = "postgres://"
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
_TABLE = "r"  # the kind of relation that has rows of its own
_CHEAP_ROWS = 2_000_000  # ours: PostgreSQL goes through them in about a second


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
        if field.name() == _ROW:
            continue
        name = QgsExpression.quotedColumnRef(field.name())
        columns.append(name if _is_exact(field) else f"{name}::text AS {name}")
    if uri.geometryColumn():
        columns.append(QgsExpression.quotedColumnRef(uri.geometryColumn()))
    table = f"{uri.table()} AS source" if uri.table().startswith("(") else uri.quotedTablename()
    rows = " ".join(("SELECT", ", ".join(columns), "FROM", table))
    return f"({rows} WHERE {uri.sql()})" if uri.sql() else f"({rows})"


def keyed_layer(source: object) -> QgsVectorLayer | None:
    """A view or a query of PostgreSQL that has no key, with one; None where QGIS reads it itself, or nobody can.

    ``source``: the text of a source parameter (``postgres://…``). QGIS needs a key, views have none, and whoever takes
    the first column for it loses the rows that share a value there.
    """
    if not is_postgres(source):
        return None
    text = str(source).removeprefix(_PROVIDER)
    if QgsVectorLayer(text, "source", "postgres").isValid():
        return None
    uri = QgsDataSourceUri(text)
    if not uri.table() or uri.table().startswith("("):
        rows = uri.table()
    else:
        rows = " ".join(("(SELECT * FROM", str(uri.quotedTablename()), ")"))
    if not rows:
        return None
    numbered = " ".join((f"(SELECT row_number() OVER () AS {_ROW}, source.* FROM", rows, "AS source)"))
    uri.setDataSource("", numbered, uri.geometryColumn(), uri.sql(), _ROW)
    layer = QgsVectorLayer(uri.uri(False), QgsDataSourceUri(text).table() or "source", "postgres")
    return layer if layer.isValid() else None


def is_postgres(source: object) -> bool:
    """Whether a source parameter names a table of PostgreSQL by its URI."""
    return isinstance(source, str) and source.startswith(_PROVIDER)


def own_columns(layer: QgsVectorLayer) -> list[str]:
    """The columns of a layer without the key that it got here."""
    return [name for name in layer.fields().names() if name != _ROW]


def table_mark(layer: QgsVectorLayer) -> str:
    """A text that changes with every row of the table of a layer that is added, changed or deleted.

    It is made of the transactions that wrote the rows (xmin), which every change renews, and of how many rows there
    are. Empty where that cannot be told cheaply: of a view, a query, a foreign or a very large table, or where the
    server does not answer.
    """
    uri = QgsDataSourceUri(layer.source())
    if layer.providerType() != "postgres" or not uri.table() or uri.table().startswith("("):
        return ""
    shown = QgsExpression.quotedString(uri.quotedTablename())
    kind = " ".join(("SELECT relkind, reltuples FROM pg_class WHERE oid = CAST(", str(shown), "AS regclass)"))
    written = " ".join(("SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM", str(uri.quotedTablename())))
    try:
        connection = QgsProviderRegistry.instance().providerMetadata("postgres").createConnection(uri.uri(False), {})
        relation, rows = _rows(connection, kind)[0]
        if relation != _TABLE or rows > _CHEAP_ROWS:
            return ""
        return ",".join(str(value) for value in _rows(connection, written)[0])
    except QgsProviderConnectionException:
        return ""


def _rows(connection: Any, statement: str) -> list[list[Any]]:  # noqa: ANN401 - a connection of QGIS
    return list(connection.executeSql(statement))
