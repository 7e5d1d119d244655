"""How cases look: named styles of one layer that follow the clock, or stand at a moment.

Every style is told by one expression a case, so a map of many cases asks it once for each. Status, class and department
are told by shapes, too, so that a map can be read in grey. Symbols shrink far out (``style_parts.symbol_of``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsExpressionContextUtils,
    QgsFeatureRenderer,
    QgsFontMarkerSymbolLayer,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsHeatmapRenderer,
    QgsMarkerSymbol,
    QgsPointClusterRenderer,
    QgsProperty,
    QgsRendererCategory,
    QgsSymbol,
    QgsSymbolLayer,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QPointF
from qgis.PyQt.QtGui import QColor

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.style_parts import (
    FONTS,
    OTHER,
    Look,
    bind,
    draw_in_order,
    quoted,
    save_named,
    symbol_of,
)

from .case_expressions import live_status_expression, moment_expression, status_expression

STYLES: Final = {
    "status": "By status",
    "overdue": "By overdue time",
    "class": "By class",
    "department": "By department",
    "heat": "Heat map",
}
"""The named styles of a layer of cases: key and English title."""

CLUSTERS: Final = "clusters"
"""One more style, for the layer that stands for the others in the middle scales (``case_layers``)."""

_SUSPENDED: Final = Look(("suspended",), title="Suspended", color="#8e44ad", marker="square", size=2.4)

CASE_LOOKS: Final = (
    Look(("overdue",), title="Overdue", color="#d9001b", marker="triangle", size=3.6),
    Look(("due soon",), title="Due soon", color="#f59a23", marker="diamond", size=3.4),
    Look(("open",), title="Open", color="#1f78d1", marker="circle", size=2.6),
    _SUSPENDED,
    Look(("closed",), title="Closed", color="#909399", marker="circle", size=1.4),
    Look(("void",), title="Void", color="#b4b7bd", marker="cross2", size=1.6),
)
"""Cases by status, the most urgent first; urgent ones are drawn over the others."""

_DONE: Final = Look(("done",), title="Closed or void", color="#b4b7bd", marker="cross2", size=1.4)
_NO_LIMIT: Final = Look(("none",), title="No deadline", color="#7f8c8d", marker="pentagon", size=2.4)

OVERDUE_LOOKS: Final = (
    Look(("over7",), title="Overdue for more than 7 days", color="#7a0010", marker="triangle", size=4.6),
    Look(("over1",), title="Overdue for 1 to 7 days", color="#d9001b", marker="triangle", size=3.8),
    Look(("over0",), title="Overdue for less than a day", color="#f26b5e", marker="triangle", size=2.8),
    Look(("due4",), title="Due within 4 hours", color="#e67e00", marker="diamond", size=4.0),
    Look(("due24",), title="Due within a day", color="#f7b733", marker="diamond", size=3.2),
    Look(("due72",), title="Due within 3 days", color="#6fb1e8", marker="circle", size=2.8),
    Look(("later",), title="Due later", color="#1f78d1", marker="circle", size=2.0),
    _NO_LIMIT,
    _SUSPENDED,
    _DONE,
)
"""Cases by the hours past their deadline, or until it; the steps are ours."""

_MARKERS: Final = (
    "circle", "square", "triangle", "diamond", "pentagon", "star", "hexagon", "cross_fill", "shield",
    "trapezoid", "diamond_star", "semi_circle",
)  # fmt: skip
_COLORS: Final = (
    "#1f78b4", "#e31a1c", "#33a02c", "#ff7f00", "#6a3d9a", "#b15928", "#0097a7", "#c2185b", "#827717", "#455a64",
    "#fb9a99", "#3949ab",
)  # fmt: skip
_NAMED: Final = len(_MARKERS)  # classes or departments with a look of their own: as many as there are shapes
_REST: Final = "\x1f"  # the value of all others; no text of a list holds it
_FINISHED: Final = "\x1e"  # that of those that are closed or void; likewise

_WEIGHTS: Final = {"overdue": 4, "due soon": 2, "open": 1, "suspended": 0.5}
"""What a case weighs in the heat map, by status (ours); those that are done weigh nothing."""
_HEAT_RADIUS: Final = 6.0  # millimetres
_CLUSTER_DISTANCE: Final = 8.0  # millimetres within which cases become one sign

_MANY: Final = 50_000  # cases; of more, what is not needed to read the map is left out, so that it is drawn quickly
_SMALLER: Final = 0.7  # size of symbols where there are many
_DUE_SOON_VARIABLE: Final = "citygrid_due_soon_hours"
_DUE_SOON: Final = 24.0
_FREQUENT: Final = "citygrid/frequent"


def show(layer: QgsVectorLayer, style: str, only: str = "", moment: str = "") -> None:
    """Set the style of a layer of cases (a key of ``STYLES``).

    ``only``: a QGIS expression; features for which it is not true are neither drawn, labelled nor counted in the
    legend. ``moment``: a QGIS expression of a wall-clock time of the place; empty: the end of the temporal
    controller's step where it is on, else now. Map tips and labels tell the status of that moment, too, and clusters
    and heat map that stand beside the layer by scale (``case_layers``) follow.
    """
    from .case_layers import follow  # noqa: PLC0415 - which styles its layers by this module

    manager = layer.styleManager()
    title = tr(STYLES[style])
    if manager.currentStyle() != title and title in manager.styles():
        manager.setCurrentStyle(title)
    set_renderer(layer, style, only, moment)
    follow(layer, style, only, moment)


def set_renderer(layer: QgsVectorLayer, style: str, only: str = "", moment: str = "") -> None:
    """The renderer alone, of this one layer; ``style`` may be ``CLUSTERS``."""
    layer.setRenderer(_RENDERERS[style](_Matter(layer, only, moment)))
    layer.triggerRepaint()
    layer.emitStyleChanged()


def save_styles(layer: QgsVectorLayer) -> None:
    """Keep all of ``STYLES`` in the layer's style manager (``style_parts.save_named``)."""
    save_named(layer, {tr(title): partial(set_renderer, layer, style) for style, title in STYLES.items()})


