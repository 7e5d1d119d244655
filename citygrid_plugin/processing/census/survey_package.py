"""``citygrid:surveypackage``: a GeoPackage and a project for the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureSource,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QDate, Qt

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError, EmptyInput, UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, POLYGON_SOURCE, CityGridAlgorithm, to_qgis
from citygrid_plugin.processing.exchange import attribute_columns, frame_from_source, is_known
from citygrid_plugin.processing.grid_layers import read_grid, with_area
from citygrid_plugin.processing.schemes import add_scheme, read_scheme

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.storage.survey_area import Bounds

_FROM_WORKSPACE = {"GRID": "unit_grid", "COMMUNITIES": "communities", "COMPONENTS": "components"}


class NoGrid(CityGridError):
    """Neither a unit grid nor a workspace that holds one."""

    template = "There is no unit grid. Choose one as GRID, or a workspace that holds one."


class SurveyPackage(CityGridAlgorithm):
    """Makes a package for the field."""

    NAME = "surveypackage"
    TITLE = "Make a survey package"
    TAGS = ("外业", "采集", "普查", "QField", "Mergin Maps", "field", "survey")
    HELP = (
        "Writes a folder with one GeoPackage and one QGIS project for the field. Copy it to a device and open it in "
        "QField, or upload it to Mergin Maps, as it is; it opens in QGIS, too.\n\n"
        "Components are drawn as points, lines or areas into three empty layers. Their form asks for the class (first "
        "the major class, then its classes), state, source, date and surveyor, and takes a photo; what is required "
        "must be filled before a component can be saved. Nobody types an id: the device gives each component a number "
        "of its own (FieldID), and the import gives the code. The unit grid with its codes, the communities, "
        "components that are known already and any base layers lie below and cannot be changed.\n\n"
        "Take the unit grid from a workspace or choose it; of a workspace, its communities and components are taken, "
        "too. Without communities, they are made from the unit grid. A package may hold some communities or streets "
        "only (by code or name), an extent, or some classes (by code, name or major class).\n\n"
        "The way back: run Import components on each filled layer of survey_data.gpkg; the fields have the names that "
        "it knows. With import_mapping.json as its mapping, surveyor and photo go to Note.\n\n"
        "The folder must be new or empty; it appears when the package is complete."
    )

    def flags(self) -> Qgis.ProcessingAlgorithmFlags:
        # A project belongs to the thread of the window.
        return super().flags() | Qgis.ProcessingAlgorithmFlag.NoThreading

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFile(
                "WORKSPACE", tr("Workspace (GeoPackage)"), fileFilter=tr("GeoPackages (*.gpkg)"), optional=True
            )
        )
        self._add_source("GRID", tr("Unit grid (that of the workspace if empty)"), POLYGON_SOURCE)
        self._add_source("COMMUNITIES", tr("Communities (those of the workspace or the unit grid)"), POLYGON_SOURCE)
        self._add_source("COMPONENTS", tr("Known components (those of the workspace)"), ANY_SOURCE)
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                "BASE_LAYERS", tr("Base layers, such as roads and water"), ANY_SOURCE, optional=True
            )
        )
        add_scheme(self)
        self._add_text("CLASSES", tr("Only these classes (codes, names or majors, separated by commas)"))
        self._add_text("PLACES", tr("Only these communities or streets (codes or names, separated by commas)"))
        self.addParameter(QgsProcessingParameterExtent("EXTENT", tr("Only this extent"), optional=True))
        self._add_text("SURVEYOR", tr("Name of the surveyor (the app's account if empty)"))
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder (new or empty)")))
        self.add_numbers(GRID_COUNT=tr("Unit grids"), COMPONENT_COUNT=tr("Known components"), CLASS_COUNT=tr("Classes"))

    def _add_source(self, name: str, title: str, kind: Qgis.ProcessingSourceType) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource(name, title, [kind], optional=True))

    def _add_text(self, name: str, title: str) -> None:
        self.addParameter(QgsProcessingParameterString(name, title, optional=True))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.storage import survey  # noqa: PLC0415
        from citygrid_plugin.storage.survey_area import chosen_classes, listed  # noqa: PLC0415

        from . import survey_project  # noqa: PLC0415 - loads geopandas

        folder = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context))
        with survey.new_folder(folder) as scratch:  # before all work: a folder that is not empty ends it
            workspace = self.parameterAsFile(parameters, "WORKSPACE", context)
            scheme = read_scheme(self, parameters, context, Path(workspace) if workspace else None)
            classes = chosen_classes(scheme, listed(self.parameterAsString(parameters, "CLASSES", context)))
            parameters = _with_workspace(parameters, workspace)
            grid = self._grid(parameters, context, feedback)
            content = survey.Content(
                grid=grid,
                communities=self._communities(parameters, context, feedback, grid),
                classes=classes,
                existing=self._existing(parameters, context, feedback, grid, set(classes[fields.CLASS_CODE])),
                base=self._base(parameters, context, feedback, grid),
                about={
                    "title": tr("Component survey"),
                    "scheme": scheme.id,
                    "made": QDate.currentDate().toString(Qt.DateFormat.ISODate),
                },
            )
            progress = self.progress(feedback, 0.6, 1.0)
            progress(0.0)
            seen = survey.write_data(content, scratch)
            progress(0.6)
            survey_project.build(scratch, content, seen, self._surveyor(parameters, context))
            survey.write_text(scratch / survey.READ_ME, _read_me())
            progress(1.0)
        known = 0 if content.existing is None else len(content.existing)
        message = tr("A survey package with {grids} unit grids, {classes} classes and {known} known components.")
        feedback.pushInfo(message.format(grids=len(grid), classes=len(classes), known=known))
        return {
            "OUTPUT": str(folder),
            "GRID_COUNT": len(grid),
            "COMPONENT_COUNT": known,
            "CLASS_COUNT": len(classes),
        }

    # Reading the parameters

    def _surveyor(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        return self.parameterAsString(parameters, "SURVEYOR", context).strip()

    def _grid(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame:
        """The chosen unit grids that are valid now, in the CRS in which they are measured."""
        from citygrid_plugin.storage.survey import flat  # noqa: PLC0415
        from citygrid_plugin.storage.survey_area import chosen_grid, listed  # noqa: PLC0415

        grid = read_grid(self, parameters, context, self.progress(feedback, 0.0, 0.3), feedback)
        if fields.BGID not in grid:
            raise UnknownField(layer="GRID", field=fields.BGID, available=", ".join(attribute_columns(grid)))
        grid = with_area(grid, feedback)
        grid[fields.BGID] = grid[fields.BGID].fillna("").astype(str)
        places = listed(self.parameterAsString(parameters, "PLACES", context))
        return flat(chosen_grid(_plain(grid, fields.UNIT_GRID), places, self._bounds(parameters, context, grid)))

    def _bounds(
        self, parameters: dict[str, Any], context: QgsProcessingContext, grid: gpd.GeoDataFrame
    ) -> Bounds | None:
        extent = self.parameterAsExtent(parameters, "EXTENT", context, to_qgis(grid.crs))
        if not parameters.get("EXTENT") or extent.isNull():
            return None
        return extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()

    def _communities(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        grid: gpd.GeoDataFrame,
    ) -> gpd.GeoDataFrame:
        """The communities that have a part in the chosen grids; made from these where there is no layer."""
        from citygrid_plugin.storage.survey_area import communities_of  # noqa: PLC0415

        try:
            frame = self.read_optional(parameters, "COMMUNITIES", context, self.progress(feedback, 0.3, 0.4))
        except EmptyInput:
            frame = None
        if frame is None or fields.COMMUNITY_CODE not in frame:
            return communities_of(grid)
        codes = set(grid.get(fields.COMMUNITY_CODE, grid[fields.BGID].str[:12]))
        frame = frame[frame[fields.COMMUNITY_CODE].fillna("").astype(str).isin(codes)]
        return self._at(frame, grid) if len(frame) else communities_of(grid)

    def _existing(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        grid: gpd.GeoDataFrame,
        classes: set[str],
    ) -> gpd.GeoDataFrame | None:
        """The known components of the chosen classes in the chosen grids; None where there are none."""
        if not parameters.get("COMPONENTS"):
            return None
        source = self.source(parameters, "COMPONENTS", context)
        columns = [name for name in fields.COMPONENT if name in source.fields().names()]
        progress = self.progress(feedback, 0.4, 0.55)
        try:
            if parameters.get("PLACES") or parameters.get("EXTENT"):  # a part of the city
                frame = frame_from_source(source, columns, progress, _box(grid, source, context))
            else:
                frame = self.read(parameters, "COMPONENTS", context, progress, columns)
        except EmptyInput:
            return None
        if fields.CLASS_CODE in frame:
            frame = frame[frame[fields.CLASS_CODE].isin(classes)]
        frame = self._at(frame, grid)
        return frame if len(frame) else None

    def _base(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        grid: gpd.GeoDataFrame,
    ) -> dict[str, gpd.GeoDataFrame]:
        """What of the base layers lies at the chosen grids, by title; a layer without anything there is left out."""
        from citygrid_plugin.storage.survey import EXISTING, by_geometry  # noqa: PLC0415

        found: dict[str, gpd.GeoDataFrame] = {}
        ranks: dict[str, int] = {}  # points over lines over areas
        for layer in self.parameterAsLayerList(parameters, "BASE_LAYERS", context):
            progress = self.progress(feedback, 0.55, 0.6)
            try:
                frame = frame_from_source(layer, progress=progress, box=_box(grid, layer, context))
            except EmptyInput:
                continue
            parts = by_geometry(self._at(frame, grid))
            for kind, rows in parts.items():
                title = _free(layer.name() if len(parts) == 1 else f"{layer.name()} ({kind})", found)
                found[title], ranks[title] = rows, list(EXISTING).index(kind)
        return {title: found[title] for title in sorted(found, key=ranks.__getitem__)}

    def _at(self, frame: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        from citygrid_plugin.storage.survey import flat  # noqa: PLC0415
        from citygrid_plugin.storage.survey_area import within  # noqa: PLC0415

        return flat(within(frame, grid))


def _with_workspace(parameters: dict[str, Any], workspace: str) -> dict[str, Any]:
    """The parameters with the layers of the workspace where none was chosen. Raises ``NoGrid``."""
    from citygrid_plugin.storage.workspace import layers_present, source  # noqa: PLC0415

    there = layers_present(Path(workspace)) if workspace else {}
    found = {
        name: source(Path(workspace), layer)
        for name, layer in _FROM_WORKSPACE.items()
        if not parameters.get(name) and there.get(layer)
    }
    if not parameters.get("GRID") and "GRID" not in found:
        raise NoGrid
    return parameters | found


def _box(grid: gpd.GeoDataFrame, source: QgsFeatureSource, context: QgsProcessingContext) -> QgsRectangle | None:
    """The extent of a grid in the CRS of a source, so that no more is read; None where it cannot be told."""
    extent = QgsRectangle(*(float(value) for value in grid.total_bounds))
    if not is_known(source.sourceCrs()):
        return extent
    there = QgsCoordinateTransform(to_qgis(grid.crs), source.sourceCrs(), context.transformContext())
    try:
        return there.transformBoundingBox(extent)
    except QgsCsException:  # the source's CRS does not reach here; all of it is read, and told apart later
        return None


def _plain(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Only the columns of the contract, as far as there are."""
    return frame[[*(name for name in columns if name in frame), frame.geometry.name]]


def _free(title: str, taken: dict[str, Any]) -> str:
    """A title that no other base layer has."""
    number, name = 1, title
    while name in taken:
        number += 1
        name = f"{title} {number}"
    return name


def _read_me() -> str:
    """What the folder is, for whoever finds it."""
    lines = (
        tr("A survey package of CityGrid: components for the field."),
        tr("QField: copy this folder to the device and open survey.qgz."),
        tr("Mergin Maps: create a project from this folder with its plugin for QGIS, and open it in the app."),
        tr("Photos are stored in the folder DCIM."),
        tr("Back in the office: run Import components on each filled layer of survey_data.gpkg (import_mapping.json)."),
    )
    return "\n".join(lines) + "\n"
