"""Cases by scale: a heat map far out, clusters in the middle, symbols near.

QGIS has no renderer that changes with the scale, so three layers of one source stand in a group, each within its
scales. That holds while the cases are shown by status; any other style is drawn at all scales, and the other two layers
rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer

from citygrid_plugin.i18n import tr

from . import case_dress, case_styles

GROUP_TITLE: Final = "Open cases"
"""The group of the three layers."""

_NEAR, _MIDDLE = 5_000, 25_000  # 1:this and nearer symbols, then clusters, then the heat map
_MANY, _MIDDLE_OF_MANY = 50_000, 10_000  # cases; of more, QGIS takes too long to cluster what lies farther out
_OF: Final = "citygrid/cases_of"
_PART: Final = "citygrid/cases_part"


@dataclass(frozen=True)
class _Part:
    """A layer that stands for the cases at some scales: its style and title."""

    style: str
    title: str


_PARTS: Final = (
    _Part(case_styles.CLUSTERS, title="Clusters of cases"),
    _Part("heat", title="Density of cases"),
)


def add_parts(project: QgsProject, layer: QgsVectorLayer, node: QgsLayerTreeLayer) -> QgsLayerTreeGroup:
    """Put a layer of cases, which is at ``node``, into a group with its clusters and heat map; returns the group."""
    parent = node.parent()
    group = parent.insertGroup(parent.children().index(node), tr(GROUP_TITLE))
    moved = node.clone()
    group.addChildNode(moved)
    for part in _PARTS:
        group.addChildNode(_tree_node(_new_part(project, layer, part)))
    parent.removeChildNode(node)
    _limit(layer, by_scale=True)
    return group


def _new_part(project: QgsProject, layer: QgsVectorLayer, part: _Part) -> QgsVectorLayer:
    made = QgsVectorLayer(layer.source(), tr(part.title), layer.providerType())
    made.setCustomProperty(_OF, layer.id())
    made.setCustomProperty(_PART, part.style)
    made.setFlags(made.flags() & ~QgsMapLayer.LayerFlag.Identifiable & ~QgsMapLayer.LayerFlag.Searchable)
    made.setReadOnly(True)
    case_styles.set_due_soon(made, case_styles.due_soon_of(layer))
    case_dress.follow_clock(made)
    case_styles.set_renderer(made, part.style)
    made.setScaleBasedVisibility(True)
    middle = _MIDDLE_OF_MANY if layer.featureCount() > _MANY else _MIDDLE
    near, far = (_NEAR, middle) if part.style == case_styles.CLUSTERS else (middle, 0)
    made.setMaximumScale(near)
    made.setMinimumScale(far)  # 0: without end
    project.addMapLayer(made, False)
    return made


def _tree_node(layer: QgsVectorLayer) -> QgsLayerTreeLayer:
    node = QgsLayerTreeLayer(layer)
    node.setExpanded(False)
    return node


def parts_of(layer: QgsVectorLayer) -> list[QgsVectorLayer]:
    """The clusters and the heat map that stand beside a layer of cases."""
    project = layer.project()
    layers = project.mapLayers().values() if project is not None else ()
    return [other for other in layers if other.customProperty(_OF) == layer.id()]


def is_part(layer: QgsMapLayer) -> bool:
    """Whether a layer is one of those beside a layer of cases."""
    return layer.customProperty(_OF) is not None


def follow(layer: QgsVectorLayer, style: str, only: str, moment: str) -> None:
    """Let clusters and heat map show what their layer shows; they rest where it is not shown by status.

    Its own map tips and labels follow the moment.
    """
    case_dress.tell(layer, moment)
    if layer.project() is QgsProject.instance():
        _count(layer)
    parts = parts_of(layer)
    if not parts:
        return
    by_scale = style == "status"
    _limit(layer, by_scale=by_scale)
    for part in parts:
        case_styles.set_renderer(part, part.customProperty(_PART), only, moment)
        node = layer.project().layerTreeRoot().findLayer(part.id())
        if node is not None:
            node.setItemVisibilityChecked(by_scale)


def _count(layer: QgsVectorLayer) -> None:
    """Count anew for the legend, in the background.

    QGIS lets a count that is under way go on, though it is of the style before; then that is done once more.
    """
    counter = layer.countSymbolFeatures()
    if counter is not None:
        name = layer.id()
        counter.taskCompleted.connect(lambda: QTimer.singleShot(0, lambda: _count_if_old(name)))


def _count_if_old(name: str) -> None:
    layer = QgsProject.instance().mapLayer(name)
    if not isinstance(layer, QgsVectorLayer) or layer.renderer() is None:
        return
    items = layer.renderer().legendSymbolItems()
    if any(item.ruleKey() and layer.featureCount(item.ruleKey()) < 0 for item in items):
        layer.setRenderer(layer.renderer().clone())  # which forgets the counts
        layer.countSymbolFeatures()


def _limit(layer: QgsVectorLayer, *, by_scale: bool) -> None:
    """Show a layer of cases near only, or at all scales."""
    layer.setMinimumScale(_NEAR)
    layer.setScaleBasedVisibility(by_scale)
