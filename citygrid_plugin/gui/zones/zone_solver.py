"""Dividing unit grids anew in the background, while the plan is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from citygrid_plugin.gui import background
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from citygrid_plugin.core.zones.zone_edit import Problem


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
        from citygrid_plugin.core.zones import zone_edit  # noqa: PLC0415 - loads shapely

        self.cancel()

        def done(zone: NDArray[np.intp]) -> None:
            self._end()
            self.solved.emit(question, zone)

        def failed(message: str) -> None:
            self._end()
            if message:
                self.failed.emit(message)

        self._task = background.start(
            tr("Dividing unit grids among responsibility grids"),
            lambda progress: zone_edit.solve(question, progress=progress),
            done,
            failed,
        )
        self.turned.emit(True)

    def cancel(self) -> None:
        """Drop the question."""
        if self._task is not None:
            self._task.forget()
            self._end()

    def _end(self) -> None:
        self._task = None
        self.turned.emit(False)
