"""The panel "Correct": tools for the unit grid, its unsaved changes, and the check list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QMetaType, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.storage.workspace import Content

from .grid_problems import PROBLEMS_LAYER, ProblemList
from .icons import icon
from .texts import GREY, plain_label, praise, warn

if TYPE_CHECKING:
    import pandas as pd
    from qgis.gui import QgisInterface

    from .grid_layer import Done, GridLayer
    from .grid_tools import GridTool

_GRID_LAYER, _CROSSWALK = "unit_grid", "crosswalk"
_DERIVED = ("owned_grid", "zoned_grid")  # made from the unit grid; correcting them would be lost
_NEEDED = (fields.BGID, fields.COMMUNITY_CODE, fields.END_DATE)
_NAME_PROPERTY = "citygrid/layer"
_FEW = 2  # codes that a message names one by one


class GridPanel(QWidget):
    """Corrects the unit grid by hand. ``forget`` cuts all connections and takes the tools off the map."""

    saved = pyqtSignal()

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface: Any = iface
        self._forgotten = False
        self._path: Path | None = None
        self._contents: Mapping[str, Content] = {}
        self._layer: QgsVectorLayer | None = None
        self._connected: list[tuple[Any, Callable[..., Any]]] = []
        self._tools: dict[str, GridTool] = {}
        self._rows: pd.DataFrame | None = None  # of the crosswalk, while QGIS saves
        self._make_actions()
        self._lay_out()
        project = QgsProject.instance()
        project.layersAdded.connect(self._list_layers)
        project.layersRemoved.connect(self._list_layers)
        self._list_layers()

    # What others ask for

    @property
    def grid(self) -> GridLayer | None:
        """The layer under correction."""
        from .grid_layer import GridLayer  # noqa: PLC0415 - loads shapely and pandas

        return GridLayer(self._layer) if self._layer is not None else None

    @property
    def layer(self) -> QgsVectorLayer | None:
        """The same as a layer of QGIS."""
        return self._layer

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
        if self._layer is not None and self._layer.isModified():
            self.warn(tr("The unit grid has unsaved changes. While CityGrid is off, saving writes no crosswalk."))
        self._forgotten = True
        self.problems.forget()
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._list_layers)
        project.layersRemoved.disconnect(self._list_layers)
        self._disconnect()
        canvas = self._iface.mapCanvas()
        for tool in self._tools.values():
            canvas.unsetMapTool(tool)
            tool.destroy()
            tool.deleteLater()
        self._tools.clear()

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether the layer under correction has."""
        return self._layer is not None and self._layer.isModified()

    # What the tools say

    def done(self, done: Done) -> None:
        """Tell which codes an action closed and gave."""
        if not done.added and not done.closed:
            text = tr("Done. All codes stay as they were.")
        else:
            parts = [
                title.format(codes=_listed(codes))
                for title, codes in ((tr("Closed: {codes}."), done.closed), (tr("New: {codes}."), done.added))
                if codes
            ]
            text = tr("Done.") + " " + " ".join(parts)
        self._iface.messageBar().clearWidgets()
        praise(self._iface.messageBar(), text)

    def refused(self, error: CityGridError) -> None:
        """Tell why an action was refused."""
        self._iface.messageBar().clearWidgets()
        warn(self._iface.messageBar(), sentence(error), brief=True)

    def warn(self, text: str, details: str = "") -> None:
        """A warning that stays until it is closed."""
        warn(self._iface.messageBar(), text, details)

    def say(self, text: str) -> None:
        """Show what to do next; empty for the hint of the tool in use."""
        current = self._iface.mapCanvas().mapTool()
        tool = next((tool for tool in self._tools.values() if tool is current), None)
        hint = tr(tool.HINT) if tool is not None else ""
        self._hint.setText(text or hint or self._reason() or tr("Choose what to do."))

    # Layers

    def _list_layers(self, *_changes: object) -> None:
        """The layers that can be corrected; the unit grid of the open workspace comes first."""
        layers = [layer for layer in QgsProject.instance().mapLayers().values() if _is_grid(layer)]
        layers.sort(key=lambda layer: (not self._is_of_workspace(layer), layer.name()))
        ours = layers[0] if layers and self._is_of_workspace(layers[0]) else None
        known = [self._choice.itemData(row) for row in range(self._choice.count())]
        keep = self._layer if self._layer in layers else None
        if ours is not None and ours.id() not in known:
            keep = ours  # it came just now
        self._choice.blockSignals(True)
        self._choice.clear()
        for layer in layers:
            self._choice.addItem(layer.name(), layer.id())
        chosen = keep or (layers[0] if layers else None)
        if chosen is not None:
            self._choice.setCurrentIndex(self._choice.findData(chosen.id()))
        self._choice.blockSignals(False)
        self._take(chosen)

    def _is_of_workspace(self, layer: QgsVectorLayer) -> bool:
        return self._path is not None and _place_of(layer) == (self._path, _GRID_LAYER)

    def _choose(self, row: int) -> None:
        self._take(QgsProject.instance().mapLayer(self._choice.itemData(row)))

    def _take(self, layer: QgsVectorLayer | None) -> None:
        """Correct this layer from now on."""
        if layer is not self._layer:
            self._disconnect()
            for tool in self._tools.values():
                tool.reset()
            self._layer = layer
            if layer is not None:
                self._connect(layer)
        self.refresh()

    def _connect(self, layer: QgsVectorLayer) -> None:
        stack = layer.undoStack()
        self._connected = [
            (layer.beforeCommitChanges, self._remember_changes),
            (layer.afterCommitChanges, self._write_crosswalk),
            (layer.layerModified, self._changed),
            (layer.editingStarted, self.refresh),
            (layer.editingStopped, self.refresh),
            (layer.readOnlyChanged, self.refresh),
            (layer.nameChanged, self._list_layers),
            (stack.indexChanged, self._changed),
        ]
        for signal, slot in self._connected:
            signal.connect(slot)

    def _disconnect(self) -> None:
        if self._layer is not None and not sip.isdeleted(self._layer):
            for signal, slot in self._connected:
                signal.disconnect(slot)
        self._connected = []
        self._layer = None

    def _reason(self) -> str:
        """Why the layer cannot be corrected; empty where it can."""
        layer = self._layer
        if layer is None:
            return tr("There is no unit grid on the map. Open a workspace, or add a polygon layer with BGID.")
        missing = [name for name in _NEEDED if not _is_text_field(layer, name)]
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
        from .grid_tools import TOOLS  # noqa: PLC0415 - loads shapely and pandas

        canvas = self._iface.mapCanvas()
        if name not in self._tools:
            self._tools[name] = TOOLS[name](canvas, self)
            self._tools[name].setAction(self.tool_actions[name])
        self._iface.setActiveLayer(self._layer)  # so that QGIS's own undo is that of this layer
        canvas.setMapTool(self._tools[name])

    # Saving

    def save(self) -> None:
        """Save the layer and end editing, so that QGIS writes down when the file was changed."""
        if self._layer is None:
            return
        canvas = self._iface.mapCanvas()
        in_use = canvas.mapTool()
        if self._layer.commitChanges():
            for tool in self._tools.values():
                if tool is in_use:
                    tool.take_up_again()  # QGIS takes it away where editing ends
            return
        self.warn(
            tr("“{layer}” could not be saved; the changes are still there.").format(layer=self._layer.name()),
            "\n".join(self._layer.commitErrors()),
        )

    def _remember_changes(self, *_stops: object) -> None:
        """Before QGIS saves, by whatever button: what the crosswalk will say."""
        grid = self.grid
        self._rows = grid.crosswalk() if grid is not None else None

    def _write_crosswalk(self) -> None:
        """After QGIS has saved: write it down."""
        rows, self._rows = self._rows, None
        layer = self._layer
        self.saved.emit()
        if rows is None or not len(rows) or layer is None:
            return
        from citygrid_plugin.storage.layers import add_to_layer  # noqa: PLC0415 - loads pandas

        from .grid_layer import workspace_of  # noqa: PLC0415

        table = rows.to_csv(index=False)
        workspace = workspace_of(layer)
        if workspace is None:
            text = tr(
                "“{layer}” is not the unit grid of a workspace, so {count} rows of the crosswalk were not written (see "
                "“Show more”)."
            )
            self.warn(text.format(layer=layer.name(), count=len(rows)), table)
            return
        try:
            add_to_layer(rows, workspace, _CROSSWALK)
        except CityGridError as error:
            text = tr("The unit grid is saved, but {count} rows of its crosswalk are not (see “Show more”). {why}")
            self.warn(text.format(count=len(rows), why=sentence(error)), table)
            return
        text = tr("Saved. The crosswalk has {count} rows more.").format(count=len(rows))
        praise(self._iface.messageBar(), text)

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
        if self.has_unsaved_changes:
            self.problems.mark_changed()
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
        self.save_action.setToolTip(
            tr("Save the unit grid, and add what became of its codes to the crosswalk")
            if self.has_unsaved_changes
            else tr("There is nothing to save.")
        )
        self._choice.setVisible(self._choice.count() > 0)
        self.say("")
        self._refresh_problems(reason)

    def _refresh_problems(self, reason: str) -> None:
        layer = self._layer
        if not reason and layer is not None and not self._is_of_workspace(layer):
            reason = tr("“{layer}” is not the unit grid of the open workspace.").format(layer=layer.name())
        if not reason and "communities" not in self._contents:
            reason = tr("The workspace holds no communities to check against.")
        self.problems.allow(None if reason else layer, self._path, reason)
        problems = self._contents.get(PROBLEMS_LAYER)
        self.problems.look(self._path, problems.changed if problems is not None else "")

    def _make_actions(self) -> None:
        self._titles = {
            "split": (tr("Split"), tr("Draw a line that divides unit grids")),
            "merge": (tr("Merge"), tr("Choose unit grids side by side and make one of them")),
            "move": (tr("Move limit"), tr("Drag a vertex or a limit that unit grids share; no gap opens")),
            "renumber": (tr("Renumber"), tr("Give all unit grids of a community new codes in order")),
        }
        self.tool_actions = {
            "split": self._action("split", partial(self._use, "split")),
            "merge": self._action("merge", partial(self._use, "merge")),
            "move": self._action("move", partial(self._use, "move")),
            "renumber": self._action("renumber", partial(self._use, "renumber")),
        }
        for name, action in self.tool_actions.items():
            action.setText(self._titles[name][0])
            action.setCheckable(True)
        self.undo_action = self._action("undo", self._undo)
        self.undo_action.setText(tr("Undo"))
        self.redo_action = self._action("redo", self._redo)
        self.redo_action.setText(tr("Redo"))
        self.save_action = self._action("save", self.save)
        self.save_action.setText(tr("Save"))

    def _action(self, name: str, slot: Callable[[], None]) -> QAction:
        action = QAction(icon(name), "", self)
        action.setObjectName(f"CityGrid_grid_{name}")
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _lay_out(self) -> None:
        self._choice = QComboBox()
        self._choice.setToolTip(tr("The layer that is corrected"))
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.currentIndexChanged.connect(self._choose)
        tools = QGridLayout()
        tools.setSpacing(2)
        for number, action in enumerate(self.tool_actions.values()):
            tools.addWidget(_button(action), number // 2, number % 2)
        edits = QHBoxLayout()
        edits.setSpacing(2)
        for action in (self.undo_action, self.redo_action, self.save_action):
            edits.addWidget(_button(action))
        self._hint = plain_label(style=GREY)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._hint.setMinimumHeight(4 * self._hint.fontMetrics().lineSpacing())  # so that nothing jumps
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        self.problems = ProblemList(self._iface.mapCanvas())
        self.problems.failed.connect(self.warn)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._choice)
        column.addLayout(tools)
        column.addLayout(edits)
        column.addWidget(self._hint)
        column.addWidget(line)
        column.addWidget(self.problems, 1)


def _is_grid(layer: QgsMapLayer) -> bool:
    """Whether a layer may be a unit grid that can be corrected."""
    if not isinstance(layer, QgsVectorLayer) or layer.geometryType() != Qgis.GeometryType.Polygon:
        return False
    return layer.customProperty(_NAME_PROPERTY) not in _DERIVED and layer.fields().lookupField(fields.BGID) >= 0


def _is_text_field(layer: QgsVectorLayer, name: str) -> bool:
    column = layer.fields().indexOf(name)
    return column >= 0 and layer.fields().at(column).type() == QMetaType.Type.QString


def _place_of(layer: QgsVectorLayer) -> tuple[Path, str]:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return Path(parts.get("path") or ""), parts.get("layerName") or ""


def _listed(codes: list[str]) -> str:
    """The codes, or the first and the last of many."""
    codes = sorted(codes)
    if len(codes) <= _FEW:
        return ", ".join(codes)
    return tr("{first} … {last} ({count})").format(first=codes[0], last=codes[-1], count=len(codes))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(22, 22))
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
