"""What wizards that lead from lists of records into the workspace share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtWidgets import QWidget, QWizard

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.widgets import fitting
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from .run_pages import WritingPage

_SIZE = QSize(900, 640)


class MissingWorkspace(CityGridError):
    """The workspace that a wizard was opened for is gone."""

    template = (
        "The workspace “{path}” is not there any more. Put it back and try again, or close this window and open "
        "another workspace."
    )


class RecordsWizard(QWizard):
    """A wizard whose last page (``result``) writes; a subclass says what ends with it (``end``)."""

    result: WritingPage

    def __init__(self, title: str, commit: str, parent: QWidget | None) -> None:
        """``commit``: what the button says that begins to write."""
        super().__init__(parent)
        self.setWindowTitle(title)
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

    def end(self) -> None:
        """End what still runs."""
        raise NotImplementedError

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
