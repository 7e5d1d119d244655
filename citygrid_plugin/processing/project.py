"""A QGIS project from a workspace, and maps as pictures. Needs no window."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsExpressionContextUtils,
    QgsLayerTree,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeModel,
    QgsLayerTreeNode,
    QgsLegendRenderer,
    QgsLegendSettings,
    QgsLegendStyle,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QImage, QPainter

from citygrid_plugin.core.errors import UnreadableFile, UnwritableTarget
from citygrid_plugin.i18n import tr
from citygrid_plugin.storage import workspace as storage

from . import styles
from .cases import case_grids, case_layers, case_styles

_SCOPE, _ENTRY = "CityGrid", "/workspace"
_NAME_PROPERTY = "citygrid/layer"
_FILLS = (
    "zoned_grid",
    "responsibility_grids",
    "owned_grid",
    "grid_case_counts",
    "zone_case_counts",
)  # these hide each other
_NAMED_STYLES = {"cases", "case_counts"}  # roles of several styles, kept by name
_DPI = 120
_STRIP = 64  # pixels of a map's title
_MARGIN = 1.05


def build_project(workspace: Path, project: QgsProject | None = None, path: Path | None = None) -> QgsProject:
    """Make a project of all layers of a workspace: grouped, ordered, styled, in the grid's CRS.

    With ``path`` it is saved there (.qgz) with relative paths. Raises ``UnreadableFile`` where the
    workspace holds no layer, ``UnwritableTarget`` where the project cannot be saved.
    """
    project = QgsProject() if project is None else project
    project.setFilePathStorage(Qgis.FilePathType.Relative)
    if path is not None:
        project.setFileName(str(path))
    layers = show_layers(project, workspace)
    if not layers:
        raise UnreadableFile(path=str(workspace), why=tr("it holds no layer of CityGrid"))
    project.setTitle(workspace.stem)
    remember_workspace(project, workspace)
    if path is not None and not project.write():
        raise UnwritableTarget(path=str(path), why=project.error())
    return project


def remember_workspace(project: QgsProject, workspace: Path) -> None:
    """Note in a project which workspace it shows, relative to the project's own place."""
    project.writeEntry(_SCOPE, _ENTRY, project.pathResolver().writePath(str(workspace)))


def workspace_of(project: QgsProject) -> Path | None:
    """The workspace that a project shows, if it was made from one."""
    text, known = project.readEntry(_SCOPE, _ENTRY)
    return Path(project.pathResolver().readPath(text)) if known and text else None


def show_layers(project: QgsProject, workspace: Path, names: AbstractSet[str] | None = None) -> list[QgsVectorLayer]:
    """Add layers of a workspace to a project, or read them anew where they are there already.

    ``names``: only these, with all their numbered ones. Empty layers are not shown. Returns the
    layers shown, the uppermost first. A project without layers takes the CRS and extent of what is added;
    where all are shown, so does one in degrees.
    """
    first = not project.mapLayers()
    shown = []
    for name, count in storage.layers_present(workspace).items():
        kind = storage.kind_of(name)
        if kind is not None and (names is None or names & {name, kind.name}):
            shown += _show(project, workspace, kind, name, empty=not count)
    if first or (names is None and project.crs().isGeographic()):
        _look_at(project, shown)
    return shown


def extent_of(project: QgsProject, workspace: Path) -> QgsReferencedRectangle | None:
    """Extent of a workspace's layers that a project shows, with a margin; None where there is none."""
    layers = [
        layer
        for name in storage.layers_present(workspace)
        for layer in layers_of(project, workspace, name)
        if layer.isSpatial()
    ]
    extent = _extent(project, layers)
    return None if extent.isEmpty() else QgsReferencedRectangle(extent, project.crs())


def layers_of(project: QgsProject, workspace: Path, name: str) -> list[QgsVectorLayer]:
    """The layers on the map that show the layer ``name`` of a workspace.

    Clusters and heat maps of cases, which stand beside their layer (``case_layers``), are not among them.
    """
    shown = (layer for layer in project.mapLayers().values() if not case_layers.is_part(layer))
    return [layer for layer in shown if is_layer_of(layer, workspace, name)]


def is_layer_of(layer: QgsMapLayer, workspace: Path, name: str) -> bool:
    """Whether a layer on the map shows the layer ``name`` of a workspace."""
    if layer.providerType() != "ogr":
        return False
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    return parts.get("layerName") == name and Path(parts.get("path") or "") == workspace


def title_of(kind: storage.WorkspaceLayer, name: str) -> str:
    """What the layer ``name`` of a workspace, which is of this kind, is called on the map."""
    return tr(kind.title) + name.removeprefix(kind.name).replace("_", " ")


def has_unsaved(project: QgsProject, workspace: Path, names: AbstractSet[str]) -> bool:
    """Whether one of these layers of a workspace is being edited on the map and has changes that are not saved."""
    return any(layer.isModified() for name in names for layer in layers_of(project, workspace, name))


