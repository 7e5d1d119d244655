"""The plugin as QGIS sees it: provider, menu, toolbar and dock; ``unload`` leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication

from .i18n import install_translator
from .processing.provider import CityGridProvider

if TYPE_CHECKING:
    from qgis.gui import QgisInterface


class CityGridPlugin:
    """Adds the provider, and in the desktop program the menu, toolbar and dock."""

    def __init__(self, iface: QgisInterface | None) -> None:
        self.iface = iface
        self.translator = install_translator()
        self.provider: CityGridProvider | None = None

    def initProcessing(self) -> None:
        """Add the provider; all that ``qgis_process`` needs."""
        self.provider = CityGridProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Add everything to the desktop program."""
        self.initProcessing()

    def unload(self) -> None:
        """Take everything away again."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
