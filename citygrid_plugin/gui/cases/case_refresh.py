"""Cases that are read again from their source when it has changed: every so many minutes, or at a click.

The status of cases follows the clock without this (the styles' expressions ask for the time); what it brings is what
the other system has written since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from qgis.core import QgsFeatureRequest, QgsProcessing, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError, UnreadableFile
from citygrid_plugin.gui.background import Background
from citygrid_plugin.gui.records.run_pages import account_text
from citygrid_plugin.gui.runs import is_any_running
from citygrid_plugin.gui.texts import GREY, plain_label, plain_tip
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage.case_sources import CaseSource, case_sources

from .case_legend import recount
from .case_run import LOAD_CASES, SOURCE_PARAMETERS, CaseRun, ask_fingerprint, keep_source

LAYER = "cases"
INTERVALS = (0, 1, 5, 15, 30, 60)
"""Minutes between two looks at the source; 0 is off."""
_SETTING = "CityGrid/case_refresh_minutes"
_MINUTE_MS = 60_000
_TO_MINUTES = 16  # characters of a time
_LONGEST = 16  # intervals between two tries after failures
_LAYERS = {LAYER, "rejected_cases", "case_problems"}


class CaseRefresh(QObject):
    """Reads the source of the open workspace's cases again; what is loaded stays until the new ones are complete.

    ``changed``: the state line, the source or the interval is another one. ``loaded``: the layer has new rows.
    ``failed``: a sentence, once for each cause until it works again; the next tries come later and later.
    """

    changed = pyqtSignal()
    loaded = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, given: Callable[[Path], dict[str, Any]], parent: QObject | None = None) -> None:
        """``given``: the parameters that a workspace gives (grid, outputs …); it is asked before each run."""
        super().__init__(parent)
        self._given = given
        self._path: Path | None = None
        self._asking: Background | None = None
        self._failures = 0
        self._said = ""
        self._chosen: list[ChosenCases] = []  # of the layers on the map, while their table is replaced
        self.source: CaseSource | None = None
        self.state = ""
        self.run = CaseRun(self)
        self.run.ended.connect(self._ended)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self.minutes = int(QgsSettings().value(_SETTING, 0, type=int))

    @property
    def is_busy(self) -> bool:
        """Whether the source is being looked at, or read."""
        return self._asking is not None or self.run.is_running

    # What others say

    def follow(self, path: Path | None) -> None:
        """The workspace that is open now (None for none); what is under way for another one ends."""
        if path != self._path:
            self._stop()
            self._path, self.state, self._said, self._failures = path, "", "", 0
        if not self.is_busy:
            self.source = self._newest()
        if not self._timer.isActive():  # the workspace changes often, which must not put off the next look
            self._plan()
        self.changed.emit()

    def set_minutes(self, minutes: int) -> None:
        """Look at the source every so many minutes; 0 is never."""
        self.minutes = minutes
        QgsSettings().setValue(_SETTING, minutes)
        self._failures = 0
        self._plan()
        self.changed.emit()

    def refresh_now(self) -> None:
        """Read the source again, whether it has changed or not."""
        self._failures, self._said = 0, ""
        self._read()

    def look(self) -> None:
        """Read the source again if it has changed."""
        if self.source is None or self._path is None or self._waits():
            self._plan()
            return
        self._say(tr("Looking whether the cases have changed…"))
        values = self._parameters(self.source)
        if values is not None:
            self._asking = ask_fingerprint(values, self._compare, self._read)
            self.changed.emit()

    def forget(self) -> None:
        """End what is under way, and look no more."""
        self._stop()
        self._path = self.source = None

    # Steps

    def _stop(self) -> None:
        self._timer.stop()
        if self._asking is not None:
            self._asking.forget()
            self._asking = None
        self.run.forget()
        self._end_choices()

    def _end_choices(self) -> None:
        for chosen in self._chosen:
            chosen.forget()
        self._chosen = []

    def _newest(self) -> CaseSource | None:
        """The source from which the cases of the workspace were loaded last."""
        if self._path is None or not self._path.is_file():
            return None
        found: list[CaseSource] = []
        with suppress(CityGridError):  # a file that is no workspace; the dock says so
            found = [source for source in case_sources(self._path) if source.loaded]
        return max(found, key=lambda source: source.loaded, default=None)

    def _plan(self) -> None:
        """Set the clock for the next look: later and later after failures."""
        self._timer.stop()
        if self.minutes and self.source is not None and not self.is_busy:
            self._timer.start(self.minutes * _MINUTE_MS * min(2**self._failures, _LONGEST))

    def _waits(self) -> bool:
        """Whether it is not the moment to write into the layer; the state line says why."""
        if self._path is None or self.is_busy:
            return True
        if any(layer.isEditable() for layer in self._map_layers()):
            self._say(tr("The layer of cases is being edited. It is read again once the editing has ended."))
            return True
        if is_any_running(LOAD_CASES):
            self._say(tr("Cases are being loaded in another window."))
            return True
        return False

    def _compare(self, fingerprint: str) -> None:
        self._asking = None
        if self.source is not None and fingerprint and fingerprint == self.source.fingerprint:
            self._went_well(tr("No change at {time}.").format(time=_now()))
            self._plan()
        else:
            self._read()

    def _read(self) -> None:
        """Run the algorithm with the parameters of the last time."""
        self._asking = None
        if self.source is None or self._waits():
            self._plan()
            return
        self._timer.stop()
        self._say(tr("The cases are being loaded…"))
        values = self._parameters(self.source)
        if values is not None and (missing := _missing_file(values)):
            self._ended(False, {}, missing)
        elif values is not None:
            self._chosen = [ChosenCases(layer) for layer in self._map_layers()]
            self.run.start(values | {"REPORT": QgsProcessing.TEMPORARY_OUTPUT})
            self.changed.emit()

    def _parameters(self, source: CaseSource) -> dict[str, Any] | None:
        """Those of the algorithm; None, and a message, where the workspace cannot give its own."""
        try:
            given = {} if self._path is None else self._given(self._path)
        except CityGridError as error:
            self._ended(False, {}, sentence(error))
            return None
        return {name: value for name, value in given.items() if name not in SOURCE_PARAMETERS} | source.parameters

    def _ended(self, successful: bool, results: dict[str, Any], message: str) -> None:
        if self._path is None or self.source is None:
            return
        if results:
            self._keep(results)
        elif message and not successful:
            self._failures += 1
            self._say(f"{_now()}: {message}\n{tr('What was loaded before stays.')}")
            if message != self._said:
                self._said = message
                self.failed.emit(message)
        else:
            self._say(tr("Cancelled. What was loaded before stays."))
        self._end_choices()
        self._plan()
        self.changed.emit()

    def _keep(self, results: dict[str, Any]) -> None:
        """The workspace has new cases: note from when they are, and show them."""
        if self._path is None or self.source is None:
            return
        try:
            keep_source(self._path, self.source.name, self.source.parameters, self.run.fingerprint)
        except CityGridError as error:
            self.failed.emit(sentence(error))
        self.source = self._newest()
        self._show_layers(self._path)
        self._went_well(account_text(results))
        self.loaded.emit()

    def _went_well(self, state: str) -> None:
        self._failures, self._said = 0, ""
        self._say(state)

    def _say(self, state: str) -> None:
        self.state = state
        self.changed.emit()

    # The map

    def _map_layers(self) -> list[QgsVectorLayer]:
        return [] if self._path is None else projects.layers_of(QgsProject.instance(), self._path, LAYER)

    def _show_layers(self, path: Path) -> None:
        """Read the layers on the map anew: style, filter and place stay, and the selected cases selected."""
        project, chosen_before = QgsProject.instance(), self._chosen
        self._end_choices()  # reading anew clears the selection
        for name in _LAYERS:
            for layer in projects.layers_of(project, path, name):
                layer.setDataSource(layer.source(), layer.name(), layer.providerType())
                recount(layer)
                layer.triggerRepaint()
        for chosen in chosen_before:
            chosen.restore()


class ChosenCases:
    """The selected cases of a layer by their numbers: in the new table, the same rows have other ids."""

    def __init__(self, layer: QgsVectorLayer) -> None:
        self._layer = layer
        self._numbers: set[str] = set()
        self._note()
        layer.selectionChanged.connect(self._note)

    def forget(self) -> None:
        """Listen no longer."""
        if not sip.isdeleted(self._layer):
            self._layer.selectionChanged.disconnect(self._note)

    def _note(self) -> None:
        """The selection is read at once: once the table is another one, its ids mean other cases."""
        at = self._layer.fields().indexOf(fields.CASE_ID)
        self._numbers = {feature[at] for feature in self._layer.selectedFeatures()} if at >= 0 else set()

    def restore(self) -> None:
        """Select them in the new table."""
        if sip.isdeleted(self._layer) or not self._numbers:
            return
        numbers = self._numbers
        at = self._layer.fields().indexOf(fields.CASE_ID)
        request = QgsFeatureRequest().setSubsetOfAttributes([at]).setFlags(QgsFeatureRequest.Flag.NoGeometry)
        ids = [feature.id() for feature in self._layer.getFeatures(request) if feature[at] in numbers]
        self._layer.selectByIds(ids)


class RefreshBar(QWidget):
    """Source, when it was read, “Refresh now”, the interval and the state, in three short lines."""

    def __init__(self, refresh: CaseRefresh) -> None:
        super().__init__()
        self._refresh = refresh
        self.source = plain_label()
        self.state = plain_label("", GREY)
        self.now = QPushButton(tr("Refresh now"))
        self.interval = CompactBox(8)
        self.interval.setToolTip(tr("How often the source is looked at. It is read again only when it has changed."))
        for minutes in INTERVALS:
            text = tr("every {count} min").format(count=minutes) if minutes else tr("by hand")
            self.interval.addItem(text, minutes)
        line = QHBoxLayout()
        line.addWidget(self.now)
        line.addWidget(self.interval, 1)
        self._inner = QWidget()  # hidden on its own: what has no parent yet would show as a window
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._inner)
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.source)
        column.addLayout(line)
        column.addWidget(self.state)
        self.now.clicked.connect(lambda _checked=False: refresh.refresh_now())
        self.interval.activated.connect(lambda _index: refresh.set_minutes(self.interval.currentData()))
        refresh.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        source = self._refresh.source
        self._inner.setVisible(source is not None)  # there is nothing to refresh before cases were loaded by the wizard
        if source is None:
            return
        loaded = source.loaded.replace("T", " ")[:_TO_MINUTES]
        self.source.setText(tr("{name}, loaded {time}").format(name=source.name, time=loaded))
        self.source.setToolTip(plain_tip(_place(source)))
        self.now.setEnabled(not self._refresh.is_busy)
        self.interval.setCurrentIndex(max(self.interval.findData(self._refresh.minutes), 0))
        self.state.setText(self._refresh.state)
        self.state.setVisible(bool(self._refresh.state))


def _place(source: CaseSource) -> str:
    """Where the cases come from."""
    return str(source.parameters.get("SERVICE_URL") or source.parameters.get("INPUT", ""))


def _missing_file(values: Mapping[str, Any]) -> str:
    """What to say where the file of the cases is gone; of it, QGIS would only say that it is not found."""
    place = Path(str(values.get("INPUT", "")).partition("|")[0])
    if not place.is_absolute() or place.exists():
        return ""
    return sentence(UnreadableFile(path=str(place), why="the file is not there"))


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M")
