"""The wizard of the component census: files, text and places, mapping, check, import."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QSize, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget, QWizard

from citygrid_plugin.i18n import tr

from .census_check import CheckPage, ImportPage
from .census_files import FilesPage, PlacesPage
from .census_mapping import MappingPage
from .census_sources import Sources

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_SIZE = QSize(900, 640)


class CensusWizard(QWizard):
    """Leads from the files of a delivery to components in the workspace; nothing is written before the last page."""

    imported = pyqtSignal()

    def __init__(
        self,
        workspace: Path,
        given: Callable[[], dict[str, Any]],
        canvas: QgsMapCanvas,
        parent: QWidget | None = None,
    ) -> None:
        """``given``: the parameters of the algorithm that the workspace gives, such as the grid and the outputs."""
        super().__init__(parent)
        self._given = given
        self.sources = Sources(workspace, self)
        self.setWindowTitle(tr("Import components"))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setOption(QWizard.WizardOption.NoBackButtonOnLastPage)
        self.resize(_SIZE)
        for button, text in (
            (QWizard.WizardButton.NextButton, tr("Next")),
            (QWizard.WizardButton.BackButton, tr("Back")),
            (QWizard.WizardButton.CommitButton, tr("Import")),
            (QWizard.WizardButton.FinishButton, tr("Close")),
            (QWizard.WizardButton.CancelButton, tr("Cancel")),
        ):
            self.setButtonText(button, text)
        self.files = FilesPage(self.sources)
        self.places = PlacesPage(self.sources)
        self.mapping = MappingPage(self.sources, workspace)
        self.check = CheckPage(self.parameters, canvas)
        self.result = ImportPage(self.parameters, self._imported)
        for page in (self.files, self.places, self.mapping, self.check, self.result):
            self.addPage(page)

    def parameters(self) -> dict[str, Any]:
        """Those of the algorithm, as the pages say."""
        return {
            **self._given(),
            "FILES": [str(some.path) for some in self.sources.all],
            "MAPPING": self.mapping.text(),
            "LEVELS": json.dumps(self.check.levels),
            "UPDATE": self.check.update.currentIndex(),
            "SCHEME": self.mapping.scheme.currentIndex(),  # the local classes of the workspace go with it
        }

    def _imported(self) -> None:
        self.mapping.remember()
        self.imported.emit()

    def done(self, result: int) -> None:
        """Closing ends what still runs."""
        self.sources.forget()
        self.check.forget()
        self.result.forget()
        super().done(result)
