"""Counts of cases by unit grid and responsibility grid: two more outputs of loading, and how they are drawn.

They are tables of the moment of loading, and say so: counting while drawing would take QGIS seconds each time the map
is moved (340,000 grids).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from qgis.core import (
    QgsClassificationCustom,
    QgsFeatureRenderer,
    QgsGraduatedSymbolRenderer,
    QgsProcessingContext,
    QgsRendererRange,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.style_parts import area, label, map_tip, save_named

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.processing.base import CityGridAlgorithm

OUTPUTS: Final = {
    "GRID_COUNTS": (fields.BGID, "Open cases by unit grid"),
    "ZONE_COUNTS": (fields.RGID, "Open cases by responsibility grid"),
}
"""Outputs of loading: the code that is counted by, and the title."""

STYLES: Final = {"unfinished": "By open cases", "share": "By overdue share", "density": "By open cases per 10,000 m²"}
"""Named styles of the counts."""

# core.cases.case_counts, which loads geopandas and is not imported at the start of QGIS
_FIELD: Final = {"unfinished": "Unfinished", "share": "OverShare", "density": "Density"}
_MOMENT: Final = "At"
_SHARES: Final = (0.0, 0.1, 0.25, 0.5, 0.75)
_STEPS: Final = 6
_COLORS: Final = ("#fff7bc", "#fee391", "#fec44f", "#fb9a29", "#cc4c02", "#7f2704")  # darkens steadily: read in grey
_NO_END: Final = 1e12


def define_counts(algorithm: CityGridAlgorithm) -> None:
    """Add the outputs to an algorithm."""
    from citygrid_plugin.processing.base import SINK_POLYGON  # noqa: PLC0415 - which loads the styles, and so this

    for name, (_, title) in OUTPUTS.items():
        algorithm.add_sink(name, tr(title), SINK_POLYGON, optional=True)


def write_counts(
    algorithm: CityGridAlgorithm,
    cases: pd.DataFrame,
    layers: dict[str, gpd.GeoDataFrame | None],
    at: np.datetime64,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
) -> dict[str, str]:
    """Write the counts that are wanted; ``layers``: the polygons by name of the output.

    Returns the outputs. Raises ``BadSetting`` where an output is wanted whose grids were not given.
    """
    from citygrid_plugin.core.cases.case_counts import count_cases  # noqa: PLC0415
    from citygrid_plugin.processing.base import destination_of  # noqa: PLC0415 - as above

    results: dict[str, str] = {}
    for name, (code, _) in OUTPUTS.items():
        if not parameters.get(name):
            continue
        polygons = layers[name]
        if polygons is None:
            allowed = tr("empty, where those grids are not given")
            raise BadSetting(name=name, value=destination_of(parameters[name], context), allowed=allowed)
        counted = count_cases(cases, polygons, code, at)
        written = algorithm.write(counted, parameters, name, context, "MultiPolygon", "case_counts")
        if written:
            results[name] = written
    return results


def dress_counts(layer: QgsVectorLayer) -> None:
    """Style a layer of counts: by open cases at first; the other styles stand in its style manager."""
    names = layer.fields().names()
    _texts(layer)
    present = {tr(title): style for style, title in STYLES.items() if _FIELD[style] in names}
    save_named(layer, {title: partial(_dress_as, layer, style) for title, style in present.items()})


def _dress_as(layer: QgsVectorLayer, style: str) -> None:
    layer.setRenderer(_graduated(layer, style))
    _count_label(layer, style)


def moment_of(layer: QgsVectorLayer) -> str:
    """The moment that a layer of counts is of, as text; empty where it says none."""
    row = next(layer.getFeatures(), None)
    if row is None or layer.fields().lookupField(_MOMENT) < 0 or not row[_MOMENT]:
        return ""
    return str(row[_MOMENT].toString("yyyy-MM-dd HH:mm"))


def _texts(layer: QgsVectorLayer) -> None:
    codes = [name for name in (fields.BGID, fields.RGID) if layer.fields().lookupField(name) >= 0]
    counts = ("Unfinished", "DueSoon", "Overdue", "Suspended", "Closed", "OverShare", "Density", _MOMENT)
    map_tip(layer, *codes, *counts)


def _count_label(layer: QgsVectorLayer, style: str) -> None:
    """The number, where there is room for it."""
    name = _FIELD[style]
    texts = {
        "unfinished": f'if("{name}" > 0, "{name}", NULL)',
        "share": f"round(100 * \"{name}\") || ' %'",
        "density": f'round("{name}", 1)',
    }
    near = 8_000 if layer.fields().lookupField(fields.BGID) >= 0 else 30_000
    label(layer, texts[style], 8, "#303133", below_scale=near, priority=5, bold=True)


def _graduated(layer: QgsVectorLayer, style: str) -> QgsFeatureRenderer:
    """Classes of a field: shares in fixed steps, counts in steps that grow."""
    limits = _SHARES if style == "share" else _limits(layer, _FIELD[style], whole=style == "unfinished")
    ranges = []
    for number, low in enumerate(limits):
        last = number + 1 == len(limits)
        high = _NO_END if last else limits[number + 1]
        symbol = area("solid", "#ffffff", 0.1, fill=_COLORS[min(number + (len(_COLORS) - len(limits)), 5)])
        symbol.setOpacity(0.75)
        ranges.append(QgsRendererRange(low, high, symbol, _words(style, low, high, last=last)))
    renderer = QgsGraduatedSymbolRenderer(_expression(style), ranges)
    renderer.setClassificationMethod(QgsClassificationCustom())
    return renderer


def _expression(style: str) -> str:
    # A value on a limit belongs to the class above, as the legend says; QGIS would take the one below.
    name = _FIELD[style]
    return f'"{name}" + 0.5' if style == "unfinished" else f'"{name}" + 0.0000001'


def _limits(layer: QgsVectorLayer, name: str, *, whole: bool) -> list[float]:
    """Lower limits of the classes, the first of what is more than nothing."""
    highest = layer.maximumValue(layer.fields().lookupField(name))
    most = float(highest) if isinstance(highest, int | float) else 1.0
    if whole:
        limits = sorted({max(1, round(most ** (step / _STEPS))) for step in range(_STEPS)})
        return [float(limit) for limit in limits]
    return [0.0, *(float(f"{most * share:.1g}") for share in (0.05, 0.1, 0.25, 0.5) if most > 0)]


def _words(style: str, low: float, high: float, *, last: bool) -> str:
    if style == "share":
        return f"≥ {low:.0%}" if last else f"{low:.0%} – {high:.0%}"
    if style == "density":
        return f"≥ {low:g}" if last else f"{low:g} – {high:g}"
    if last:
        return f"≥ {low:g}"
    return f"{low:g}" if high - low == 1 else f"{low:g} – {high - 1:g}"
