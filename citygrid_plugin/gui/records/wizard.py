"""What wizards that lead from lists of records into the workspace share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtWidgets import QWidget, QWizard

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.widgets import fitting
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from .run_pages import DryRunPage, WritingPage
    from .sources import Sources

_SIZE = QSize(900, 640)


class MissingWorkspace(CityGridError):
    """The workspace that a wizard was opened for is gone."""

    template = (
        "The workspace “{path}” is not there any more. Put it back and try again, or close this window and open "
        "another workspace."
    )


class RecordsWizard(QWizard):
    """A wizard that leads from ``sources`` over a ``check`` to ``result``; nothing is written before that last page.

    The workspace is the one for which it was opened, whichever is open in the dock later.
    """

    sources: Sources
    check: DryRunPage
    result: WritingPage

    def __init__(
        self, title: str, commit: str, workspace: Path, given: Callable[[], dict[str, Any]], parent: QWidget | None
    ) -> None:
        """``commit``: what the button says that begins to write.

        ``given``: the parameters of the algorithm that the workspace gives, such as the grid and the outputs. It is
        asked before each run, since others may write into the workspace meanwhile.
        """
        super().__init__(parent)
        self._workspace, self._ask_given = workspace, given
        self.setWindowTitle(f"{title} – {workspace.stem}")
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setTitleFormat(Qt.TextFormat.PlainText)
        self.setSubTitleFormat(Qt.TextFormat.PlainText)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setOption(QWizard.WizardOption.NoBackButtonOnLastPage)
        self.resize(fitting(parent or self, _SIZE))
        for button, text in (
            (QWizard.WizardButton.NextButton, tr("Next")),
            (QWizard.WizardButton.BackButton, tr("Back")),
            (QWizard.WizardButton.CommitButton, commit),
            (QWizard.WizardButton.FinishButton, tr("Close")),
            (QWizard.WizardButton.CancelButton, tr("Cancel")),
        ):
            self.setButtonText(button, text)

    def _given(self) -> dict[str, Any]:
        """The parameters that the workspace gives now. Raises ``MissingWorkspace``, ``UnreadableFile``."""
        if not self._workspace.exists():
            raise MissingWorkspace(path=str(self._workspace))
        return self._ask_given()

    def end(self) -> None:
        """End what still runs."""
        self.sources.forget()
        self.check.forget()
        self.result.forget()

    def reject(self) -> None:
        """Cancel. A run that writes is told to end, and the window stays to say what became of it."""
        if not self.result.stop():
            super().reject()

    def done(self, result: int) -> None:
        """Closing ends what still runs."""
        self.end()
        super().done(result)

    def event(self, event: QEvent) -> bool:
        """So does being deleted, as when the plugin is unloaded while a run goes on."""
        if event.type() == QEvent.Type.DeferredDelete:
            self.end()
        return bool(super().event(event))
