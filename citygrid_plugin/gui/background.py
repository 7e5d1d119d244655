"""Work in the background: QGIS's task manager shows it, and cancels it; the window stays free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication, QgsTask

from citygrid_plugin.core.errors import Cancelled, CityGridError
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.projections import projections_kept

Work = Callable[[Progress], Any]
Done = Callable[[Any], None]
Failed = Callable[[str], None]


class Background(QgsTask):
    """One piece of work; ``done`` gets its result, ``failed`` a sentence (empty after cancelling)."""

    def __init__(self, title: str, work: Work, done: Done, failed: Failed) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._work, self._done, self._failed = work, done, failed
        self._result: Any = None
        self._message = ""

    def run(self) -> bool:
        """Do the work in its thread; no exception may leave it."""
        try:
            with projections_kept():
                self._result = self._work(self._progress)
        except Cancelled:
            return False
        except CityGridError as error:
            self._message = sentence(error)
            return False
        except Exception as error:  # noqa: BLE001 - QGIS would only log it, and the user would wait
            self._message = tr("This did not work: {error}").format(error=f"{type(error).__name__}: {error}")
            return False
        return True

    def _progress(self, share: float) -> None:
        if self.isCanceled():
            raise Cancelled
        self.setProgress(100 * share)

    def forget(self) -> None:
        """End the work early; nothing is said of it any longer."""
        self._done = self._failed = _say_nothing
        self.cancel()

    def finished(self, result: bool) -> None:
        """In the window's thread."""
        if result:
            self._done(self._result)
        else:
            self._failed(self._message)


def _say_nothing(_result: object) -> None:
    """Nobody waits any longer."""


def start(title: str, work: Work, done: Done, failed: Failed) -> Background:
    """Begin with a piece of work; who starts it keeps the task alive."""
    task = Background(title, work, done, failed)
    QgsApplication.taskManager().addTask(task)
    return task
