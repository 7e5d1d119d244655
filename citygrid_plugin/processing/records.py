"""Deliveries as the algorithms read them: a layer of the project, or any file, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterString,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QUrl, QUrlQuery

from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

from .exchange import frame_from_source, own_file, to_pyproj
from .postgres import exact_layer, is_postgres, keyed_layer, own_columns

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from citygrid_plugin.core.records.account import Remark
    from citygrid_plugin.storage.readers.records import Records

    from .base import CityGridAlgorithm

DATUMS = ("As the coordinate reference system says", "GCJ-02 (phones, most Chinese web maps)", "BD-09 (Baidu)")
"""Titles of ``core.datum.Datum``, in that order."""

_EXACT = 2.0**53  # whole numbers beyond it have no exact floating-point number
_SHOWN = 80  # characters of a wrong text that a message shows


def add_mapping(algorithm: CityGridAlgorithm) -> None:
    """Add MAPPING, folded away."""
    algorithm.add_advanced(
        QgsProcessingParameterString(
            "MAPPING", tr("Mapping (JSON, or the path of a JSON file)"), multiLine=True, optional=True
        )
    )


def add_coordinates(algorithm: CityGridAlgorithm) -> None:
    """Add SOURCE_DATUM and SOURCE_CRS, folded away."""
    algorithm.add_advanced(
        QgsProcessingParameterEnum("SOURCE_DATUM", tr("Coordinates are"), [tr(name) for name in DATUMS], defaultValue=0)
    )
    algorithm.add_advanced(
        QgsProcessingParameterCrs(
            "SOURCE_CRS", tr("Coordinate reference system of a file that states none"), optional=True
        )
    )


def read_input(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    progress: Progress,
    crs: pyproj.CRS | None = None,
    encoding: str | None = None,
    xy: tuple[str, str] | None = None,
) -> Records | None:
    """The records of a source parameter; None where an optional one is not given.

    A file is read by ``storage.records``, which keeps codes as text and finds the encoding, also where it
    is a layer of the project; a layer of PostgreSQL as the server writes it (``postgres``); one with a filter, a
    selection or unsaved edits, or of another database, as QGIS shows it. ``crs`` is for files that state none;
    ``encoding`` and ``xy`` (columns with the coordinates) are for those whose own tell a wrong one.
    """
    from citygrid_plugin.storage.readers.records import read_records, records_of  # noqa: PLC0415

    records = _file_of_layer(open_layer(parameters.get(name), context), crs, encoding, xy)
    if records is not None:
        return records
    path, table = file_of_source(parameters.get(name), context)
    if path is not None:
        return read_records(path, table, encoding, crs, xy)
    whole = _given(parameters.get(name), context)
    keyed = keyed_layer(whole)
    if keyed is not None:
        return records_of(frame_from_source(exact_layer(keyed) or keyed, own_columns(keyed), progress), keyed.name())
    layer = algorithm.parameterAsVectorLayer(parameters, name, context) if whole is not None else None
    exact = None if layer is None else exact_layer(layer)
    if layer is not None and exact is not None:
        return records_of(frame_from_source(exact, layer.fields().names(), progress), layer.name())
    frame = algorithm.read_optional(parameters, name, context, progress)
    if frame is None:
        return None
    records = records_of(frame, algorithm.parameterAsSource(parameters, name, context).sourceName())
    return replace(records, remarks=(*_rounded(frame), *records.remarks))


def _rounded(frame: gpd.GeoDataFrame) -> list[Remark]:
    """Say so where floating-point numbers may stand for longer ones: ids that have lost their last digits."""
    from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415

    counts = {
        str(name): int((frame[name].abs() >= _EXACT).sum()) for name in frame if str(frame[name].dtype) == "Float64"
    }
    names = [name for name, count in counts.items() if count]
    return [Remark("digits_lost", {"count": sum(counts.values()), "names": ", ".join(names)})] if names else []


def read_delivery(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    progress: Progress,
    crs: pyproj.CRS | None,
    encoding: str | None = None,
    xy: tuple[str, str] | None = None,
) -> Records:
    """The records of the parameter INPUT, as ``read_input``; QGIS's own sentence where there is none."""
    records = read_input(algorithm, parameters, "INPUT", context, progress, crs, encoding, xy)
    if records is None:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, "INPUT"))
    return records


