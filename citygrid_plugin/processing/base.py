"""What all CityGrid algorithms share: reading, writing, reports, progress, cancel and error sentences."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsMessageLog,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProperty,
    QgsWkbTypes,
)

from citygrid_plugin.core.errors import BadSetting, Cancelled, CityGridError, MissingPackage, UnknownField
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import sentence, tr

from . import styles
from .exchange import add_to_sink, attribute_columns, fields_of, frame_from_source

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from citygrid_plugin.storage.report import Report

LOG_TAB = "CityGrid"

_PACKAGES = {
    "numpy": "1.24",
    "shapely": "2.0",
    "pyproj": "3.4",
    "pandas": "1.5",
    "geopandas": "1.0",
    "pyogrio": "0.7",
}


def check_packages() -> None:
    """Raise ``MissingPackage`` for the first Python package that this QGIS lacks or has too old."""
    for name, minimum in _PACKAGES.items():
        try:
            version = importlib.import_module(name).__version__
        except ImportError as error:
            raise MissingPackage(str(error), package=name, command=f'pip install "{name}>={minimum}"') from error
        if _release(version) < _release(minimum):
            raise MissingPackage(version, package=name, command=f'pip install "{name}>={minimum}"')


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


class CityGridAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms. A subclass gives the class attributes, ``define`` and ``compute``.

    ``compute`` may raise any ``CityGridError``: it reaches the log as one translated sentence. Anything
    else is a bug: its traceback goes to the CityGrid log tab and the user reads a short sentence.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    HELP: ClassVar[str]
    TAGS: ClassVar[Sequence[str]] = ()

    def name(self) -> str:
        return self.NAME

    def displayName(self) -> str:
        return tr(self.TITLE)

    def shortHelpString(self) -> str:
        return tr(self.HELP)

    def tags(self) -> list[str]:
        return ["citygrid", "数字城管", *self.TAGS]

    def createInstance(self) -> CityGridAlgorithm:
        return type(self)()

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        self.define()

    def define(self) -> None:
        """Add the parameters and outputs."""
        raise NotImplementedError

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Do the work; return the outputs."""
        raise NotImplementedError

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        try:
            check_packages()
            return self.compute(parameters, context, feedback)
        except Cancelled:
            feedback.pushInfo(tr("Cancelled. Nothing was written."))
            return {}
        except CityGridError as error:
            if error.details:
                feedback.pushInfo(error.details)
            raise QgsProcessingException(sentence(error)) from error
        except QgsProcessingException:
            raise
        except Exception as error:
            QgsMessageLog.logMessage(traceback.format_exc(), LOG_TAB, Qgis.MessageLevel.Critical)
            feedback.pushDebugInfo(traceback.format_exc())
            message = tr("CityGrid met an error of its own ({error}). The CityGrid tab of the log holds the details.")
            raise QgsProcessingException(message.format(error=f"{type(error).__name__}: {error}")) from error

    # Parameters

    def add_sink(self, name: str, description: str, kind: Qgis.ProcessingSourceType, optional: bool = False) -> None:
        """Add a layer output; an optional one is not made by default."""
        self.addParameter(
            QgsProcessingParameterFeatureSink(name, description, kind, optional=optional, createByDefault=not optional)
        )

    def add_report(self) -> None:
        """Add the REPORT output (HTML)."""
        self.addParameter(
            QgsProcessingParameterFileDestination("REPORT", tr("Report"), tr("HTML files (*.html)"), optional=True)
        )

    def add_numbers(self, **outputs: str) -> None:
        """Add number outputs, for models and scripts: name=description."""
        for name, description in outputs.items():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def add_advanced(self, definition: QgsProcessingParameterDefinition) -> None:
        """Add a parameter that the dialog folds away."""
        definition.setFlags(definition.flags() | Qgis.ProcessingParameterFlag.Advanced)
        self.addParameter(definition)

    # Reading

    def progress(self, feedback: QgsProcessingFeedback, start: float = 0.0, end: float = 1.0) -> Progress:
        """Core's progress on QGIS's feedback, for the part of the run from ``start`` to ``end``."""

        def report(share: float) -> None:
            if feedback.isCanceled():
                raise Cancelled
            feedback.setProgress(100 * (start + (end - start) * share))

        return report

    def read(
        self,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        progress: Progress,
        columns: Sequence[str] | None = None,
    ) -> gpd.GeoDataFrame:
        """The features of a source parameter as a table; only the fields ``columns`` where given."""
        source = self.parameterAsSource(parameters, name, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, name))
        if columns is not None:
            available = source.fields().names()
            for column in columns:
                if column not in available:
                    raise UnknownField(layer=source.sourceName(), field=column, available=", ".join(available))
        return frame_from_source(source, columns, progress)

    def read_optional(
        self,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        progress: Progress,
        columns: Sequence[str] | None = None,
    ) -> gpd.GeoDataFrame | None:
        """The same for an optional parameter; None where it is not given."""
        return self.read(parameters, name, context, progress, columns) if parameters.get(name) else None

    def number(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext, low: float, high: float
    ) -> float:
        """A number parameter inside its range, or ``BadSetting``."""
        value = self.parameterAsDouble(parameters, name, context)
        if not low <= value <= high:
            raise BadSetting(name=name, value=value, allowed=f"{low:g} … {high:g}")
        return value

    # Writing

    def write(
        self,
        frame: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        geometry_type: str,
        role: str | None = None,
    ) -> str | None:
        """Write a table to a sink parameter; returns the layer's source, None where it is not wanted.

        ``frame`` may be a plain table; its ``geometry_type`` is NoGeometry.
        Files and GeoPackage layers are written in bulk and all or nothing; other destinations
        (memory, PostGIS) through QGIS's sink. ``role`` chooses the style (``styles.ROLES``).
        """
        from citygrid_plugin.storage import layers  # noqa: PLC0415

        value = parameters.get(name)
        definition = value if isinstance(value, QgsProcessingOutputLayerDefinition) else None
        destination = _destination(value, context)
        if not destination:
            return None
        if destination.startswith("ogr:"):
            uri = QgsDataSourceUri(destination[len("ogr:") :])
            layers.write_layer(frame, Path(uri.database()), uri.table(), geometry_type)
            written = f"{uri.database()}|layername={uri.table()}"
        elif Path(destination).suffix.lower() in layers.DRIVERS and ":" not in destination[2:]:
            layers.write_file(frame, Path(destination), geometry_type)
            written = destination
        else:
            return self._write_sink(frame, parameters, name, context, geometry_type, role)
        if definition is not None and definition.destinationProject is not None:
            title = definition.destinationName or self.parameterDefinition(name).description()
            details = QgsProcessingContext.LayerDetails(title, definition.destinationProject, name)
            context.addLayerToLoadOnCompletion(written, details)
        styles.apply_on_load(context, written, role)
        return written

    def _write_sink(
        self,
        frame: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        geometry_type: str,
        role: str | None,
    ) -> str:
        crs = to_qgis(frame.crs) if getattr(frame, "crs", None) else QgsCoordinateReferenceSystem()
        fields = fields_of(frame[attribute_columns(frame)])
        wkb_type = QgsWkbTypes.parseType(geometry_type)
        sink, written = self.parameterAsSink(parameters, name, context, fields, wkb_type, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, name))
        add_to_sink(frame, sink)
        sink.flushBuffer()
        styles.apply_on_load(context, written, role)
        return written

    def save_report(self, report: Report, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, str]:
        """Write the REPORT output; returns it as a part of the results."""
        path = self.parameterAsFileOutput(parameters, "REPORT", context)
        if not path:
            return {}
        report.save(Path(path))
        return {"REPORT": path}


def _destination(value: Any, context: QgsProcessingContext) -> str:  # noqa: ANN401
    """The text of a sink parameter: a path, a URI, or empty."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if isinstance(value, QgsProperty):
        text, _ = value.valueAsString(context.expressionContext(), "")
        value = text or value.staticValue()
    return str(value) if value else ""


def to_qgis(crs: pyproj.CRS) -> QgsCoordinateReferenceSystem:
    """The same CRS for QGIS."""
    authority = crs.to_authority()
    return QgsCoordinateReferenceSystem(":".join(authority) if authority else crs.to_wkt())


POLYGON_SOURCE = QgsProcessing.SourceType.TypeVectorPolygon
ANY_SOURCE = QgsProcessing.SourceType.TypeVector
SINK_POLYGON = QgsProcessing.SourceType.TypeVectorPolygon
SINK_ANY = QgsProcessing.SourceType.TypeVectorAnyGeometry
SINK_TABLE = QgsProcessing.SourceType.TypeVector
