"""Dividing unit grids anew in the background, while the plan is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from citygrid_plugin.i18n import tr

from . import background

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from citygrid_plugin.core.zone_edit import Problem


class ZoneSolver(QObject):
    """One question at a time.

    ``solved``: the question and the zone of each of its cells; ``failed``: a sentence, why there is no answer;
    ``turned``: whether a question is worked on. What was cancelled tells nothing more.
    """

    solved = pyqtSignal(object, object)
    failed = pyqtSignal(str)
    turned = pyqtSignal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: background.Background | None = None

    @property
    def is_running(self) -> bool:
        """Whether a question is worked on."""
        return self._task is not None

    def start(self, question: Problem) -> None:
        """Work on a question; one that is worked on is dropped."""
        from citygrid_plugin.core import zone_edit  # noqa: PLC0415 - loads shapely

        self.cancel()
        task: background.Background

        def done(zone: NDArray[np.intp]) -> None:
            if self._ends(task):
                self.solved.emit(question, zone)

        def failed(message: str) -> None:
            if self._ends(task) and message:
                self.failed.emit(message)

        task = background.start(
            tr("Dividing unit grids among responsibility grids"),
            lambda progress: zone_edit.solve(question, progress=progress),
            done,
            failed,
        )
        self._task = task
        self.turned.emit(True)

    def cancel(self) -> None:
        """Drop the question."""
        task = self._task
        if task is not None and self._ends(task):
            task.cancel()

    def _ends(self, task: background.Background) -> bool:
        """Whether somebody still waits for this task; nobody does any longer."""
        if task is not self._task:
            return False
        self._task = None
        self.turned.emit(False)
        return True