def stated_crs(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> pyproj.CRS | None:
    """The parameter SOURCE_CRS: the CRS of a file that states none."""
    stated = algorithm.parameterAsCrs(parameters, "SOURCE_CRS", context)
    return to_pyproj(stated) if stated.isValid() else None


def read_rules(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    targets: Sequence[str],
) -> dict[str, Any]:
    """The mapping of a text parameter: JSON, or the path of a JSON file; empty where there is none."""
    from citygrid_plugin.core.records.mapping import parse_mapping  # noqa: PLC0415

    return parse_mapping(mapping_text(algorithm, parameters, name, context), targets)


def mapping_text(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> str:
    """The JSON text of a mapping parameter, which may be the path of a JSON file."""
    from citygrid_plugin.core.records.mapping import BadMapping  # noqa: PLC0415
    from citygrid_plugin.storage import mapping_files  # noqa: PLC0415

    text = algorithm.parameterAsString(parameters, name, context).strip()
    if not text or text.startswith(("{", "[")):
        return text
    if not _is_file(text) and not text.lower().endswith(".json"):
        raise BadMapping(why=f"“{text[:_SHOWN]}” is neither JSON nor the path of a JSON file")
    return mapping_files.mapping_text(Path(text))


def with_readable_files(
    parameters: dict[str, Any], names: Sequence[str], context: QgsProcessingContext
) -> dict[str, Any]:
    """Parameters for QGIS's check: files on disk and tables of PostgreSQL are replaced by a layer that it accepts.

    QGIS says “not found” of files that it opens in no way (header only, UTF-16, .txt, text that is no layer), and of
    views without a key. Our reader opens most of them, and says of the others what is wrong.
    """
    files = [
        name
        for name in names
        if is_postgres(parameters.get(name)) or file_of_source(parameters.get(name), context)[0] is not None
    ]
    return parameters | {name: QgsVectorLayer("Point", name, "memory") for name in files}


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long, or characters that no path has
        return False


def _given(value: Any, context: QgsProcessingContext) -> Any:  # noqa: ANN401
    """The layer or text of a source parameter; None where only some features of a layer are wanted."""
    if not isinstance(value, QgsProcessingFeatureSourceDefinition):
        return value
    some = value.selectedFeaturesOnly or value.filterExpression or value.featureLimit >= 0
    return None if some else value.source.valueAsString(context.expressionContext(), "")[0]


def file_of_source(value: Any, context: QgsProcessingContext) -> tuple[Path | None, str | None]:  # noqa: ANN401
    """Path and layer name where a source parameter names a file, not a layer of the project by its id or name.

    The context is not asked: it holds the file as a layer already, with numbers guessed from its codes.
    """
    value = _given(value, context)
    if not isinstance(value, str) or not value:
        return None, None
    parts = QgsProviderRegistry.instance().decodeUri("ogr", value)
    path = Path(parts.get("path") or value)
    return (path, parts.get("layerName") or None) if _is_file(str(path)) else (None, None)


def open_layer(value: Any, context: QgsProcessingContext, *, load: bool = False) -> QgsVectorLayer | None:  # noqa: ANN401
    """The layer of the project that a source parameter names, unless only its selection is wanted.

    ``load``: also one that is not there yet, such as the table of a database by its URI.
    """
    value = _given(value, context)
    if isinstance(value, str):
        value = QgsProcessingUtils.mapLayerFromString(value, context, load)
    return value if isinstance(value, QgsVectorLayer) else None


def _file_of_layer(
    layer: QgsVectorLayer | None,
    crs: pyproj.CRS | None,
    encoding: str | None = None,
    stated_xy: tuple[str, str] | None = None,
) -> Records | None:
    """The records of a layer's own file; None where the layer shows something else than its file.

    QGIS may have read the file in a wrong encoding, and codes as numbers.
    """
    from citygrid_plugin.storage.readers.records import read_records  # noqa: PLC0415

    file = None if layer is None else own_file(layer, "ogr", "delimitedtext")
    if layer is None or file is None:
        return None
    path, table = file
    options = QUrlQuery(QUrl(layer.source())) if layer.providerType() == "delimitedtext" else QUrlQuery()
    if not path.is_file() or any(
        options.hasQueryItem(name) for name in ("skipLines", "useHeader", "wktField", "xyDms")
    ):
        return None
    xy = tuple(
        options.queryItemValue(name, QUrl.ComponentFormattingOption.FullyDecoded) for name in ("xField", "yField")
    )
    own = to_pyproj(layer.crs()) if layer.crs().isValid() else None
    own_xy = (xy[0], xy[1]) if all(xy) else None
    records = read_records(path, table, encoding, own or crs, stated_xy or own_xy)
    if own is not None and records.frame.crs not in (None, own):  # set by the user in the layer's properties
        remarks = tuple(remark for remark in records.remarks if remark.key != "crs_ignored")
        return replace(records, frame=records.frame.set_crs(own, allow_override=True), remarks=remarks)
    return records
