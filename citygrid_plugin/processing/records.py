"""Deliveries as the algorithms read them: a layer of the project, or any file, as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProviderRegistry,
)

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.core.progress import Progress

if TYPE_CHECKING:
    import pyproj

    from citygrid_plugin.storage.records import Records

    from .base import CityGridAlgorithm


def read_input(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    progress: Progress,
    crs: pyproj.CRS | None = None,
) -> Records | None:
    """The records of a source parameter; None where an optional one is not given.

    A file is read by ``storage.records``, which keeps codes as text and finds the encoding; a layer of
    the project as QGIS shows it, with its filter and selection. ``crs`` is for files that state none.
    """
    from citygrid_plugin.storage.records import read_records, records_of  # noqa: PLC0415

    path, layer = _file(parameters.get(name), context)
    if path is not None:
        return read_records(path, layer, crs=crs)
    frame = algorithm.read(parameters, name, context, progress)
    if frame is None:
        return None
    return records_of(frame, algorithm.parameterAsSource(parameters, name, context).sourceName())


def read_rules(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    targets: Sequence[str],
) -> dict[str, Any]:
    """The mapping of a text parameter: JSON, or the path of a JSON file; empty where there is none."""
    from citygrid_plugin.core.mapping import parse_mapping  # noqa: PLC0415

    text = algorithm.parameterAsString(parameters, name, context).strip()
    if text and not text.startswith(("{", "[")):
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableFile(path=text, why=str(error)) from error
    return parse_mapping(text, targets)


def _file(value: Any, context: QgsProcessingContext) -> tuple[Path | None, str | None]:  # noqa: ANN401
    """Path and layer name where a source parameter names a file, not a layer of the project by its id or name.

    The context is not asked: it holds the file as a layer already, with numbers guessed from its codes.
    """
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        if value.selectedFeaturesOnly:
            return None, None
        value, _ = value.source.valueAsString(context.expressionContext(), "")
    if not isinstance(value, str) or not value:
        return None, None
    parts = QgsProviderRegistry.instance().decodeUri("ogr", value)
    path = Path(parts.get("path") or value)
    return (path, parts.get("layerName") or None) if path.is_file() else (None, None)
