"""Loading cases into a workspace from a source that is kept, so that it can be read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProject
from qgis.PyQt.QtCore import QObject

from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui.background import Background, start
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.i18n import tr

LOAD_CASES = "citygrid:loadcases"
SOURCE_PARAMETERS = ("INPUT", "SERVICE_URL", "AUTH", "SINCE", "UNTIL", "JURISDICTION")
"""Parameters that say where cases come from."""


class CaseRun(Run):
    """A run of ``citygrid:loadcases``; ``fingerprint`` is that of its source as it was before it was read.

    Taken afterwards, it would hide what was changed while the source was read.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(LOAD_CASES, tr("The cases could not be loaded."), parent)
        self._asking: Background | None = None
        self.fingerprint = ""

    @property
    def is_running(self) -> bool:
        """Whether the source is being looked at, or read."""
        return self._asking is not None or super().is_running

    def start(self, values: dict[str, Any]) -> bool:
        """Begin; a run that goes on is forgotten."""
        self.forget()
        self._asking = ask_fingerprint(
            values, lambda found: self._begin(values, found), lambda: self._begin(values, "")
        )
        return True

    def _begin(self, values: dict[str, Any], fingerprint: str) -> None:
        self._asking, self.fingerprint = None, fingerprint
        if not super().start(values):
            self.ended.emit(False, {}, self._failure)

    def cancel(self) -> None:
        """End the run early; that it has ended is told."""
        if self._asking is None:
            super().cancel()
            return
        self.forget()
        self.ended.emit(False, {}, "")

    def forget(self) -> None:
        """End the run; nothing is said of it any longer."""
        if self._asking is not None:
            self._asking.forget()
            self._asking = None
        super().forget()


def ask_fingerprint(values: Mapping[str, Any], done: Callable[[str], None], failed: Callable[[], None]) -> Background:
    """Ask in the background in which state a source is: ``done`` gets its fingerprint, ``failed`` nothing."""
    project, asked = QgsProject.instance(), dict(values)

    def ask(progress: Progress) -> str:
        from citygrid_plugin.processing.cases.fingerprints import fingerprint  # noqa: PLC0415

        progress(0.0)
        context = QgsProcessingContext()  # layers that it loads belong to this thread
        context.setProject(project)
        return fingerprint(asked, context)

    return start(tr("Looking whether the cases have changed"), ask, done, lambda _why: failed())


def keep_source(workspace: Path, name: str, parameters: Mapping[str, Any], fingerprint: str) -> None:
    """Note in a workspace from where its cases come, so that they can be loaded again. Raises ``CityGridError``."""
    from citygrid_plugin.storage.case_sources import CaseSource, save_case_source  # noqa: PLC0415

    now = datetime.now().astimezone().replace(tzinfo=None).isoformat(timespec="milliseconds")  # the last one counts
    save_case_source(workspace, CaseSource(name, dict(parameters), fingerprint, now))
