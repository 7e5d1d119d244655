"""The wizard of the component census: files, text and places, mapping, check, import."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from citygrid_plugin.gui.records.places import PlacesPage
from citygrid_plugin.gui.records.sources import Sources
from citygrid_plugin.gui.records.wizard import RecordsWizard
from citygrid_plugin.i18n import tr

from .census_check import CheckPage, import_page
from .census_files import FilesPage
from .census_mapping import MappingPage

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas


class CensusWizard(RecordsWizard):
    """Leads from the files of a delivery to components in the workspace."""

    check: CheckPage

    imported = pyqtSignal()

    def __init__(
        self,
        workspace: Path,
        given: Callable[[], dict[str, Any]],
        canvas: QgsMapCanvas,
        parent: QWidget | None = None,
    ) -> None:
        """``given`` as in ``RecordsWizard``."""
        from citygrid_plugin.core.census.component_mapping import TARGETS  # noqa: PLC0415 - loads pandas

        super().__init__(tr("Import components"), tr("Import"), workspace, given, parent)
        self.sources = Sources(workspace, self, "mappings", TARGETS)
        self.files = FilesPage(self.sources)
        self.places = PlacesPage(self.sources)
        self.mapping = MappingPage(self.sources, workspace)
        self.check = CheckPage(self.parameters, canvas)
        self.result = import_page(self.parameters, workspace)
        self.result.written.connect(self._imported)
        for page in (self.files, self.places, self.mapping, self.check, self.result):
            self.addPage(page)

    def parameters(self) -> dict[str, Any]:
        """Those of the algorithm, as the pages say. Raises ``MissingWorkspace``, ``UnreadableFile``."""
        given = self._given()
        return {
            **given,
            "FILES": [str(some.path) for some in self.sources.all],
            "MAPPING": self.mapping.text(),
            "LEVELS": json.dumps(self.check.levels),
            "UPDATE": self.check.update.currentIndex() if "EXISTING" in given else 0,
            "COVERED": self.check.covered.currentIndex(),
            "SCHEME": self.mapping.scheme.currentIndex(),  # the local classes of the workspace go with it
        }

    def _imported(self) -> None:
        self.mapping.remember()
        self.imported.emit()
