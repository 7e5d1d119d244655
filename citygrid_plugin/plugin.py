"""The plugin as QGIS sees it: provider, menu, toolbar and dock; ``unload`` leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QMenu

from .i18n import install_translator, tr
from .processing.provider import CityGridProvider

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QToolBar

    from .gui.dock import CityGridDock

_MENU = "CityGrid 数字城管"


class CityGridPlugin:
    """Adds the provider, and in the desktop program the menu, toolbar and dock."""

    def __init__(self, iface: QgisInterface | None) -> None:
        self.iface: Any = iface
        self.translator = install_translator()
        self.provider: CityGridProvider | None = None
        self.dock: CityGridDock | None = None
        self.toolbar: QToolBar | None = None
        self.menu: QMenu | None = None

    def initProcessing(self) -> None:
        """Add the provider; all that ``qgis_process`` needs."""
        self.provider = CityGridProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Add everything to the desktop program."""
        from .gui.dock import CityGridDock  # noqa: PLC0415 - qgis_process has no use for windows
        from .gui.icons import icon  # noqa: PLC0415

        self.initProcessing()
        if self.iface is None:
            return
        self.dock = CityGridDock(self.iface)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        toggle = self.dock.toggleViewAction()
        toggle.setIcon(icon("citygrid"))
        toggle.setText(tr("CityGrid panel"))
        self.toolbar = self.iface.addToolBar(tr("CityGrid"))
        self.toolbar.setObjectName("CityGridToolbar")
        self.toolbar.addActions([toggle, self.dock.open_action])
        self.toolbar.addSeparator()
        self.toolbar.addActions(list(self.dock.step_actions.values()))
        # Not by addPluginToMenu: QGIS keeps the emptied menu for ever.
        self.menu = QMenu(_MENU, self.iface.mainWindow())
        self.menu.setIcon(icon("citygrid"))
        self.menu.addActions([toggle, self.dock.new_action, self.dock.open_action])
        self.menu.addSeparator()
        self.menu.addActions(list(self.dock.step_actions.values()))
        self.menu.addSeparator()
        self.menu.addAction(self.dock.classes_action)
        self.iface.pluginMenu().addMenu(self.menu)

    def unload(self) -> None:
        """Take everything away again."""
        if self.menu is not None:
            self.iface.pluginMenu().removeAction(self.menu.menuAction())
            self.menu.deleteLater()
            self.menu = None
        if self.toolbar is not None:
            self.iface.mainWindow().removeToolBar(self.toolbar)
            self.toolbar.deleteLater()
            self.toolbar = None
        if self.dock is not None:
            self.dock.forget()
            self.iface.removeDockWidget(self.dock)
            self.dock.deleteLater()
            self.dock = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
            self.translator = None
