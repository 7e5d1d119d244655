"""The dock: the open workspace and the chain as steps, each with its state and its dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsApplication, QgsProcessingAlgRunnerTask, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsDockWidget, QgsProcessingAlgorithmDialogBase
from qgis.PyQt import sip
from qgis.PyQt.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QFileSystemWatcher,
    QSize,
    Qt,
    QTimer,
)
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage import workspace as storage

from .cases.case_panel import CasePanel
from .cases.case_refresh import CaseRefresh, RefreshBar
from .cases.case_wizard import CaseWizard
from .census.census_wizard import CensusWizard
from .census.class_browser import ClassBrowser
from .grids.grid_panel import GridPanel
from .grids.grid_problems import PROBLEMS_LAYER
from .icons import icon
from .records.wizard import RecordsWizard
from .steps import (
    STEPS,
    Progress,
    State,
    Step,
    defaults,
    goes_on,
    has_locks,
    parameters,
    states,
)
from .texts import (
    inform,
    plain_label,
    plain_tip,
    warn,
)
from .widgets import wide_button
from .zones.plan_manager import CHANGES, TRANSFERS, PlanManager
from .zones.zone_panel import ZonePanel

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

_SETTING = "CityGrid/workspace"
_GRID = "unit_grid"
_PLAN = {"zoned_grid", "responsibility_grids"}  # the layers of the plan that is worked on
_LOAD_CASES = "loadcases"  # a step
_RESULTS = "ResultsViewer"  # the dock in which QGIS lists reports
_COMMUNITIES, _CASES = "COMMUNITIES", "CASES"  # parameters
_FILTER = "GeoPackage (*.gpkg)"
_SETTLE_MS = 400  # a run writes several layers; look once they are there
_SOURCES_MS = 1_500  # QGIS starts first
_STEP_ICON = QSize(18, 18)
_PATIENCE = 30  # seconds for a cancelled run to stop
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


class UnsavedGrid(CityGridError):
    """A unit grid with changes by hand that would be lost."""

    template = "The unit grid has changes that are not saved. Save or undo them first, in the tab “Unit grid”."


class UnsavedZones(CityGridError):
    """Responsibility grids with changes by hand that would be lost."""

    template = (
        "The responsibility grids have changes that are not saved. Save or undo them first, in the tab “Responsibility "
        "grids”."
    )


class CityGridDock(QgsDockWidget):
    """Workspace, steps, the panels that correct the unit grid and the responsibility grids, and that of the cases.

    ``step_actions`` are shared with the toolbar and the menu.
    """

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__(tr("CityGrid"), iface.mainWindow())
        self.setObjectName("CityGridDock")
        self._iface = iface
        self._path: Path | None = None
        self._contents: Mapping[str, storage.Content] = {}
        self._there = False  # whether the file was there when the dock last looked
        self._missing = False  # it was there once, or a project says so
        self._tidied = False  # the list of reports stands beside the dock
        self._labels: dict[str, QLabel] = {}
        self._dialogs: dict[str, QDialog] = {}  # nothing else keeps an open dialog alive
        self._browser: ClassBrowser | None = None
        self._plans: PlanManager | None = None
        self._settings: dict[str, dict[str, Any]] = {}  # of the last run of a step in this workspace
        registry = QgsApplication.processingRegistry()
        self._steps = [step for step in STEPS if registry.algorithmById(f"citygrid:{step.algorithm}")]
        self.new_action = self._action("new", tr("New workspace…"), self._ask_new)
        self.open_action = self._action("open", tr("Open workspace…"), self._ask_open)
        self.show_action = self._action("layers", tr("Add layers to the map"), self.show_layers)
        self.classes_action = self._action("classes", tr("Browse the code schemes…"), self._browse_classes)
        self.plans_action = self._action("plans", tr("Plans of responsibility grids…"), self._show_plans)
        for action, short in (
            (self.new_action, tr("New…")),
            (self.open_action, tr("Open…")),
            (self.show_action, tr("Show")),
            (self.classes_action, tr("Classes")),
            (self.plans_action, tr("Plans")),
        ):
            action.setIconText(short)  # buttons show it; menus and tooltips the whole text
        self.step_actions = {
            step.algorithm: self._action(step.icon, tr(step.title) + "…", partial(self._run, step))
            for step in self._steps
        }
        self.grid_panel = GridPanel(iface)
        self.grid_panel.problems.checked.connect(self._show_problems)
        self.zone_panel = ZonePanel(iface, self._open_plan)
        self.case_panel = CasePanel(iface, self.step_actions.get(_LOAD_CASES))
        self.case_refresh = CaseRefresh(self._given_for_cases, self)
        self.case_refresh.loaded.connect(self.refresh)
        self.case_refresh.failed.connect(lambda text: warn(iface.messageBar(), text))
        self.case_panel.add_bar(RefreshBar(self.case_refresh))
        self.setWidget(self._content())

        self._watcher = QFileSystemWatcher(self)
        self._settled = self._timer(_SETTLE_MS, self.refresh)
        self._tidy = self._timer(_SETTLE_MS, self._share_place)
        self._sources = self._timer(_SOURCES_MS, self._follow_source)
        self.grid_panel.saved.connect(self._settled.start)
        self.zone_panel.saved.connect(self._settled.start)
        self._watcher.fileChanged.connect(lambda _path: self._settled.start())
        self._watcher.directoryChanged.connect(self._look_for_file)
        QgsProject.instance().readProject.connect(self._follow_project)
        QgsProject.instance().cleared.connect(self._close)
        self._restore()

    # What others ask for

    @property
    def path(self) -> Path | None:
        """The open workspace."""
        return self._path

    def open_workspace(self, path: Path) -> bool:
        """Open a workspace (a file that does not exist yet is a new one) and show its layers."""
        if self._would_lose_changes({_GRID, *_PLAN}):
            return False
        self._missing = self._there = False
        if not self._take(path):
            return False
        self.show_layers()
        self._look_at_workspace()
        return True

    def refresh(self) -> None:
        """Read the state of the workspace anew."""
        if self._path is not None:
            self._take(self._path)
        else:
            self._display()

    def show_layers(self) -> None:
        """Add the layers of the workspace to the map, or read them anew."""
        if self._path is None or self._would_lose_changes({_GRID, *_PLAN}):
            return
        try:
            projects.show_layers(QgsProject.instance(), self._path)
        except CityGridError as error:
            self._tell(error)
            return
        projects.remember_workspace(QgsProject.instance(), self._path)

    def _look_at_workspace(self) -> None:
        extent = projects.extent_of(QgsProject.instance(), self._path) if self._path is not None else None
        if extent is not None:
            self._iface.mapCanvas().setReferencedExtent(extent)
            self._iface.mapCanvas().refresh()

    def forget(self) -> None:
        """Cut all connections, and end all dialogs and runs, before the dock and the provider go."""
        QgsProject.instance().readProject.disconnect(self._follow_project)
        QgsProject.instance().cleared.disconnect(self._close)
        self._settled.stop()
        self._tidy.stop()
        self._sources.stop()
        self.grid_panel.forget()
        self.zone_panel.forget()
        self.case_panel.forget()
        self.case_refresh.forget()
        self._path = None  # what still ends is not shown
        self._close_plans()
        for dialog in self._dialogs.values():
            if isinstance(dialog, RecordsWizard) and not sip.isdeleted(dialog):
                dialog.reject()
                dialog.deleteLater()
        _end_runs()
        self._dialogs.clear()

    # Workspace

    def _take(self, path: Path) -> bool:
        """Make a workspace the open one; False and a message where it cannot be read."""
        path = path.absolute()
        try:
            self._contents = storage.contents(path)
        except CityGridError as error:
            self._tell(error)
            return False
        there = path.exists()
        if path != self._path:
            self._settings.clear()
            self._close_plans()
        self._missing = not there and (self._missing or (self._there and path == self._path))
        self._path, self._there = path, there
        QgsSettings().setValue(_SETTING, str(path))
        # A file that was replaced is no longer watched, so it is named again. The folder tells of one that goes
        # or comes.
        wanted = {str(place) for place in (path, path.parent) if place.exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(list(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(list(wanted - watched))
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
        if path is not None:
            self._missing = not path.exists()
            self._take(path)

    def _close(self) -> None:
        """A new project has no workspace yet; a project that is being read names its own afterwards."""
        if not self._iface.mainWindow().isVisible():
            return  # QGIS makes its first project while it starts; the last workspace stays
        self._path, self._contents = None, {}
        self._close_plans()
        self._there = self._missing = False
        self._display()

    def _look_for_file(self) -> None:
        # Others' files in the folder, and those that SQLite keeps beside the workspace, are of no concern.
        if self._path is not None and self._path.exists() != self._there:
            self._settled.start()

    def _ask_new(self) -> None:
        options = QFileDialog.Option.DontConfirmOverwrite  # an existing file is opened, never replaced
        text, _ = QFileDialog.getSaveFileName(self, tr("New workspace"), self._folder(), _FILTER, options=options)
        if not text:
            return
        path = Path(text)
        path = path if path.suffix.lower() == ".gpkg" else path.with_name(path.name + ".gpkg")
        exists = path.exists()
        if self.open_workspace(path) and exists:
            text = tr("“{path}” is there already, so it was opened.").format(path=path.name)
            inform(self._iface.messageBar(), text)

    def _ask_open(self) -> None:
        text, _ = QFileDialog.getOpenFileName(self, tr("Open workspace"), self._folder(), _FILTER)
        if text:
            self.open_workspace(Path(text))

    def _browse_classes(self) -> None:
        """Show the code schemes, with the local classes of the workspace."""
        if self._browser is None:
            self._browser = ClassBrowser(self, lambda: self._path)
        else:
            self._browser.refresh()
        _bring_to_front(self._browser)

    def _show_plans(self) -> None:
        """Show the list of plans of the workspace."""
        if self._path is None:
            return
        if self._plans is None:
            path = self._path
            self._plans = PlanManager(self, path, lambda: projects.has_unsaved(QgsProject.instance(), path, _PLAN))
            self._plans.opened.connect(lambda: self._show_plan(path, "responsibility_grids", _PLAN))
            self._plans.compared.connect(lambda: self._show_plan(path, CHANGES, {CHANGES, TRANSFERS}))
        else:
            self._plans.refresh()
        _bring_to_front(self._plans)

    def _show_plan(self, path: Path, result: str, names: set[str]) -> None:
        """Show what the list of plans wrote."""
        if path == self._path:
            self.refresh()
            if self._show_results(path, names):
                projects.bring_out(QgsProject.instance(), path, result)

    def _close_plans(self) -> None:
        if self._plans is not None:
            self._plans.close()
            self._plans.deleteLater()
            self._plans = None

    def _keep_plan(self, path: Path) -> None:
        """Before a run makes other responsibility grids: keep those on the map, unless a plan holds them."""
        from citygrid_plugin.storage import plans  # noqa: PLC0415 - loads pandas

        try:
            name = plans.keep_unkept(path, tr("Plan {number}"))
        except CityGridError as error:
            self._tell(error)
            return
        if name:
            text = tr("The responsibility grids on the map are kept as “{plan}” (see “Plans”).").format(plan=name)
            inform(self._iface.messageBar(), text)

    def _folder(self) -> str:
        return str(self._path.parent) if self._path is not None else QgsProject.instance().homePath()

    # Steps

    def _run(self, step: Step) -> None:
        """Open the dialog of a step, filled in for the workspace; QGIS runs it in the background."""
        if self._path is None or self._is_open(step):
            return
        if self._would_lose_changes(set(step.outputs.values())):
            return
        if step.wizard:
            self._open_wizard(step, self._path)
            return
        if step.outputs.get("ZONES") in _PLAN:
            self._keep_plan(self._path)
        try:
            import processing  # noqa: PLC0415 - a plugin of QGIS that may be switched off
        except ImportError as error:
            self._tell(NoProcessing(str(error)))
            return
        values = _only_layer(step) | defaults(step, self._path, self._contents) | self._settings.get(step.algorithm, {})
        values |= parameters(step, self._path, self._contents) | _cases_on_map(step, self._path)
        if step.locks and step.last in self._contents and not goes_on(step, self._contents) and has_locks(self._path):
            text = tr(
                "The unit grid is newer than the responsibility grids, so those that are locked may change, too. Lock "
                "them again in the new ones."
            )
            inform(self._iface.messageBar(), text)
        dialog = processing.createAlgorithmDialog(f"citygrid:{step.algorithm}", values)
        dialog.algorithmFinished.connect(partial(self._finished, step, self._path))
        dialog.show()
        self._dialogs[step.algorithm] = dialog

    def _open_wizard(self, step: Step, path: Path) -> None:
        """The wizard of a step; it runs the same algorithm, on the workspace for which it was opened."""
        wizard = (CaseWizard if step.algorithm == _LOAD_CASES else CensusWizard)(
            path,
            lambda: parameters(step, path, storage.contents(path)),
            self._iface.mapCanvas(),
            self._iface.mainWindow(),
        )
        made = wizard.loaded if isinstance(wizard, CaseWizard) else wizard.imported
        made.connect(partial(self._show_made, step, path))
        wizard.show()
        self._dialogs[step.algorithm] = wizard

    def _given_for_cases(self, path: Path) -> dict[str, Any]:
        """What a workspace gives to the loading of cases."""
        step = next(step for step in self._steps if step.algorithm == _LOAD_CASES)
        return parameters(step, path, storage.contents(path))

    def _would_lose_changes(self, names: set[str]) -> bool:
        """Whether one of these layers has unsaved changes, which reading it anew would lose; says so."""
        for panel, layers, error in (
            (self.grid_panel, {_GRID}, UnsavedGrid()),
            (self.zone_panel, _PLAN, UnsavedZones()),
        ):
            if names & layers and panel.has_unsaved_changes:
                self._tell(error)
                return True
        return False

    def _open_plan(self) -> str:
        """The plan that is worked on, for the log of changes; empty for none."""
        from citygrid_plugin.storage.plans import open_name  # noqa: PLC0415 - loads pandas

        return open_name(self._path) if self._path is not None else ""

    def _show_problems(self) -> None:
        """After a check of the panel: read the state anew and show the problems on the map."""
        self.refresh()
        if self._path is not None:
            self._show_results(self._path, {PROBLEMS_LAYER})

    def _is_open(self, step: Step) -> bool:
        """Whether the dialog of a step is open already; if so, it comes to the front."""
        dialog = self._dialogs.get(step.algorithm)
        if dialog is None or sip.isdeleted(dialog) or not dialog.isVisible():
            return False
        _bring_to_front(dialog)
        return True

    def _finished(self, step: Step, path: Path, successful: bool, results: dict[str, Any]) -> None:
        """After a run: read the state anew and show what was written."""
        if not successful or not results or path != self._path:
            return
        self.refresh()
        self._tidy.start()
        dialog = self._dialogs.get(step.algorithm)
        if dialog is not None and not sip.isdeleted(dialog):
            self._settings[step.algorithm] = _settings(step, dialog.createProcessingParameters())
            now = parameters(step, path, self._contents)
            dialog.setParameters({name: now[name] for name in step.renewed if name in now})
        self._show_on_map(step, path)

    def _show_made(self, step: Step, path: Path) -> None:
        """After a wizard: read the state anew and show what was written."""
        if path == self._path:
            self.refresh()
            self._show_on_map(step, path)

    def _show_on_map(self, step: Step, path: Path) -> None:
        first = not QgsProject.instance().mapLayers()
        if not self._show_results(path, set(step.outputs.values())):
            return
        projects.bring_out(QgsProject.instance(), path, step.result)
        projects.remember_workspace(QgsProject.instance(), path)
        if first:
            self._look_at_workspace()

    def _share_place(self) -> None:
        """The list of reports, which QGIS opens above the dock, takes half of its height: make tabs of the two."""
        window = self._iface.mainWindow()
        results = window.findChild(QDockWidget, _RESULTS)
        if results is None or not results.isVisible():
            return
        docks = (results, self)
        is_one_column = not any(x.isFloating() for x in docks) and len({window.dockWidgetArea(x) for x in docks}) == 1
        if is_one_column and not self._tidied:
            window.tabifyDockWidget(results, self)
        self._tidied = True  # where the user puts the list afterwards, it stays
        if results in window.tabifiedDockWidgets(self):
            self.raise_()

    def _show_results(self, path: Path, names: set[str]) -> bool:
        """Add these layers of the workspace to the map, or read them anew."""
        if self._would_lose_changes(names):
            return False
        try:
            projects.show_layers(QgsProject.instance(), path, names)
        except CityGridError as error:
            self._tell(error)
            return False
        return True

    # Display

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        """A clock that calls once, so long after its last start."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _action(self, name: str, text: str, slot: Any) -> QAction:  # noqa: ANN401 - any callable
        action = QAction(icon(name), text, self)
        action.setObjectName(f"CityGrid_{name}")
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _content(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(8, 8, 8, 0)
        self._title = plain_label()
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._title)
        buttons = QHBoxLayout()
        for action in (
            self.new_action, self.open_action, self.show_action, self.classes_action, self.plans_action,
        ):  # fmt: skip
            buttons.addWidget(_button(action, Qt.ToolButtonStyle.ToolButtonTextUnderIcon))
        column.addLayout(buttons)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._chain(), tr("Steps"))
        for panel, title, tip in (
            (self.grid_panel, tr("Unit grid"), tr("Correct the unit grid")),
            (self.zone_panel, tr("Responsibility grids"), tr("Correct the responsibility grids")),
            (self.case_panel, tr("Cases"), tr("Filter the cases, and see them on the map")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(_scrolling(panel), title), tip)
        column.addWidget(self.tabs, 1)
        return whole

    def _chain(self) -> QScrollArea:
        """The steps, one below the other."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        heading = ""
        for step in self._steps:
            if step.heading != heading:
                heading = step.heading
                column.addWidget(_heading(tr(step.heading)))
            button = _button(self.step_actions[step.algorithm], Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(_STEP_ICON)
            column.addWidget(button)
            label = plain_label()
            label.setContentsMargins(30, 0, 0, 2)
            self._labels[step.algorithm] = label
            column.addWidget(label)
        column.addStretch(1)
        return _scrolling(inner)

    def _display(self) -> None:
        """Show path and states."""
        if self._path is None:
            self._title.setText(tr("No workspace is open."))
            self._title.setToolTip("")
        else:
            name = self._path.name
            self._title.setText(tr("{name} is missing.").format(name=name) if self._missing else name)
            self._title.setToolTip(plain_tip(str(self._path)))
        self.show_action.setEnabled(bool(self._contents))
        self.plans_action.setEnabled(self._path is not None and not self._missing)
        now = states(None if self._missing else self._path, self._contents)
        for step in self._steps:
            self._display_step(step, now[step.algorithm])
        for panel in (self.grid_panel, self.zone_panel, self.case_panel):
            panel.follow(None if self._missing else self._path, self._contents)
        self._sources.start()
        if self._browser is not None:
            self._browser.follow()

    def _follow_source(self) -> None:
        """Say of which workspace the cases are refreshed; looking for their source loads pandas."""
        path = None if self._missing else self._path
        if path is not None or self.case_refresh.source is not None:
            self.case_refresh.follow(path)

    def _display_step(self, step: Step, state: State) -> None:
        action = self.step_actions[step.algorithm]
        action.setEnabled(state.progress is not Progress.BLOCKED)
        action.setToolTip(plain_tip(f"{tr(step.title)}\n{state.text}"))
        label = self._labels[step.algorithm]
        label.setText(f"{_SIGNS[state.progress]} {state.text}")
        label.setStyleSheet(f"color: {_COLORS[state.progress]};")

    def _tell(self, error: CityGridError) -> None:
        """A user error in the message bar, with its details behind a button."""
        warn(self._iface.messageBar(), sentence(error), error.details)


def _end_runs() -> None:
    """Cancel the plugin's runs and close its dialogs, the toolbox's too: QGIS crashes if they outlive the provider."""
    dialogs = [widget for widget in QApplication.topLevelWidgets() if _is_dialog_of_ours(widget)]
    manager = QgsApplication.taskManager()
    # A task does not tell its algorithm, but is described by its name.
    names = [a.displayName() for a in QgsApplication.processingRegistry().providerById("citygrid").algorithms()]
    tasks = [
        task
        for task in manager.tasks()
        if isinstance(task, QgsProcessingAlgRunnerTask) and any(name in task.description() for name in names)
    ]
    for task in tasks:
        task.cancel()
    # Tasks end in the event loop; the manager forgets them when all is done.
    deadline = monotonic() + _PATIENCE
    while any(not sip.isdeleted(t) and t in manager.tasks() for t in tasks) and monotonic() < deadline:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 50)
    for dialog in dialogs:
        if not sip.isdeleted(dialog):
            dialog.close()
            dialog.deleteLater()
            QCoreApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)


def _is_dialog_of_ours(widget: QWidget) -> bool:
    if not isinstance(widget, QgsProcessingAlgorithmDialogBase):
        return False
    algorithm = widget.algorithm()
    return algorithm is not None and algorithm.id().startswith("citygrid:")


def _settings(step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a user chose, without the layers and places that the workspace gives; reports go to a new place.

    Nor the fields of the communities: in the workspace they have names of their own.
    """
    from citygrid_plugin.processing.communities import FIELD_PARAMETERS  # noqa: PLC0415 - loads numpy

    given = {*step.inputs, *step.outputs, *FIELD_PARAMETERS, step.folder, step.empty, step.locks, "REPORT"}
    return {name: value for name, value in values.items() if name not in given}


def _only_layer(step: Step) -> dict[str, str]:
    """The only polygon layer on the map as communities: QGIS fills in none where another kind of layer is active."""
    layers = QgsProject.instance().mapLayers().values()
    areas = [x for x in layers if isinstance(x, QgsVectorLayer) and x.geometryType() == Qgis.GeometryType.Polygon]
    return {_COMMUNITIES: areas[0].id()} if _COMMUNITIES in step.inputs and len(areas) == 1 else {}


def _cases_on_map(step: Step, workspace: Path) -> dict[str, str]:
    """The layer of cases on the map by its id: by their source, QGIS may take the clusters beside it instead.

    Where the layer is filtered, all cases of the workspace are meant, and their source says so.
    """
    if _CASES not in step.inputs:
        return {}
    layers = projects.layers_of(QgsProject.instance(), workspace, _CASES.lower())
    return {_CASES: layers[0].id()} if len(layers) == 1 and not layers[0].subsetString() else {}


def _bring_to_front(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()


def _scrolling(inner: QWidget) -> QScrollArea:
    """A widget that scrolls up and down, so that the window may be lower than it: QGIS grows beyond small screens."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    bar = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(inner.minimumSizeHint().width() + bar)
    return area


def _heading(text: str) -> QLabel:
    """A line over the steps that belong together."""
    label = plain_label(text, "color: #44546a; border-bottom: 1px solid #c8ccd2;")
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    label.setContentsMargins(2, 4, 0, 1)
    return label


def _button(action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
    """A flat button of full width for an action."""
    button = wide_button(action, style)
    button.setAutoRaise(True)
    return button
