"""What all CityGrid algorithms share: reading, writing, reports, progress, cancel and error sentences."""

from __future__ import annotations

import gc
import importlib
import traceback
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
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
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingUtils,
    QgsProperty,
    QgsProviderRegistry,
    QgsWkbTypes,
)

from citygrid_plugin.core.errors import (
    BadSetting,
    Cancelled,
    CityGridError,
    MissingPackage,
    UnknownField,
    UnwritableTarget,
)
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import sentence, tr

from . import styles
from .exchange import (
    add_to_sink,
    attribute_columns,
    fields_of,
    frame_from_geopackage,
    frame_from_source,
)
from .projections import projections_kept

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from citygrid_plugin.storage.layers import NewLayer
    from citygrid_plugin.storage.report import Report

LOG_TAB = "CityGrid"
_DECIMALS = 2  # that dialogs show and take; QGIS's six read badly
_SHAPEFILE, _REPORT = ".shp", ".html"
_OTHER_FILES = (".csv", ".xlsx", ".pdf")  # that algorithms write beside layers
_SINGLE = {"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon"}

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
            with warnings.catch_warnings():  # geopandas warns of its own calls; QGIS would show that to the user
                warnings.simplefilter("ignore", DeprecationWarning)
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

    _feedback: QgsProcessingFeedback | None = None  # of the run under way
    _together: dict[Path, list[NewLayer]] | None = None  # layers that wait for others of their GeoPackage

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    HELP: ClassVar[str]
    TAGS: ClassVar[Sequence[str]] = ()
    KEPT: ClassVar[Sequence[str]] = ()  # sources whose rows the output holds as well, so that it may replace them

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
        for definition in self.parameterDefinitions():
            if isinstance(definition, QgsProcessingParameterNumber) and not definition.metadata():
                definition.setMetadata({"widget_wrapper": {"decimals": _DECIMALS}})

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
            self._feedback = feedback
            self._check_destinations(parameters, context)
            with projections_kept(), _no_garbage_collection():
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

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        from citygrid_plugin.storage.files import recover  # noqa: PLC0415

        for path in _databases(parameters.values(), context):
            recover(path)
        return super().checkParameterValues(self.checkable(parameters, context), context)

    def checkable(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The parameters as QGIS's own check shall see them."""
        return parameters

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

    def source(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> QgsProcessingFeatureSource:
        """The source of a parameter; raises QGIS's own sentence where there is none."""
        source = self.parameterAsSource(parameters, name, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, name))
        return source

    def read(
        self,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        progress: Progress,
        columns: Sequence[str] | None = None,
    ) -> gpd.GeoDataFrame:
        """The features of a source parameter as a table; only the fields ``columns`` where given."""
        source = self.source(parameters, name, context)
        if columns is not None:
            available = source.fields().names()
            for column in columns:
                if column not in available:
                    raise UnknownField(layer=source.sourceName(), field=column, available=", ".join(available))
            if not isinstance(parameters[name], QgsProcessingFeatureSourceDefinition):  # it may select or filter
                layer = self.parameterAsVectorLayer(parameters, name, context)
                frame = frame_from_geopackage(layer, columns, progress)
                if frame is not None:
                    return frame
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
        *,
        adds: bool = False,
    ) -> str | None:
        """Write a table to a sink parameter; returns the layer's source, None where it is not wanted.

        ``frame`` may be a plain table; its ``geometry_type`` is NoGeometry.
        Files and GeoPackage layers are written in bulk and all or nothing; other destinations
        (memory, PostGIS) through QGIS's sink. ``role`` chooses the style (``styles.ROLES``). With ``adds``, the rows
        of a plain table are added to those that a layer of a GeoPackage holds.
        """
        from citygrid_plugin.storage import layers  # noqa: PLC0415

        self._go_on(0.0)
        value = parameters.get(name)
        definition = value if isinstance(value, QgsProcessingOutputLayerDefinition) else None
        destination = destination_of(value, context)
        if not destination:
            return None
        path, table = _plain_file(destination), table_of(destination)
        if table is not None:
            database, layer = table
            if adds:
                layers.add_to_layer(frame, Path(database), layer)
            else:
                self.write_layer(Path(database), layers.NewLayer(layer, frame, geometry_type))
            written = f"{database}|layername={layer}"
        elif path is not None and path.suffix.lower() == _SHAPEFILE:
            self._write_shapefile(frame, path)
            written = destination
        elif path is not None:
            layers.write_file(frame, path, geometry_type)
            written = destination
        else:
            return self._write_sink(frame, parameters, name, context, geometry_type, role)
        if definition is not None and definition.destinationProject is not None:
            title = definition.destinationName or self.parameterDefinition(name).description()
            details = QgsProcessingContext.LayerDetails(title, definition.destinationProject, name)
            context.addLayerToLoadOnCompletion(written, details)
        styles.apply_on_load(context, written, role)
        return written

    @contextmanager
    def all_or_none(self) -> Iterator[None]:
        """Layers that are written inside, and that go into one GeoPackage, are written together at the end."""
        from citygrid_plugin.storage.layers import write_layers  # noqa: PLC0415

        self._together = {}
        try:
            yield
            for path, waiting in self._together.items():
                write_layers(waiting, path, self._go_on)
        finally:
            self._together = None

    def write_layer(self, workspace: Path, layer: NewLayer) -> None:
        """Write a layer of a GeoPackage: now, or with the others of ``all_or_none``."""
        from citygrid_plugin.storage.layers import write_layers  # noqa: PLC0415

        if self._together is None:
            write_layers([layer], workspace, self._go_on)
        else:
            self._together.setdefault(workspace, []).append(layer)

    def _go_on(self, _share: float) -> None:
        """Raise ``Cancelled`` where the user has cancelled."""
        if self._feedback is not None and self._feedback.isCanceled():
            raise Cancelled

    def _write_shapefile(self, frame: gpd.GeoDataFrame, path: Path) -> None:
        """Write a shapefile as the delivery does, and tell what it cannot hold."""
        from citygrid_plugin.storage import shapefiles  # noqa: PLC0415
        from citygrid_plugin.storage.files import scratch_folder  # noqa: PLC0415

        with scratch_folder(path.parent) as scratch:
            files = shapefiles.write_shapefiles(frame, scratch, path.stem, "UTF-8")
            if len(files) > 1:
                why = "its rows have several kinds of geometry, and a shapefile holds one"
                raise UnwritableTarget(path=str(path), why=why)
            shapefiles.publish(files, path.parent)
        if files[0].cut and self._feedback is not None:
            message = tr(
                "{file}: {count} texts were longer than 254 bytes and were cut. A GeoPackage holds them whole."
            )
            self._feedback.pushWarning(message.format(file=path.name, count=len(files[0].cut)))

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
        if not sink.flushBuffer():
            raise UnwritableTarget(path=written, why=sink.lastError())
        styles.apply_on_load(context, written, role)
        return written

    def _check_destinations(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Refuse, before any work, targets that cannot be written or that would destroy something.

        Raises ``UnwritableTarget`` for a file that another output, or an input, uses.
        """
        from citygrid_plugin.storage.layers import check_target  # noqa: PLC0415

        sources = self._source_files(parameters, context)
        taken: set[Path] = set()
        for definition in self.destinationParameterDefinitions():
            path = _plain_file(destination_of(parameters.get(definition.name()), context), _OTHER_FILES)
            if path is None:
                continue
            check_target(path)
            path = path.resolve()
            if path in taken:
                raise UnwritableTarget(path=str(path), why="another output of this run goes there")
            if path in sources:
                raise UnwritableTarget(path=str(path), why="an input of this run is read from there")
            taken.add(path)

    def _source_files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> set[Path]:
        """The files that the source parameters are read from."""
        layers = []
        for definition in self.parameterDefinitions():
            if definition.type() == "multilayer":
                layers += self.parameterAsLayerList(parameters, definition.name(), context)
            elif definition.name() in self.KEPT or not parameters.get(definition.name()):
                continue
            elif definition.type() in ("source", "vector"):
                layers.append(self.parameterAsVectorLayer(parameters, definition.name(), context))
        uris = [(layer.providerType(), layer.source()) for layer in layers if layer is not None]
        registry = QgsProviderRegistry.instance()
        paths = [registry.decodeUri(provider, uri).get("path", "") for provider, uri in uris]
        return {Path(path).resolve() for path in paths if path}

    def save_report(self, report: Report, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, str]:
        """Write the REPORT output; returns it as a part of the results."""
        path = self.parameterAsFileOutput(parameters, "REPORT", context)
        if not path:
            return {}
        report.save(Path(path))
        return {"REPORT": path}


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for reference cycles meanwhile.

    Every new outline is a Python object, and with hundreds of thousands of them the collector goes through all of
    them again and again (measured: a tenth of the time for 270,000 unit grids), to find nothing: hot loops make no
    cycles. What is not in a cycle is freed as always.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def destination_of(value: Any, context: QgsProcessingContext) -> str:  # noqa: ANN401
    """The text of a sink parameter: a path, a URI, or empty."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if isinstance(value, QgsProperty):
        text, _ = value.valueAsString(context.expressionContext(), "")
        value = text or value.staticValue()
    return str(value) if value else ""


def table_of(destination: str) -> tuple[str, str] | None:
    """Database and table of a destination that is a layer of a GeoPackage (``ogr:``); None for any other."""
    if not destination.startswith("ogr:"):
        return None
    uri = QgsDataSourceUri(destination.removeprefix("ogr:"))
    return uri.database(), uri.table()


def workspace_of(value: Any, context: QgsProcessingContext) -> Path | None:  # noqa: ANN401
    """The GeoPackage of which a sink parameter is one layer of several; None for any other destination."""
    table = table_of(destination_of(value, context))
    path = Path(table[0]) if table is not None else None
    return path if path is not None and path.suffix.lower() == ".gpkg" else None


def _databases(values: Iterable[Any], context: QgsProcessingContext) -> Iterator[Path]:
    """The GeoPackages that values of parameters name as text, to read from or to write to."""
    for value in values:
        if isinstance(value, list):
            yield from _databases(value, context)
            continue
        source = isinstance(value, QgsProcessingFeatureSourceDefinition)
        text = destination_of(value.source if source else value, context)
        table = table_of(text)
        path = Path(table[0] if table is not None else text.partition("|")[0])
        if path.suffix.lower() == ".gpkg":
            yield path


def _plain_file(destination: str, more: Collection[str] = ()) -> Path | None:
    """The file that a destination names by its path; None for a layer of a database, memory, or other URIs.

    ``more``: suffixes beside those that layers are written to in bulk.
    """
    from citygrid_plugin.storage.layers import DRIVERS  # noqa: PLC0415

    path = Path(destination)
    known = path.suffix.lower() in {*DRIVERS, _SHAPEFILE, _REPORT, *more} and ":" not in destination[2:]
    return path if destination and known else None


def to_qgis(crs: pyproj.CRS) -> QgsCoordinateReferenceSystem:
    """The same CRS for QGIS."""
    authority = crs.to_authority()
    return QgsCoordinateReferenceSystem(":".join(authority) if authority else crs.to_wkt())


POLYGON_SOURCE = QgsProcessing.SourceType.TypeVectorPolygon
ANY_SOURCE = QgsProcessing.SourceType.TypeVector
SINK_POLYGON = QgsProcessing.SourceType.TypeVectorPolygon
SINK_ANY = QgsProcessing.SourceType.TypeVectorAnyGeometry
SINK_TABLE = QgsProcessing.SourceType.TypeVector


def not_in_memory(value: Any, name: str, context: QgsProcessingContext) -> Any:  # noqa: ANN401
    """A sink parameter with a temporary GeoPackage in place of a memory layer."""
    definition = value if isinstance(value, QgsProcessingOutputLayerDefinition) else None
    sink = destination_of(value, context)
    if sink != QgsProcessing.TEMPORARY_OUTPUT and not sink.startswith("memory:"):
        return value
    path = QgsProcessingUtils.generateTempFilename(f"{name.lower()}.gpkg", context)
    if definition is None:
        return path
    result = QgsProcessingOutputLayerDefinition(path, definition.destinationProject)
    result.destinationName = definition.destinationName
    return result


def geometry_type(frame: gpd.GeoDataFrame) -> str:
    """The one type that holds all geometries."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    present = frame.geometry.dropna().to_numpy()
    kinds = {shapely.GeometryType(kind).name for kind in np.unique(shapely.get_type_id(present))}
    single = {kind.removeprefix("MULTI") for kind in kinds} or {"POINT"}
    if len(single) > 1 or not single <= _SINGLE.keys():
        return "Unknown"
    kind = _SINGLE[single.pop()]
    return kind if kind == "Point" and "MULTIPOINT" not in kinds else f"Multi{kind}"
