"""What the panels share that correct a layer by hand: choosing it, tools, undo, redo, saving, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from qgis.core import Qgis, QgsMapLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QMetaType, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QHBoxLayout

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.storage.workspace import Content

from .icons import icon
from .layer_panel import LayerPanel
from .texts import GREY, plain_label, warn
from .widgets import wide_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .map_tools import HintTool

_HINT_LINES = 4


class EditPanel(LayerPanel):
    """Corrects a layer by hand. ``forget`` cuts all connections and takes the tools off the map.

    A panel says which layers it takes (``LAYER`` in a workspace, the text fields ``NEEDED``), what its tools are, and
    what happens around saving.
    """

    saved = pyqtSignal()

    NEEDED: ClassVar[tuple[str, ...]]
    NAME: ClassVar[str]  # in the names of the actions

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__(iface)
        self._tools: dict[str, HintTool] = {}
        self._titles = self._tool_titles()
        self.tool_actions = {name: self._action(name, partial(self._use, name)) for name in self._titles}
        for name, action in self.tool_actions.items():
            action.setText(self._titles[name][0])
            action.setCheckable(True)
        self.undo_action = self._action("undo", self._undo)
        self.undo_action.setText(tr("Undo"))
        self.redo_action = self._action("redo", self._redo)
        self.redo_action.setText(tr("Redo"))
        self.save_action = self._action("save", self.save)
        self.save_action.setText(tr("Save"))
        self._make_widgets()
        self._lay_out()
        self._follow_project()

    # What a panel is

    def _tool_titles(self) -> dict[str, tuple[str, str]]:
        """Title of each tool, and what it does."""
        raise NotImplementedError

    def _tool_types(self) -> Mapping[str, Callable[..., HintTool]]:
        """The tools by name; loading them loads shapely and pandas."""
        raise NotImplementedError

    def _is_fit(self, layer: QgsVectorLayer) -> bool:
        """Whether a layer of polygons may be one that the panel corrects."""
        raise NotImplementedError

    def _no_layer(self) -> str:
        """What to say where there is no such layer."""
        raise NotImplementedError

    def _lost_log(self) -> str:
        """What to say where the panel goes while changes are not saved."""
        raise NotImplementedError

    def _save_tip(self) -> str:
        """What saving does."""
        raise NotImplementedError

    def _lay_out(self) -> None:
        """Put the widgets into the panel."""
        raise NotImplementedError

    def _before_saving(self, *_stops: object) -> None:
        """Before QGIS saves, by whatever button."""

    def _after_saving(self) -> None:
        """After QGIS has saved."""

    # What others ask for

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether the layer under correction has."""
        return self._layer is not None and self._layer.isModified()

    def follow(self, path: Path | None, contents: Mapping[str, Content]) -> None:
        """The dock has another workspace open, or it was changed."""
        if self._forgotten:
            return
        moved = path != self._path
        self._path, self._contents = path, contents
        if moved:
            self._list_layers()
        self.refresh()

    def forget(self) -> None:
        """Cut all connections and take everything off the map."""
        canvas = self._iface.mapCanvas()
        for tool in self._tools.values():
            canvas.unsetMapTool(tool)
            tool.destroy()
            tool.deleteLater()
        self._tools.clear()
        if self.has_unsaved_changes:
            self.warn(self._lost_log())
        super().forget()

    # What the tools say

    def refused(self, error: CityGridError) -> None:
        """Tell why an action was refused."""
        self._iface.messageBar().clearWidgets()
        warn(self._iface.messageBar(), sentence(error), brief=True)

    def warn(self, text: str, details: str = "") -> None:
        """A warning that stays until it is closed."""
        warn(self._iface.messageBar(), text, details)

    def say(self, text: str) -> None:
        """Show what to do next; empty for the hint of the tool in use."""
        tool = self._tool_in_use()
        hint = tr(tool.HINT) if tool is not None else ""
        self._hint.setText(text or hint or self._reason() or tr("Choose what to do."))

    def _tool_in_use(self) -> HintTool | None:
        current = self._iface.mapCanvas().mapTool()
        return next((tool for tool in self._tools.values() if tool is current), None)

    # Layers

    def _is_candidate(self, layer: QgsMapLayer) -> bool:
        is_area = isinstance(layer, QgsVectorLayer) and layer.geometryType() == Qgis.GeometryType.Polygon
        return is_area and self._is_fit(layer)

    def _take(self, layer: QgsVectorLayer | None) -> None:
        """Correct this layer from now on."""
        if layer is not self._layer:
            for tool in self._tools.values():
                tool.reset()
            self._disconnect()
            self._layer = layer
            if layer is not None:
                self._connect(layer)
        self.refresh()

    def _connect(self, layer: QgsVectorLayer) -> None:
        stack = layer.undoStack()
        self._connected = [
            (layer.beforeCommitChanges, self._before_saving),
            (layer.afterCommitChanges, self._after_saving),
            (layer.layerModified, self._changed),
            (layer.editingStarted, self.refresh),
            (layer.editingStopped, self.refresh),
            (layer.readOnlyChanged, self.refresh),
            (layer.nameChanged, self._list_layers),
            (stack.indexChanged, self._changed),
        ]
        for signal, slot in self._connected:
            signal.connect(slot)

    def _reason(self) -> str:
        """Why the layer cannot be corrected; empty where it can."""
        layer = self._layer
        if layer is None:
            return self._no_layer()
        missing = [name for name in self.NEEDED if not _is_text_field(layer, name)]
        if missing:
            return tr("“{layer}” lacks the text fields {names}.").format(layer=layer.name(), names=", ".join(missing))
        if not layer.crs().isValid() or layer.crs().isGeographic():
            return tr("“{layer}” is not in metres. Save it in a projected coordinate system first.").format(
                layer=layer.name()
            )
        if layer.readOnly() or not layer.supportsEditing():
            return tr("“{layer}” cannot be edited: it is read-only.").format(layer=layer.name())
        return ""

    # Tools

    def _use(self, name: str) -> None:
        """Take a tool into the hand."""
        if self._layer is None or self._reason():
            return
        canvas = self._iface.mapCanvas()
        if name not in self._tools:
            self._tools[name] = self._tool_types()[name](canvas, self)
            self._tools[name].setAction(self.tool_actions[name])
        self._iface.setActiveLayer(self._layer)  # so that QGIS's own undo is that of this layer
        canvas.setMapTool(self._tools[name])

    # Saving

    def save(self) -> None:
        """Save the layer and end editing, so that QGIS writes down when the file was changed."""
        if self._layer is None:
            return
        in_use = self._tool_in_use()
        if self._layer.commitChanges():
            if in_use is not None:
                in_use.take_up_again()  # QGIS takes it away where editing ends
            return
        self.warn(
            tr("“{layer}” could not be saved; the changes are still there.").format(layer=self._layer.name()),
            "\n".join(self._layer.commitErrors()),
        )

    def _undo(self) -> None:
        if self._layer is not None:
            self._layer.undoStack().undo()
            self._layer.triggerRepaint()

    def _redo(self) -> None:
        if self._layer is not None:
            self._layer.undoStack().redo()
            self._layer.triggerRepaint()

    # Display

    def _changed(self, *_index: object) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now."""
        reason = self._reason()
        for name, action in self.tool_actions.items():
            action.setEnabled(not reason)
            title, what = self._titles[name]
            action.setToolTip(f"{title}\n{reason or what}")
        if reason:
            canvas = self._iface.mapCanvas()
            for tool in self._tools.values():
                canvas.unsetMapTool(tool)
        layer = self._layer
        stack = layer.undoStack() if layer is not None else None
        self.undo_action.setEnabled(stack is not None and stack.canUndo())
        self.undo_action.setToolTip(
            tr("Undo: {step}").format(step=stack.undoText()) if stack is not None and stack.canUndo() else
            tr("There is nothing to undo.")
        )  # fmt: skip
        self.redo_action.setEnabled(stack is not None and stack.canRedo())
        self.redo_action.setToolTip(
            tr("Redo: {step}").format(step=stack.redoText()) if stack is not None and stack.canRedo() else
            tr("There is nothing to redo.")
        )  # fmt: skip
        self.save_action.setEnabled(self.has_unsaved_changes)
        self.save_action.setToolTip(self._save_tip() if self.has_unsaved_changes else tr("There is nothing to save."))
        self._choice.setVisible(self._choice.count() > 0)
        self.say("")

    # Widgets

    def _action(self, name: str, slot: Callable[[], None]) -> QAction:
        action = QAction(icon(name), "", self)
        action.setObjectName(f"CityGrid_{self.NAME}_{name}")
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _make_widgets(self) -> None:
        self._choice.setToolTip(tr("The layer that is corrected"))
        self._edits = QHBoxLayout()
        self._edits.setSpacing(2)
        for action in (self.undo_action, self.redo_action, self.save_action):
            self._edits.addWidget(wide_button(action))
        self._hint = plain_label(style=GREY)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._hint.setMinimumHeight(_HINT_LINES * self._hint.fontMetrics().lineSpacing())  # so that nothing jumps


def _is_text_field(layer: QgsVectorLayer, name: str) -> bool:
    column = layer.fields().indexOf(name)
    return column >= 0 and layer.fields().at(column).type() == QMetaType.Type.QString
