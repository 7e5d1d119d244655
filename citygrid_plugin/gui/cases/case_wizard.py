"""The wizard that loads cases: source, text and places, mapping, deadlines, check, loading."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.places import PlacesPage
from citygrid_plugin.gui.records.sources import Sources
from citygrid_plugin.gui.records.wizard import RecordsWizard
from citygrid_plugin.i18n import sentence, tr

from .case_run import SOURCE_PARAMETERS, keep_source
from .case_wizard_check import CaseCheckPage, loading_page
from .case_wizard_deadlines import DeadlinesPage
from .case_wizard_mapping import CaseMappingPage
from .case_wizard_source import SourcePage

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.gui import QgsMapCanvas

    from citygrid_plugin.core.schemes import Scheme

_OPEN311 = "open311"  # of storage.mapping_files.CASE_PRESETS


class CaseWizard(RecordsWizard):
    """Leads from a list of cases to the layer of the workspace.

    The source is kept in the workspace, so that its cases can be loaded again (``case_refresh``).
    """

    loaded = pyqtSignal()

    def __init__(
        self,
        workspace: Path,
        given: Callable[[], dict[str, Any]],
        canvas: QgsMapCanvas,
        parent: QWidget | None = None,
    ) -> None:
        """``given`` as in ``RecordsWizard``."""
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415 - loads pandas
        from citygrid_plugin.storage.case_sources import case_sources, forget_case_source  # noqa: PLC0415

        super().__init__(tr("Load cases"), tr("Load"), workspace, given, parent)
        self.sources = Sources(workspace, self, "case_mappings", TARGETS)
        self.source = SourcePage(self.sources, case_sources(workspace), partial(forget_case_source, workspace))
        self.places = PlacesPage(self.sources)
        self.mapping = CaseMappingPage(self.sources, workspace, self._preset)
        self.deadlines = DeadlinesPage(self._sample)
        self.check = CaseCheckPage(self.parameters, canvas)
        self.result = loading_page(self.parameters, self._keep, workspace)
        self.result.written.connect(self._remember)
        self.source.restored.connect(self.mapping.bring)
        self.source.restored.connect(self.deadlines.bring)
        for page in (self.source, self.places, self.mapping, self.deadlines, self.check, self.result):
            self.addPage(page)

    def parameters(self) -> dict[str, Any]:
        """Those of the algorithm, as the pages say. Raises ``MissingWorkspace``, ``UnreadableFile``."""
        given = {name: value for name, value in self._given().items() if name not in SOURCE_PARAMETERS}
        origin = {} if self.source.origin is None else self.source.origin.parameters
        return {**given, **self._chosen(), **origin}

    def _chosen(self) -> dict[str, Any]:
        return {**self.mapping.parameters(), **self.deadlines.parameters()}

    def _sample(self) -> tuple[gpd.GeoDataFrame, dict[str, Any], Scheme]:
        records = self.sources.records[0][1]
        return records.frame, dict(self.mapping.rules), self.mapping.chosen_scheme

    def _preset(self) -> str:
        """The preset that the source itself speaks for."""
        origin = self.source.origin
        return _OPEN311 if origin is not None and "SERVICE_URL" in origin.parameters else ""

    def _keep(self, fingerprint: str) -> list[str]:
        """Keep the source in the workspace; returns what is to be said of it."""
        origin = self.source.origin
        if origin is None or not origin.lasting:
            return [tr("A layer in memory cannot be found again, so it is not kept as a source.")]
        try:
            keep_source(self._workspace, origin.name, {**self._chosen(), **origin.lasting}, fingerprint)
        except CityGridError as error:
            return [sentence(error)]
        text = tr("The source is kept as “{name}”: the panel of the cases loads it again, by itself if you like.")
        return [text.format(name=origin.name)]

    def _remember(self) -> None:
        self.mapping.remember()
        self.loaded.emit()

    def end(self) -> None:
        super().end()
        self.deadlines.forget()
