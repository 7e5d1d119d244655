"""A panel of one layer at a time, out of those on the map that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from qgis.core import QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QComboBox, QWidget

from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage.workspace import Content

if TYPE_CHECKING:
    from qgis.gui import QgisInterface


class LayerPanel(QWidget):
    """``LAYER``: what the layer is called in a workspace; that of the open one is taken first.

    A panel says which layers it takes, and what it does with the one chosen. ``forget`` cuts all connections.
    """

    LAYER: ClassVar[str]

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface: Any = iface
        self._forgotten = False
        self._path: Path | None = None
        self._contents: Mapping[str, Content] = {}
        self._layer: QgsVectorLayer | None = None
        self._connected: list[tuple[Any, Callable[..., Any]]] = []
        self._choice = QComboBox()
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.currentIndexChanged.connect(self._choose)

    def _is_candidate(self, layer: QgsMapLayer) -> bool:
        """Whether the panel takes such a layer."""
        raise NotImplementedError

    def _take(self, layer: QgsVectorLayer | None) -> None:
        """Show this layer from now on."""
        raise NotImplementedError

    @property
    def layer(self) -> QgsVectorLayer | None:
        """The layer that is chosen."""
        return self._layer

    def forget(self) -> None:
        """Cut all connections."""
        self._forgotten = True
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._list_layers)
        project.layersRemoved.disconnect(self._list_layers)
        self._disconnect()

    def _follow_project(self) -> None:
        """Take a layer of the project now, and whenever it has others."""
        project = QgsProject.instance()
        project.layersAdded.connect(self._list_layers)
        project.layersRemoved.connect(self._list_layers)
        self._list_layers()

    def _list_layers(self, *_changes: object) -> None:
        """The layers that can be chosen; that of the open workspace comes first."""
        layers = [layer for layer in QgsProject.instance().mapLayers().values() if self._is_candidate(layer)]
        layers.sort(key=lambda layer: (not self._is_of_workspace(layer), layer.name()))
        known = [self._choice.itemData(row) for row in range(self._choice.count())]
        keep = self._layer if self._layer in layers else None
        if layers and self._is_of_workspace(layers[0]) and layers[0].id() not in known:
            keep = layers[0]  # it came just now
        chosen = keep or (layers[0] if layers else None)
        self._choice.blockSignals(True)
        self._choice.clear()
        for layer in layers:
            self._choice.addItem(layer.name(), layer.id())
        if chosen is not None:
            self._choice.setCurrentIndex(self._choice.findData(chosen.id()))
        self._choice.blockSignals(False)
        self._take(chosen)

    def _is_of_workspace(self, layer: QgsMapLayer) -> bool:
        return self._path is not None and projects.is_layer_of(layer, self._path, self.LAYER)

    def _choose(self, row: int) -> None:
        self._take(QgsProject.instance().mapLayer(self._choice.itemData(row)))

    def _disconnect(self) -> None:
        if self._layer is not None and not sip.isdeleted(self._layer):
            for signal, slot in self._connected:
                signal.disconnect(slot)
        self._connected = []
        self._layer = None
