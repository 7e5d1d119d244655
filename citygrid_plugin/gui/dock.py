"""The dock: the open workspace and the chain as steps, each with its state and its dialog."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsApplication, QgsProject, QgsSettings
from qgis.gui import QgsDockWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QFileSystemWatcher, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage import workspace as storage

from .icons import icon
from .steps import STEPS, Progress, State, Step, parameters, states

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

_SETTING = "CityGrid/workspace"
_FILTER = "GeoPackage (*.gpkg)"
_SETTLE_MS = 400  # a run writes several layers; look once they are there
_COLORS = {
    Progress.BLOCKED: "#8a8a8a",
    Progress.TO_DO: "#6b6b6b",
    Progress.OUTDATED: "#b45f06",
    Progress.DONE: "#1d7a3e",
}
_SIGNS = {Progress.BLOCKED: "○", Progress.TO_DO: "○", Progress.OUTDATED: "↻", Progress.DONE: "✓"}


class NoProcessing(CityGridError):
    """QGIS runs without its Processing plugin."""

    template = (
        "The steps run in QGIS's Processing, which is switched off. Switch it on in Plugins ▸ Manage and "
        "Install Plugins ▸ Processing."
    )


class CityGridDock(QgsDockWidget):
    """Workspace and steps. ``actions_of_steps`` are shared with the toolbar and the menu."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__(tr("CityGrid"), iface.mainWindow())
        self.setObjectName("CityGridDock")
        self._iface = iface
        self._path: Path | None = None
        self._contents: Mapping[str, storage.Content] = {}
        self._labels: dict[str, QLabel] = {}
        self._dialogs: dict[str, QDialog] = {}  # nothing else keeps an open dialog alive
        registry = QgsApplication.processingRegistry()
        self._steps = [step for step in STEPS if registry.algorithmById(f"citygrid:{step.algorithm}")]
        self.new_action = self._action("new", tr("New workspace…"), self._ask_new)
        self.open_action = self._action("open", tr("Open workspace…"), self._ask_open)
        self.show_action = self._action("layers", tr("Add layers to the map"), self.show_layers)
        for action, short in (
            (self.new_action, tr("New…")),
            (self.open_action, tr("Open…")),
            (self.show_action, tr("Show")),
        ):
            action.setIconText(short)  # buttons show it; menus and tooltips the whole text
        self.step_actions = {
            step.algorithm: self._action(step.icon, tr(step.title) + "…", partial(self._run, step))
            for step in self._steps
        }
        self.setWidget(self._content())

        self._watcher = QFileSystemWatcher(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self.refresh)
        self._watcher.fileChanged.connect(lambda _path: self._settled.start())
        QgsProject.instance().readProject.connect(self._follow_project)
        self._restore()

    # What others ask for

    @property
    def path(self) -> Path | None:
        """The open workspace."""
        return self._path

    def open_workspace(self, path: Path) -> bool:
        """Open a workspace (a file that does not exist yet is a new one) and show its layers."""
        if not self._take(path):
            return False
        self.show_layers()
        return True

    def refresh(self) -> None:
        """Read the state of the workspace anew."""
        if self._path is not None:
            self._take(self._path)
        else:
            self._display()

    def show_layers(self) -> None:
        """Add the layers of the workspace to the map, or read them anew."""
        if self._path is None:
            return
        try:
            shown = projects.show_layers(QgsProject.instance(), self._path)
        except CityGridError as error:
            self._tell(error)
            return
        projects.remember_workspace(QgsProject.instance(), self._path)
        if shown and len(shown) == len(QgsProject.instance().mapLayers()):
            self._iface.mapCanvas().zoomToFullExtent()

    def forget(self) -> None:
        """Cut all connections, before the dock goes."""
        QgsProject.instance().readProject.disconnect(self._follow_project)
        self._settled.stop()

    # Workspace

    def _take(self, path: Path) -> bool:
        """Make a workspace the open one; False and a message where it cannot be read."""
        path = path.absolute()
        try:
            self._contents = storage.contents(path)
        except CityGridError as error:
            self._tell(error)
            return False
        self._path = path
        QgsSettings().setValue(_SETTING, str(path))
        # A file that was replaced is no longer watched, so it is named again.
        if path.exists() and str(path) not in self._watcher.files():
            self._watcher.addPath(str(path))
        self._display()
        return True

    def _restore(self) -> None:
        """Open the workspace of the project, else the last one, if it is still there."""
        last = QgsSettings().value(_SETTING, "", type=str)
        path = projects.workspace_of(QgsProject.instance()) or (Path(last) if last else None)
        if path is None or not path.exists() or not self._take(path):
            self._display()

    def _follow_project(self) -> None:
        path = projects.workspace_of(QgsProject.instance())
        if path is not None and path.exists():
            self._take(path)

    def _ask_new(self) -> None:
        options = QFileDialog.Option.DontConfirmOverwrite  # an existing file is opened, never replaced
        text, _ = QFileDialog.getSaveFileName(self, tr("New workspace"), self._folder(), _FILTER, options=options)
        if not text:
            return
        path = Path(text)
        path = path if path.suffix.lower() == ".gpkg" else path.with_name(path.name + ".gpkg")
        exists = path.exists()
        if self.open_workspace(path) and exists:
            self._iface.messageBar().pushMessage(
                "CityGrid",
                tr("“{path}” is there already, so it was opened.").format(path=path.name),
                Qgis.MessageLevel.Info,
            )

    def _ask_open(self) -> None:
        text, _ = QFileDialog.getOpenFileName(self, tr("Open workspace"), self._folder(), _FILTER)
        if text:
            self.open_workspace(Path(text))

    def _folder(self) -> str:
        return str(self._path.parent) if self._path is not None else QgsProject.instance().homePath()

    # Steps

    def _run(self, step: Step) -> None:
        """Open the dialog of a step, filled in for the workspace; QGIS runs it in the background."""
        if self._path is None or self._is_open(step):
            return
        try:
            import processing  # noqa: PLC0415 - a plugin of QGIS that may be switched off
        except ImportError as error:
            self._tell(NoProcessing(str(error)))
            return
        values = parameters(step, self._path, self._contents)
        dialog = processing.createAlgorithmDialog(f"citygrid:{step.algorithm}", values)
        dialog.algorithmFinished.connect(partial(self._finished, step, self._path))
        dialog.show()
        self._dialogs[step.algorithm] = dialog

    def _is_open(self, step: Step) -> bool:
        """Whether the dialog of a step is open already; if so, it comes to the front."""
        dialog = self._dialogs.get(step.algorithm)
        if dialog is None or sip.isdeleted(dialog) or not dialog.isVisible():
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def _finished(self, step: Step, path: Path, successful: bool, results: dict[str, Any]) -> None:
        """After a run: read the state anew and show what was written."""
        if not successful or not results or path != self._path:
            return
        self.refresh()
        first = not QgsProject.instance().mapLayers()
        try:
            projects.show_layers(QgsProject.instance(), path, set(step.outputs.values()))
        except CityGridError as error:
            self._tell(error)
            return
        projects.remember_workspace(QgsProject.instance(), path)
        if first:
            self._iface.mapCanvas().zoomToFullExtent()

    # Display

    def _action(self, name: str, text: str, slot: Any) -> QAction:  # noqa: ANN401 - any callable
        action = QAction(icon(name), text, self)
        action.setObjectName(f"CityGrid_{name}")
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _content(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(1)
        self._title = QLabel()
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._title.setWordWrap(True)
        column.addWidget(self._title)
        buttons = QHBoxLayout()
        for action in (self.new_action, self.open_action, self.show_action):
            buttons.addWidget(_button(action, Qt.ToolButtonStyle.ToolButtonTextUnderIcon))
        column.addLayout(buttons)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        column.addWidget(line)
        for step in self._steps:
            column.addWidget(_button(self.step_actions[step.algorithm], Qt.ToolButtonStyle.ToolButtonTextBesideIcon))
            label = QLabel()
            label.setWordWrap(True)
            label.setContentsMargins(34, 0, 0, 3)
            self._labels[step.algorithm] = label
            column.addWidget(label)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        bar = area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(inner.minimumSizeHint().width() + bar)
        return area

    def _display(self) -> None:
        """Show path and states."""
        if self._path is None:
            self._title.setText(tr("No workspace is open."))
        else:
            self._title.setText(self._path.name)
            self._title.setToolTip(str(self._path))
        self.show_action.setEnabled(bool(self._contents))
        now = states(self._path, self._contents)
        for step in self._steps:
            self._display_step(step, now[step.algorithm])

    def _display_step(self, step: Step, state: State) -> None:
        action = self.step_actions[step.algorithm]
        action.setEnabled(state.progress is not Progress.BLOCKED)
        action.setToolTip(f"{tr(step.title)}\n{state.text}")
        label = self._labels[step.algorithm]
        label.setText(f"{_SIGNS[state.progress]} {state.text}")
        label.setStyleSheet(f"color: {_COLORS[state.progress]};")

    def _tell(self, error: CityGridError) -> None:
        """A user error in the message bar, with its details behind a button."""
        bar, text = self._iface.messageBar(), sentence(error)
        if error.details:
            bar.pushMessage("CityGrid", text, error.details, Qgis.MessageLevel.Warning)
        else:
            bar.pushMessage("CityGrid", text, Qgis.MessageLevel.Warning)


def _button(action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
    """A button of full width for an action."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(style)
    button.setIconSize(QSize(22, 22))
    button.setAutoRaise(True)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