def user_name() -> str:
    """Who is at work: the full name that the system knows, else the account."""
    account = QgsExpressionContextUtils.globalScope().variable("user_account_name")
    return QgsApplication.userFullName().strip() or str(account or "").strip() or QgsApplication.userLoginName()


def _show(
    project: QgsProject, workspace: Path, entry: storage.WorkspaceLayer, name: str, *, empty: bool
) -> list[QgsVectorLayer]:
    """One layer of the workspace: a map layer for each type of geometry that it holds."""
    wanted = [] if empty else _uris(workspace, name)
    # Where the user has copies of a layer, ours is the one to read anew.
    there = sorted(layers_of(project, workspace, name), key=_is_ours)
    known = {layer.source(): layer for layer in there}
    gone = [layer for layer in there if layer.source() not in wanted]
    project.removeMapLayers([part.id() for layer in gone for part in case_layers.parts_of(layer)])
    project.removeMapLayers([layer.id() for layer in gone])
    shown = []
    for uri in wanted:
        layer = _reload(known[uri]) if uri in known else QgsVectorLayer(uri, entry.name, "ogr")
        title = title_of(entry, name)
        if len(wanted) > 1:
            title += f" ({Qgis.GeometryType(layer.geometryType()).name.lower()})"
        if entry.role == "case_counts":  # they do not follow the clock, so their title says what they are of
            title += f" ({case_grids.moment_of(layer)})"
        layer.setName(title)
        if not _is_ours(layer):
            layer.setCustomProperty(_NAME_PROPERTY, name)
            _settle(project, workspace, entry, layer)
        shown.append(layer)
    return shown


def bring_out(project: QgsProject, workspace: Path, name: str) -> None:
    """Switch on a layer that was just made; one that fills the grids switches off the others that do."""
    for other in _FILLS if name in _FILLS else (name,):
        for layer in layers_of(project, workspace, other):
            node = project.layerTreeRoot().findLayer(layer.id())
            if node is not None:
                node.setItemVisibilityChecked(other == name)


def _is_ours(layer: QgsMapLayer) -> bool:
    """Whether a layer was placed by this module; Processing adds layers, too."""
    return layer.customProperty(_NAME_PROPERTY) is not None


def _uris(workspace: Path, name: str) -> list[str]:
    """Data sources of a layer, one for each type of geometry in it."""
    provider = QgsProviderRegistry.instance().providerMetadata("ogr")
    flags = Qgis.SublayerQueryFlags(Qgis.SublayerQueryFlag.ResolveGeometryType)
    return [part.uri() for part in provider.querySublayers(str(workspace), flags) if part.name() == name]


def _reload(layer: QgsVectorLayer) -> QgsVectorLayer:
    """Read a layer anew after its table was replaced; its style and place stay."""
    for each in (layer, *case_layers.parts_of(layer)):
        each.setDataSource(each.source(), each.name(), each.providerType())
        each.triggerRepaint()
    return layer


def _settle(project: QgsProject, workspace: Path, entry: storage.WorkspaceLayer, layer: QgsVectorLayer) -> None:
    """Style a layer and put it in its place, cases with their clusters and heat map beside them.

    One that is there, since Processing has added and styled it, keeps its style. Only named styles are made anew: they
    shall hold whose layer it is, and when a case is due soon.
    """
    by_scale = entry.role == "cases" and layer.isSpatial()
    hours = _due_soon_hours(workspace) if by_scale else None
    if hours is not None:
        case_styles.set_due_soon(layer, hours)
    is_new = project.mapLayer(layer.id()) is None
    if is_new or entry.role in _NAMED_STYLES:
        styles.apply(layer, entry.role)
    if is_new:
        project.addMapLayer(layer, False)
    node = _place(project, workspace, entry, layer)
    if by_scale:
        case_layers.add_parts(project, layer, node)


def _due_soon_hours(workspace: Path) -> float | None:
    """The setting of the source of cases that was loaded last; None where no source is kept or says it."""
    from citygrid_plugin.storage.case_sources import case_sources  # noqa: PLC0415 - loads pandas

    loaded = sorted(case_sources(workspace), key=lambda source: source.loaded)
    stated = [source.parameters.get("DUE_SOON_HOURS") for source in loaded]
    found = [float(hours) for hours in stated if isinstance(hours, int | float)]
    return found[-1] if found else None


def _place(
    project: QgsProject, workspace: Path, entry: storage.WorkspaceLayer, layer: QgsVectorLayer
) -> QgsLayerTreeLayer:
    """Put a layer into the group of its workspace, where the drawing order wants it."""
    elsewhere = project.layerTreeRoot().findLayer(layer.id())
    group = _group(project, workspace)
    # Processing may have put the layer into this group; that node goes only afterwards, as QGIS drops a layer
    # without a node. So the place counts all nodes: before the first that is drawn below.
    nodes = group.children()
    below = (i for i, node in enumerate(nodes) if node is not elsewhere and _rank_of(node) > _rank(layer))
    node = group.insertLayer(next(below, len(nodes)), layer)
    node.setItemVisibilityChecked(entry.shown)
    node.setExpanded(entry.role in {"cases", "problems"})
    node.setCustomProperty("showFeatureCount", 1)
    if elsewhere is not None:
        elsewhere.parent().removeChildNode(elsewhere)
    return node