def set_due_soon(layer: QgsVectorLayer, hours: float) -> None:
    """Note in a layer from how many hours before its deadline on a case is due soon."""
    QgsExpressionContextUtils.setLayerVariable(layer, _DUE_SOON_VARIABLE, f"{hours:g}")


def due_soon_of(layer: QgsVectorLayer) -> float:
    """From how many hours before its deadline on a case of this layer is due soon: as noted, else 24."""
    noted = QgsExpressionContextUtils.layerScope(layer).variable(_DUE_SOON_VARIABLE)
    try:
        return float(noted) if noted else _DUE_SOON
    except ValueError:
        return _DUE_SOON


def status_of(layer: QgsVectorLayer, moment: str = "") -> str:
    """The expression of the status that a layer's cases have at a moment (as in ``show``)."""
    names = layer.fields().names()
    if fields.STAGE not in names and fields.STATUS in names:
        return f'"{fields.STATUS}"'
    if moment:
        return status_expression(moment, due_soon_of(layer), names)
    return live_status_expression(due_soon_of(layer), names)


@dataclass(frozen=True)
class _Matter:
    """What a renderer is made of."""

    layer: QgsVectorLayer
    only: str
    moment: str

    @property
    def status(self) -> str:
        return status_of(self.layer, self.moment)

    def chosen(self, expression: str) -> str:
        """An expression that is NULL for the cases that are not shown."""
        return f"CASE WHEN {self.only} THEN {expression} END" if self.only else expression

    @property
    def is_many(self) -> bool:
        return self.layer.featureCount() > _MANY

    def has(self, name: str) -> bool:
        return self.layer.fields().lookupField(name) >= 0


def _by_status(matter: _Matter) -> QgsFeatureRenderer:
    return _categories(matter, matter.chosen(matter.status), CASE_LOOKS)


