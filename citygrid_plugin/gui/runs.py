"""Runs of an algorithm in the background, for what has no dialog of its own."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

# What the threads of runs work on: QGIS keeps neither alive, and a forgotten run takes a while to end.
_IN_USE: dict[QgsProcessingAlgRunnerTask, tuple[QgsProcessingContext, QgsProcessingFeedback]] = {}


class Run(QObject):
    """One run of an algorithm at a time.

    ``ended`` tells whether it went well, its results, and else what is to be said: nothing where it was cancelled,
    ``failure`` where the log is silent. One that was cancelled too late did not go well, but has results. ``context``
    holds its temporary layers.
    """

    progressed = pyqtSignal(float)
    ended = pyqtSignal(bool, dict, str)

    def __init__(self, algorithm: str, failure: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._algorithm, self._failure = algorithm, failure
        self._task: QgsProcessingAlgRunnerTask | None = None
        self._feedback: QgsProcessingFeedback | None = None
        self.context: QgsProcessingContext | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run goes on."""
        return self._task is not None

    def start(self, values: dict[str, Any]) -> bool:
        """Begin; a run that goes on is forgotten. False where there is no such algorithm."""
        self.forget()
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(self._algorithm)
        if algorithm is None:
            return False
        self.context, self._feedback = QgsProcessingContext(), QgsProcessingFeedback()
        self._feedback.progressChanged.connect(self.progressed)
        self.context.setProject(QgsProject.instance())
        self._task = QgsProcessingAlgRunnerTask(algorithm, values, self.context, self._feedback)
        self._task.executed.connect(self._executed)
        _keep(self._task, self.context, self._feedback)
        QgsApplication.taskManager().addTask(self._task)
        return True

    def cancel(self) -> None:
        """End the run early; that it has ended is told."""
        if self._task is not None:
            self._task.cancel()

    def forget(self) -> None:
        """End the run; nothing is said of it any longer, and its temporary layers go."""
        if self._task is not None and self._feedback is not None:
            self._task.executed.disconnect(self._executed)
            self._feedback.progressChanged.disconnect(self.progressed)
            self._task.cancel()
            self._task = None
        self.context = None

    def _executed(self, successful: bool, results: dict[str, Any]) -> None:
        feedback, self._task = self._feedback, None
        went_well = successful and bool(results)
        log = feedback.textLog().strip() if feedback is not None else ""
        silent = went_well or feedback is None or feedback.isCanceled()
        self.ended.emit(went_well, results, "" if silent else log.splitlines()[-1] if log else self._failure)


def _keep(task: QgsProcessingAlgRunnerTask, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
    """Keep what a task works on until it has ended."""
    _IN_USE[task] = context, feedback
    task.executed.connect(lambda _successful, _results: _IN_USE.pop(task, None))


def is_any_running(algorithm: str) -> bool:
    """Whether an algorithm is at work, started by whatever window. A task is described by the name of its algorithm."""
    known = QgsApplication.processingRegistry().algorithmById(algorithm)
    return known is not None and any(
        isinstance(task, QgsProcessingAlgRunnerTask) and known.displayName() in task.description()
        for task in QgsApplication.taskManager().activeTasks()
    )
