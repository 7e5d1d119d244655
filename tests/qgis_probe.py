"""Runs inside real QGIS (PYQGIS_STARTUP): records messages from the start, looks around, writes JSON, quits.

CITYGRID_PROBE names the JSON file. It appears when the window may be photographed; once it is gone QGIS
quits. With CITYGRID_ZIP the plugin is first installed as "Install from ZIP" does it, and unloaded at the
end, and what is left of it then stands in a second file, ending in ".after".
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qgis.utils
from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QToolBar

PLUGIN = "citygrid_plugin"
RESULT = Path(os.environ["CITYGRID_PROBE"])
ZIP = os.environ.get("CITYGRID_ZIP")
REST = 2500  # ms after which the window is taken to be at rest
messages: list[list[str]] = []


def record(text: str, tag: str, level: Qgis.MessageLevel) -> None:
    """Keep what goes wrong."""
    if level in (Qgis.MessageLevel.Warning, Qgis.MessageLevel.Critical):
        messages.append([tag, text])


def furniture() -> list[str]:
    """What a plugin can add to the program and leave in it: docks, toolbars, menu entries, providers."""
    iface = qgis.utils.iface
    found = [
        f"{type(widget).__name__} {widget.objectName()}"
        for kind in (QDockWidget, QToolBar)
        for widget in iface.mainWindow().findChildren(kind)
    ]
    bars = (iface.mainWindow().menuBar(), iface.pluginMenu(), iface.vectorMenu(), iface.pluginToolBar())
    found += [f"{bar.objectName()} ▸ {action.text()}" for bar in bars for action in bar.actions()]
    found += [f"provider {each.id()}" for each in QgsApplication.processingRegistry().providers()]
    return sorted(found)


def look() -> dict[str, Any]:
    """The plugin as it stands in the program, and everything that asks for attention."""
    provider = QgsApplication.processingRegistry().providerById("citygrid")
    dock = qgis.utils.iface.mainWindow().findChild(QDockWidget, "CityGridDock")
    windows = QApplication.topLevelWidgets()
    return {
        "active": PLUGIN in qgis.utils.active_plugins,
        "locale": QgsApplication.locale(),
        "algorithms": {each.name(): each.displayName() for each in provider.algorithms()} if provider else {},
        "dock": dock.windowTitle() if dock else None,
        "messages": messages,
        "bar": [item.text() for item in qgis.utils.iface.messageBar().items()],
        "dialogs": [each.windowTitle() for each in windows if each.isVisible() and each.isModal()],
        "furniture": furniture(),
    }


def write(path: Path, content: Callable[[], dict[str, Any]]) -> None:
    """Write a result, or the traceback of a failure, so that it appears complete."""
    try:
        result = content()
    except Exception:  # noqa: BLE001 - whatever it is, the test has to hear of it
        result = {"traceback": traceback.format_exc()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.rename(path)


def start() -> None:
    """When the program is complete: install if asked to, and look when it has come to rest."""
    if qgis.utils.iface is None or not qgis.utils.iface.mainWindow().isVisible():
        QTimer.singleShot(200, start)
        return
    qgis.utils.iface.mainWindow().showMaximized()
    QTimer.singleShot(REST, install if ZIP else show)


def install() -> None:
    """Install the zip through the plugin manager's own code."""
    import pyplugin_installer  # noqa: PLC0415 - exists only inside the started program

    write(RESULT.with_suffix(".before"), lambda: {"furniture": furniture()})
    QTimer.singleShot(REST, show)  # before the call: it fires even while a dialog blocks the call
    pyplugin_installer.instance().installFromZipFile(ZIP)


def show() -> None:
    """Write what is there, and wait until it has been fetched."""
    write(RESULT, look)
    QTimer.singleShot(200, leave)


def leave() -> None:
    """Quit when the result has been fetched."""
    if RESULT.exists():
        QTimer.singleShot(200, leave)
    elif ZIP and PLUGIN in qgis.utils.active_plugins:
        qgis.utils.unloadPlugin(PLUGIN)
        QTimer.singleShot(500, leave)  # widgets go when the program comes round to it
    else:
        write(RESULT.with_suffix(".after"), look)
        qgis.utils.iface.actionExit().trigger()


QgsApplication.messageLog().messageReceived.connect(record)
QTimer.singleShot(0, start)