def _by_overdue(matter: _Matter) -> QgsFeatureRenderer:
    """By how late it is; what has another state than being due stands in classes of its own."""
    if not matter.has(fields.DEADLINE):
        return _by_status(matter)
    hours = f"with_variable('hours', hour(\"{fields.DEADLINE}\" - {moment_expression(matter.moment)}), CASE "
    steps = {"over7": -168, "over1": -24, "over0": 0, "due4": 4, "due24": 24, "due72": 72}
    hours += " ".join(f"WHEN @hours {'<' if limit <= 0 else '<='} {limit} THEN '{key}'" for key, limit in steps.items())
    hours += f" WHEN @hours > 0 THEN 'later' ELSE '{_NO_LIMIT.values[0]}' END)"
    status = f"""with_variable('status', {matter.status}, CASE WHEN @status IN ('closed', 'void')
THEN '{_DONE.values[0]}' WHEN @status = 'suspended' THEN 'suspended' ELSE {hours} END)"""
    return _categories(matter, matter.chosen(status), OVERDUE_LOOKS)


def _by_class(matter: _Matter) -> QgsFeatureRenderer:
    present = [name for name in (fields.CLASS_NAME, fields.CLASS_CODE) if matter.has(name)]
    return _by_text(matter, present)


def _by_department(matter: _Matter) -> QgsFeatureRenderer:
    return _by_text(matter, [fields.DEPARTMENT] if matter.has(fields.DEPARTMENT) else [])


def _by_text(matter: _Matter, names: Sequence[str]) -> QgsFeatureRenderer:
    """A look for each of the most frequent texts; the first of the fields that is filled counts."""
    found = _frequent(matter.layer, names)
    looks = [
        Look((text,), title=text, color=_COLORS[number], marker=_MARKERS[number], size=3.0)
        for number, text in enumerate(found)
    ]
    looks.append(Look((_REST,), tr("Other"), OTHER.color, "arrow", 3.0))
    looks.append(replace(_DONE, values=(_FINISHED,), title=tr(_DONE.title)))
    text = _first_filled(names)
    kind = f"with_variable('kind', {text}, if(@kind IN ({quoted(found)}), @kind, {quoted([_REST])}))"
    kind = kind if found else quoted([_REST])
    done = f"CASE WHEN {matter.status} IN ('closed', 'void') THEN {quoted([_FINISHED])} ELSE {kind} END"
    return _categories(matter, matter.chosen(done), looks, translated=False)


def _first_filled(names: Sequence[str]) -> str:
    texts = [f"nullif(\"{name}\", '')" for name in names]
    return f"coalesce({', '.join([*texts, quoted([''])])})"


def _frequent(layer: QgsVectorLayer, names: Sequence[str]) -> list[str]:
    """The most frequent texts of a layer, the most frequent first; kept as long as the number of cases stays."""
    key = f"{_FREQUENT}/{'/'.join(names)}"
    count = str(layer.featureCount())
    kept = layer.customProperty(key)
    if isinstance(kept, list) and kept and kept[0] == count:
        return kept[1:]
    texts: list[object] = []
    for name in names:  # not by one expression: QGIS takes twice as long for that as for a field
        values, _ = QgsVectorLayerUtils.getValues(layer, name)
        texts = [text or value for text, value in zip(texts, values, strict=True)] if texts else values
        if all(texts):
            break
    counts = Counter(str(text) for text in texts if text)
    found = [text for text, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]]
    layer.setCustomProperty(key, [count, *found])
    return found


def _heat(matter: _Matter) -> QgsFeatureRenderer:
    renderer = QgsHeatmapRenderer()
    weights = " ".join(f"WHEN @status = '{status}' THEN {weight}" for status, weight in _WEIGHTS.items())
    status = matter.chosen(matter.status)
    renderer.setWeightExpression(f"with_variable('status', {status}, CASE {weights} ELSE 0 END)")
    renderer.setRadius(_HEAT_RADIUS)
    renderer.setRadiusUnit(Qgis.RenderUnit.Millimeters)
    renderer.setRenderQuality(2)
    clear = QColor("#fff7bc")
    clear.setAlpha(0)
    # One hue that darkens steadily, so that it is read in grey, too.
    stops = {0.1: "#fee391", 0.35: "#fe9929", 0.65: "#cc4c02"}
    ramp = QgsGradientColorRamp(
        clear, QColor("#5a0d00"), False, [QgsGradientStop(place, QColor(color)) for place, color in stops.items()]
    )
    renderer.setColorRamp(ramp)
    return renderer


