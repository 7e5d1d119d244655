"""A part of ``scripts/bench cases``: the panel of cases and the map of them in one process, as a window has them.

Usage: bench_case_window.py CASES (a GeoPackage of ``citygrid:loadcases``). Prints JSON: milliseconds of each change of
a filter (until list, counts and sums are shown), and of a redraw of the whole with plain categories and by status.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsFeatureRenderer,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsProject,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QSize

if TYPE_CHECKING:
    from citygrid_plugin.core.cases.case_filter import CaseFilter
    from citygrid_plugin.gui.cases.case_panel import CasePanel

TIMES = 5
SIZE = QSize(1600, 1000)
PATIENCE = 60.0  # seconds


class Interface:
    """What the panel asks of QGIS's window."""

    def __init__(self) -> None:
        self._canvas, self._bar = QgsMapCanvas(), QgsMessageBar()

    def mapCanvas(self) -> QgsMapCanvas:  # noqa: N802 - as QGIS calls it
        """The map."""
        return self._canvas

    def messageBar(self) -> QgsMessageBar:  # noqa: N802 - as QGIS calls it
        """The bar of messages."""
        return self._bar


def main(path: str) -> None:
    """Measure, and print what was found."""
    application = QgsApplication([], True)
    application.initQgis()
    layer = QgsVectorLayer(path, "cases", "ogr")
    if not layer.isValid():
        sys.exit(f"{path} is no layer")
    QgsProject.instance().addMapLayer(layer)
    found = {"filters": _filters(layer), **_redraws(layer)}
    print(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)  # what is left of Qt goes with the process


def _filters(layer: QgsVectorLayer) -> dict[str, float]:
    """The median time of each change, from all cases to the filter and back."""
    from citygrid_plugin.core.cases.case_filter import CaseFilter  # noqa: PLC0415 - after QGIS
    from citygrid_plugin.gui.cases.case_panel import CasePanel  # noqa: PLC0415

    panel = CasePanel(Interface())
    panel.resize(420, 900)
    panel.show()
    end = time.monotonic() + PATIENCE
    while (panel.is_busy or not panel.model.rowCount()) and time.monotonic() < end:
        QgsApplication.processEvents()
    if panel.model.rowCount() != layer.featureCount():
        sys.exit("the panel does not list all cases")
    filters = {
        "status": CaseFilter(statuses=("overdue", "due soon")),
        "class": CaseFilter(classes=tuple(_distinct(layer, "ClassName")[:2])),
        "department": CaseFilter(departments=("部门1", "部门2")),
        "source": CaseFilter(sources=("12319热线",)),
        "period": CaseFilter(first=date(2026, 3, 1), last=date(2026, 3, 31)),
        "text": CaseFilter(text="解放路 17"),
        "all of it": CaseFilter(
            statuses=("closed",), sources=("12319热线",), first=date(2026, 2, 1), last=date(2026, 4, 30), text="垃圾"
        ),
    }
    result: dict[str, list[float]] = {name: [] for name in (*filters, "no filter")}
    for _ in range(TIMES):
        for name, wanted in filters.items():
            result[name].append(_milliseconds(lambda wanted=wanted: _shown(panel, wanted)))
            result["no filter"].append(_milliseconds(lambda: _shown(panel, CaseFilter())))
    panel.hide()
    panel.forget()
    return {name: statistics.median(times) for name, times in result.items()}


def _shown(panel: CasePanel, wanted: CaseFilter) -> None:
    """Filter, and draw the panel."""
    panel.show_filter(wanted)
    panel.repaint()
    panel.list.viewport().repaint()


def _distinct(layer: QgsVectorLayer, field: str) -> list[str]:
    return sorted(map(str, layer.uniqueValues(layer.fields().lookupField(field))))


def _redraws(layer: QgsVectorLayer) -> dict[str, float]:
    """The median time of drawing the whole, the two styles in turn."""
    from citygrid_plugin.processing.cases.case_styles import set_renderer  # noqa: PLC0415 - after QGIS

    set_renderer(layer, "status")
    styles = {"plain": _plain(), "status": layer.renderer().clone()}
    result: dict[str, list[float]] = {name: [] for name in styles}
    for number in range(TIMES + 1):
        for name, style in styles.items():
            layer.setRenderer(style.clone())
            milliseconds = _milliseconds(lambda: _draw(layer))
            if number:  # the first one warms
                result[name].append(milliseconds)
    return {name: statistics.median(times) for name, times in result.items()}


def _plain() -> QgsFeatureRenderer:
    """Categories of the field Status, with QGIS's own round symbols."""
    colors = {"overdue": "red", "due soon": "orange", "open": "blue", "suspended": "purple", "closed": "gray"}
    categories = [
        QgsRendererCategory(value, QgsMarkerSymbol.createSimple({"color": color}), value)
        for value, color in {**colors, "void": "white"}.items()
    ]
    return QgsCategorizedSymbolRenderer("Status", categories)


def _draw(layer: QgsVectorLayer) -> None:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(SIZE)
    settings.setExtent(layer.extent())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()


def _milliseconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


if __name__ == "__main__":
    main(*sys.argv[1:])