def _group(project: QgsProject, workspace: Path) -> QgsLayerTreeGroup:
    root = project.layerTreeRoot()
    return root.findGroup(workspace.stem) or root.insertGroup(0, workspace.stem)


def _rank_of(node: QgsLayerTreeNode) -> int:
    return _rank(node.layer() if isinstance(node, QgsLayerTreeLayer) else None)


def _rank(layer: QgsMapLayer | None) -> int:
    """Place in the drawing order; layers of other origin stay on top."""
    kind = storage.kind_of(layer.customProperty(_NAME_PROPERTY, "")) if layer is not None else None
    return storage.LAYERS.index(kind) if kind is not None else -1


def _look_at(project: QgsProject, layers: Sequence[QgsVectorLayer]) -> None:
    spatial = [layer for layer in layers if layer.isSpatial()]
    if not spatial:
        return
    grids = [layer for layer in spatial if layer.customProperty(_NAME_PROPERTY) == "unit_grid"]
    project.setCrs((grids or spatial)[0].crs())
    extent = QgsReferencedRectangle(_extent(project, spatial), project.crs())
    project.viewSettings().setDefaultViewExtent(extent)


def _extent(project: QgsProject, layers: Sequence[QgsMapLayer]) -> QgsRectangle:
    """Extent of all layers in the CRS of the project, with a margin."""
    settings = QgsMapSettings()
    settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    extent = QgsRectangle()
    for layer in layers:
        extent.combineExtentWith(settings.layerExtentToOutputExtent(layer, layer.extent()))
    if not extent.isNull():  # scaled, that of nothing would be no number, and the map would stay as it was drawn
        extent.scale(_MARGIN)
    return extent


def render(
    project: QgsProject,
    layers: Sequence[QgsMapLayer],
    path: Path,
    title: str,
    size: tuple[int, int] = (1600, 1200),
    extent: QgsRectangle | None = None,
) -> None:
    """Draw layers of a project (the uppermost first) to a PNG, with a title strip and a legend.

    ``extent`` in the project's CRS; without it, the layers' own. Raises ``UnwritableTarget``.
    """
    width, height = size
    settings = QgsMapSettings()
    settings.setLayers(list(layers))
    settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    settings.setOutputSize(QSize(width, height - _STRIP))
    settings.setOutputDpi(_DPI)
    settings.setBackgroundColor(QColor("#ffffff"))
    settings.setExtent(extent or _extent(project, [layer for layer in layers if layer.isSpatial()]))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()

    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.setDotsPerMeterX(round(_DPI / 0.0254))
    picture.setDotsPerMeterY(round(_DPI / 0.0254))
    picture.fill(QColor("#ffffff"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawImage(QPointF(0, _STRIP), job.renderedImage())
    _draw_title(painter, width, title)
    _draw_legend(painter, layers, settings)
    painter.end()
    if not picture.save(str(path), "PNG"):
        raise UnwritableTarget(path=str(path), why=tr("the picture could not be saved"))


def _draw_title(painter: QPainter, width: int, title: str) -> None:
    strip = QRectF(0, 0, width, _STRIP)
    painter.fillRect(strip, QColor("#20394f"))
    painter.setPen(QColor("#ffffff"))
    painter.setFont(_font(15))
    text = strip.adjusted(_STRIP / 3, 0, -_STRIP / 3, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)


def _font(points: float) -> QFont:
    font = QFont(styles.FONTS[0])
    font.setFamilies(list(styles.FONTS))
    font.setPointSizeF(points)
    return font


def _draw_legend(painter: QPainter, layers: Sequence[QgsMapLayer], map_settings: QgsMapSettings) -> None:
    """The legend on white, in the lower right corner."""
    tree = QgsLayerTree()
    for layer in layers:
        tree.addLayer(layer)
    legend = QgsLegendSettings()
    for component in (QgsLegendStyle.Style.Subgroup, QgsLegendStyle.Style.SymbolLabel):
        style = legend.style(component)
        text = style.textFormat()
        text.setFont(_font(9))
        text.setSize(9)
        style.setTextFormat(text)
        legend.setStyle(component, style)
    model = QgsLayerTreeModel(tree)  # the renderer does not keep it alive
    renderer = QgsLegendRenderer(model, legend)
    context = QgsRenderContext.fromMapSettings(map_settings)
    context.setPainter(painter)
    need = renderer.minimumSize(context)  # mm
    scale = _DPI / 25.4
    device = painter.device()
    box = QRectF(
        device.width() - need.width() * scale - 12,
        device.height() - need.height() * scale - 12,
        need.width() * scale,
        need.height() * scale,
    )
    painter.fillRect(box, QColor(255, 255, 255, 225))
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(scale, scale)  # the legend is drawn in millimetres
    renderer.drawLegend(context)
    painter.restore()
