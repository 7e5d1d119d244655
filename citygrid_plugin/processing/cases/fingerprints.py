"""Whether a source of cases has changed since it was read, told without reading it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsFeatureRequest, QgsProcessingContext, QgsVectorLayer

from citygrid_plugin.processing.cases.open311 import service_mark
from citygrid_plugin.processing.exchange import own_file
from citygrid_plugin.processing.postgres import table_mark
from citygrid_plugin.processing.records import file_of_source, open_layer

from .load_cases import TABLES

_TABLES = ("INPUT", *TABLES)
_FILES = ("EXTENSION", "MAPPING")
_MOST = 100_000  # ours: features of a layer in memory that are gone through


def fingerprint(parameters: dict[str, Any], context: QgsProcessingContext) -> str:
    """What the list of cases, and the tables that are read with it, look like now.

    ``parameters``: those of ``citygrid:loadcases``. Equal texts mean that reading them again would find the same.
    Empty where that cannot be told cheaply (a view or a query of a database, a layer with unsaved edits, a file that is
    not there): then they count as changed. The grid and what else cases are only placed by do not count.
    A service is asked for its newest requests; since older ones may be closed meanwhile, its text changes with
    every hour, too (ours).
    """
    from citygrid_plugin.storage.file_marks import digest  # noqa: PLC0415

    marks = []
    if parameters.get("SERVICE_URL"):
        marks.append(service_mark(parameters))
    marks += [_table_mark(parameters[name], context) for name in _TABLES if parameters.get(name)]
    marks += [_path_mark(str(parameters[name])) for name in _FILES if parameters.get(name)]
    return digest(*marks) if marks and all(marks) else ""


def _table_mark(value: Any, context: QgsProcessingContext) -> str:  # noqa: ANN401
    from citygrid_plugin.storage.file_marks import mark_of  # noqa: PLC0415

    path, table = file_of_source(value, context)
    if path is not None:
        return mark_of(path, table)
    layer = open_layer(value, context, load=True)
    return _layer_mark(layer) if layer is not None and layer.isValid() else ""


def _layer_mark(layer: QgsVectorLayer) -> str:
    from citygrid_plugin.storage.file_marks import digest, mark_of  # noqa: PLC0415

    if layer.isEditable():
        return ""
    file = own_file(layer, "ogr", "delimitedtext", "spatialite")
    mark = ""
    if file is not None and file[0].exists():
        mark = mark_of(*file)
    elif layer.providerType() == "postgres":
        mark = table_mark(layer)
    elif layer.providerType() == "memory" and layer.featureCount() <= _MOST:
        rows = layer.getFeatures(QgsFeatureRequest())
        mark = digest(*(f"{row.attributes()!r}{row.geometry().asWkt()}" for row in rows))
    return digest(layer.source(), mark) if mark else ""


def _path_mark(text: str) -> str:
    """The mark of a file, or the text itself where it is none (a mapping may be either)."""
    from citygrid_plugin.storage.file_marks import mark_of  # noqa: PLC0415

    if text.lstrip().startswith(("{", "[")):
        return text
    return mark_of(Path(text.strip()))
