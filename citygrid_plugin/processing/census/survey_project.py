"""The QGIS project of a survey package: layers, order, styles, and what may be changed in the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgis.core import (
    Qgis,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnreadableFile, UnwritableTarget
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing import styles
from citygrid_plugin.storage import survey

from . import survey_forms

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.storage.survey import Content

LAYER_TITLES: Final = {
    "components_point": "Components: points",
    "components_line": "Components: lines",
    "components_polygon": "Components: areas",
    "existing_point": "Known components: points",
    "existing_line": "Known components: lines",
    "existing_polygon": "Known components: areas",
    "communities": "Communities",
    "unit_grid": "Unit grid",
    "code_majors": "Major classes",
    "code_classes": "Classes",
}
"""Titles of the layers, in drawing order."""
_ROLES: Final = {"communities": "communities", "unit_grid": "unit_grid"}
_LABELLED_BELOW = 2_000  # 1 : this
_KNOWN_OPACITY = 0.7
_BASE_OPACITY = 0.6
_BASE_COLOR = "#a0a4aa"
_MARGIN = 1.05


def build(folder: Path, content: Content, seen: list[str], surveyor: str) -> None:
    """Write the project beside the GeoPackage in ``folder``. ``seen``: the layers for the eye that are there.

    Raises ``UnreadableFile`` for a layer that does not open, ``UnwritableTarget``.
    """
    path = folder / survey.PROJECT_FILE
    project = QgsProject()
    try:
        project.setFilePathStorage(Qgis.FilePathType.Relative)
        project.setFileName(str(path))
        _fill(project, folder / survey.DATA_FILE, content, seen, surveyor)
        _look_at(project, content.grid)
        if not project.write():
            raise UnwritableTarget(path=str(path), why=project.error())
    finally:
        project.clear()  # lets go of the GeoPackage, so that its folder can take its name


def _fill(project: QgsProject, data: Path, content: Content, seen: list[str], surveyor: str) -> None:
    titles = dict(zip((name for name in seen if name.startswith(survey.BASE)), content.base, strict=True))
    group = project.layerTreeRoot().addGroup(tr("Code tables"))
    group.setExpanded(False)
    group.setItemVisibilityChecked(False)
    majors, classes = (_table(project, group, data, name) for name in (survey.MAJORS, survey.CLASSES))
    tables = survey_forms.CodeTables.of(majors, classes, content.classes)
    known = [name for name in seen if name not in titles]
    order = (*survey.SURVEYED, *known, survey.COMMUNITIES, survey.GRID, *titles)
    for place, name in enumerate(order):
        layer = _layer(data, name, tr(LAYER_TITLES[name]) if name in LAYER_TITLES else titles[name])
        project.addMapLayer(layer, False)
        project.layerTreeRoot().insertLayer(place, layer).setExpanded(False)
        if name in survey.SURVEYED:
            _surveyed(project, layer, tables, surveyor)
        else:
            _known(layer, name)
    project.setCrs(layer.crs())
    project.setTitle(content.about.get("title", ""))
    metadata = project.metadata()
    metadata.setAuthor(" ")  # QGIS fills in the account of this computer, from 3.44 on also where it is empty
    project.setMetadata(metadata)
    project.writeProject.connect(_without_account)


def _without_account(document: QDomDocument) -> None:
    """QGIS names who saves a project."""
    for name in ("saveUser", "saveUserFull"):
        document.documentElement().removeAttribute(name)


def _layer(data: Path, name: str, title: str) -> QgsVectorLayer:
    """A layer of the package, with an id that is the same in every package: forms and Mergin Maps go by it."""
    layer = QgsVectorLayer(f"{data}|layername={name}", title, "ogr")
    if not layer.isValid():
        raise UnreadableFile(path=f"{data} ({name})", why="QGIS cannot open it")
    layer.setId(f"citygrid_survey_{name}")  # QGIS drops ids of ten characters and fewer
    return layer


def _table(project: QgsProject, group: QgsLayerTreeGroup, data: Path, name: str) -> QgsVectorLayer:
    layer = _layer(data, name, tr(LAYER_TITLES[name]))
    _lock(layer)
    layer.setFlags(layer.flags() & ~QgsMapLayer.LayerFlag.Searchable)
    layer.setDisplayExpression('"Label"')
    project.addMapLayer(layer, False)
    group.addLayer(layer)
    return layer


def _surveyed(project: QgsProject, layer: QgsVectorLayer, tables: survey_forms.CodeTables, surveyor: str) -> None:
    styles.apply(layer, "components")
    survey_forms.apply(layer, tables, surveyor)
    _label_by_class(layer)
    project.writeEntry(*survey_forms.photo_entry(layer))


def _known(layer: QgsVectorLayer, name: str) -> None:
    """A layer for the eye: drawn, labelled and asked, but not changed."""
    role = _ROLES.get(name, "components" if name.startswith("existing") else None)
    styles.apply(layer, role)
    if role == "components":
        layer.setOpacity(_KNOWN_OPACITY)
        _label_by_class(layer)
    elif role is None:
        symbol = QgsSymbol.defaultSymbol(layer.geometryType())
        if symbol is not None:
            symbol.setColor(QColor(_BASE_COLOR))
            layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        layer.setOpacity(_BASE_OPACITY)
    _lock(layer)


def _lock(layer: QgsVectorLayer) -> None:
    layer.setReadOnly(True)
    layer.setCustomProperty("QFieldSync/action", "copy")
    layer.setCustomProperty("QFieldSync/cloud_action", "no_action")
    layer.setCustomProperty("QFieldSync/is_geometry_locked", True)


def _label_by_class(layer: QgsVectorLayer) -> None:
    """Components that have no name yet are labelled by their class."""
    settings = layer.labeling().settings()
    settings.fieldName = f'coalesce("{fields.OBJ_NAME}", "{fields.CLASS_NAME}")'
    settings.minimumScale = _LABELLED_BELOW
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setDisplayExpression(settings.fieldName)


def _look_at(project: QgsProject, grid: gpd.GeoDataFrame) -> None:
    """Start at the unit grid: QGIS reads the view settings, the apps read what the map window would have written."""
    west, south, east, north = (float(value) for value in grid.total_bounds)
    extent = QgsRectangle(west, south, east, north)
    extent.scale(_MARGIN)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, project.crs()))
    settings = QgsMapSettings()
    settings.setDestinationCrs(project.crs())
    settings.setExtent(extent)

    def write_canvas(document: QDomDocument) -> None:
        canvas = document.createElement("mapcanvas")
        canvas.setAttribute("name", "theMapCanvas")
        document.documentElement().appendChild(canvas)
        settings.writeXml(canvas, document)

    project.writeProject.connect(write_canvas)