def _clusters(matter: _Matter) -> QgsFeatureRenderer:
    """Cases near each other on the screen as one sign: the look of the worst of them, and their number.

    QGIS gives the sign the first case of a cluster, so the cases come in the order of urgency.
    """
    status = matter.status
    unfinished = " OR ".join(f"@at_hand = '{look.values[0]}'" for look in CASE_LOOKS[:4])
    shown = f"with_variable('at_hand', {status}, if({unfinished}, @at_hand, NULL))"
    categories = _categories(matter, matter.chosen(shown), CASE_LOOKS[:4])
    renderer = QgsPointClusterRenderer()
    renderer.setEmbeddedRenderer(categories)
    renderer.setTolerance(_CLUSTER_DISTANCE)
    renderer.setToleranceUnit(Qgis.RenderUnit.Millimeters)
    renderer.setClusterSymbol(_cluster_symbol(status))
    draw_in_order(renderer, status, [look.values[0] for look in CASE_LOOKS])
    return renderer


def _cluster_symbol(status: str) -> QgsMarkerSymbol:
    def chosen(values: dict[str, str]) -> str:
        whens = " ".join(f"WHEN @status = '{key}' THEN '{value}'" for key, value in values.items())
        return f"with_variable('status', {status}, CASE {whens} END)"

    looks = {look.values[0]: look for look in CASE_LOOKS}
    size = "4.8 + 2.4 * log10(@cluster_size)"
    symbol = QgsMarkerSymbol.createSimple({"name": "circle", "outline_color": "#ffffff", "outline_width": "0.3"})
    bind(symbol, QgsSymbolLayer.Property.Name, chosen({key: look.marker for key, look in looks.items()}))
    bind(symbol, QgsSymbolLayer.Property.FillColor, chosen({key: look.color for key, look in looks.items()}))
    bind(symbol, QgsSymbolLayer.Property.Size, f"({size}) * if({status} = 'overdue', 1.35, 1)")
    symbol.appendSymbolLayer(_number_layer())
    return symbol


def _number_layer() -> QgsSymbolLayer:
    number = QgsFontMarkerSymbolLayer(FONTS[0], "", 3.2, QColor("#ffffff"))
    number.setStrokeColor(QColor("#000000"))
    number.setStrokeWidth(0)
    number.setOffset(QPointF(0, 0.4))  # the middle of a triangle lies lower than that of its frame
    character = QgsProperty.fromExpression("to_string(@cluster_size)")
    number.setDataDefinedProperty(QgsSymbolLayer.Property.Character, character)
    return number


_RENDERERS: Final[dict[str, Callable[[_Matter], QgsFeatureRenderer]]] = {
    "status": _by_status,
    "overdue": _by_overdue,
    "class": _by_class,
    "department": _by_department,
    "heat": _heat,
    CLUSTERS: _clusters,
}


def _categories(
    matter: _Matter, expression: str, looks: Sequence[Look], *, translated: bool = True
) -> QgsCategorizedSymbolRenderer:
    """A category a look, the most urgent first in the legend and last on the map."""
    categories = [
        QgsRendererCategory(look.values[0], _sized(matter, look), tr(look.title) if translated else look.title)
        for look in looks
    ]
    if matter.is_many and not matter.only:
        # No case is of it, but with a category of other values QGIS does not also filter by the expression, which
        # would be asked twice a case.
        categories.append(QgsRendererCategory(None, _sized(matter, OTHER), "–"))
    renderer = QgsCategorizedSymbolRenderer(expression, categories)
    if not matter.is_many:
        for number, category in enumerate(reversed(renderer.categories())):
            symbol = category.symbol().clone()
            symbol.symbolLayer(0).setRenderingPass(number)
            renderer.updateCategorySymbol(len(categories) - 1 - number, symbol)
        renderer.setUsingSymbolLevels(True)
    return renderer


def _sized(matter: _Matter, look: Look) -> QgsSymbol:
    """The symbol of a look; of many cases in one size at all scales, since an expression a case takes too long."""
    symbol = symbol_of(matter.layer.geometryType(), look)
    if matter.is_many and isinstance(symbol, QgsMarkerSymbol):
        symbol.symbolLayer(0).setDataDefinedProperty(QgsSymbolLayer.Property.Size, QgsProperty())
        symbol.setSize(look.size * _SMALLER)
    return symbol
