"""Parts of which styles are made: looks, symbols, labels, map tips, titles of fields.

Colours never carry a meaning alone: states differ in shape, too. Widths and sizes are in millimetres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from qgis.core import (
    Qgis,
    QgsExpression,
    QgsFeatureRenderer,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRuleBasedRenderer,
    QgsSymbol,
    QgsSymbolLayer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

FONTS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "Source Han Sans SC", "sans-serif")
"""Font families that hold Chinese, in the order in which they are tried."""

FIELD_TITLES = {
    fields.BGID: "Unit grid code",
    fields.DIST_CODE: "District code",
    fields.STREET_CODE: "Street code",
    fields.STREET_NAME: "Street",
    fields.COMMUNITY_CODE: "Community code",
    fields.COMMUNITY_NAME: "Community",
    fields.AREA: "Area (m²)",
    fields.INITIAL_DATE: "Initial date",
    fields.END_DATE: "End date",
    fields.NOTE: "Note",
    fields.OLD_BGID: "Old unit grid",
    fields.NEW_BGID: "New unit grid",
    fields.SHARE: "Share of the area",
    fields.CHANGE_DATE: "Date",
    fields.RGID: "Responsibility grid code",
    fields.RG_NAME: "Responsibility grid",
    fields.CELLS: "Unit grids",
    fields.WORKLOAD: "Workload",
    fields.OWNER: "Owner",
    fields.OBJ_ID: "Component code",
    fields.OBJ_NAME: "Component",
    fields.OBJ_STATE: "State",
    fields.DATA_SOURCE: "Data source",
    fields.CLASS_CODE: "Class code",
    fields.CLASS_NAME: "Class",
    fields.CASE_ID: "Case number",
    fields.KIND: "Kind",
    fields.STAGE: "Stage",
    fields.STATUS: "Status",
    fields.REPORTED: "Reported",
    fields.FILED: "Filed",
    fields.DEADLINE: "Deadline",
    fields.FINISHED: "Finished",
    fields.DEPARTMENT: "Department",
    fields.SOURCE: "Source",
    fields.TEXT: "Text",
    fields.SEVERITY: "Severity",
    fields.ROW: "Row",
    fields.REASON: "Reason",
    fields.DETAIL: "Details",
    fields.DISTANCE: "Distance (m)",
    fields.LIMIT: "Least distance (m)",
    fields.RULE: "Rule",
    fields.WATER: "Water",
    fields.SEGMENT_ID: "Segment code",
    fields.ROAD: "Road",
    fields.FROM_NAME: "Begins at",
    fields.TO_NAME: "Ends at",
    fields.FROM_M: "Begins at (m)",
    fields.TO_M: "Ends at (m)",
    fields.LENGTH: "Length (m)",
    fields.OUTCOME: "Outcome",
    fields.OVER_HOURS: "Hours past the deadline",
    fields.DUE_BY: "Deadline from",
    fields.TIME_LIMIT: "Time limit",
    fields.FILING_CONDITION: "Filing condition",
    fields.SUSPENDED_FROM: "Suspended from",
    fields.SUSPENDED_TO: "Suspended until",
    fields.PAUSED_HOURS: "Hours paused",
    fields.HANDLED: "Handled",
    fields.RETURNS: "Times sent back",
    fields.ACCURATE: "Filed rightly",
    fields.PLACED: "Place from",
    fields.REPEAT_OF: "Repeats",
    fields.POST: "Post",
    fields.PHONE: "Phone",
    fields.FROM_DATE: "From",
    fields.TO_DATE: "To",
    fields.LOCKED: "Locked",
    fields.PLAN: "Plan",
    fields.TIME: "Time",
    fields.USER: "User",
    fields.OLD_RGID: "Responsibility grid before",
    fields.NEW_RGID: "Responsibility grid after",
    fields.OLD_OWNER: "Owner before",
    fields.NEW_OWNER: "Owner after",
    "Unfinished": "Open cases",  # core.cases.case_counts, which loads geopandas
    "DueSoon": "Due soon",
    "Overdue": "Overdue",
    "Suspended": "Suspended",
    "Closed": "Closed",
    "OverShare": "Overdue share of open cases",
    "Density": "Open cases per 10,000 m²",
    "At": "Moment of the status",
}
"""English titles of the fields: aliases in tables and forms, labels of map tips."""


@dataclass(frozen=True)
class Look:
    """Values of a classified layer: what they are called, and a colour and shape of its own."""

    values: tuple[str, ...]
    title: str
    color: str
    marker: str
    size: float
    pen: str = "solid"


OTHER = Look((), title="Other", color="#7f8c8d", marker="star", size=2.4)
"""What no look is for."""


def area(style: str, outline: str, width: float, fill: str = "#ffffff") -> QgsFillSymbol:
    """A plain fill with an outline."""
    return QgsFillSymbol.createSimple(
        {
            "style": style,
            "color": fill,
            "outline_color": outline,
            "outline_width": str(width),
            "joinstyle": "round",
        }
    )


def bind(symbol: QgsSymbol, key: QgsSymbolLayer.Property, expression: str) -> None:
    """Let an expression set a property of a symbol; the fixed value stays where it gives none."""
    symbol.symbolLayer(0).setDataDefinedProperty(key, QgsProperty.fromExpression(expression))


def by_scale(symbol: QgsSymbol, key: QgsSymbolLayer.Property, values: dict[int, float], otherwise: float) -> None:
    """Let a width or size follow the scale: the value of the first number that 1:number is larger than."""
    cases = " ".join(f"WHEN @map_scale < {scale} THEN {value:g}" for scale, value in values.items())
    bind(symbol, key, f"CASE {cases} ELSE {otherwise:g} END")


def classified(layer: QgsVectorLayer, field: str, looks: Sequence[Look]) -> QgsRuleBasedRenderer:
    """One rule a look and one for all other values; earlier looks are drawn over later ones.

    Rules, not categories: QGIS counts no feature for the category of other values.
    """
    root = QgsRuleBasedRenderer.Rule(None)
    for look in looks:
        rule = QgsRuleBasedRenderer.Rule(symbol_of(layer.geometryType(), look))
        rule.setFilterExpression(f'"{field}" IN ({quoted(look.values)})')
        rule.setLabel(tr(look.title))
        root.appendChild(rule)
    other = QgsRuleBasedRenderer.Rule(symbol_of(layer.geometryType(), OTHER))
    other.setIsElse(True)
    other.setLabel(tr(OTHER.title))
    root.appendChild(other)
    renderer = QgsRuleBasedRenderer(root)
    draw_in_order(renderer, f'"{field}"', [value for look in reversed(looks) for value in look.values])
    return renderer


def draw_in_order(renderer: QgsFeatureRenderer, expression: str, values: Sequence[str]) -> None:
    """Let features come in the order that these values of an expression have, so the last is drawn over the others."""
    rank = f"array_find(array({quoted(values)}), {expression})"
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause(rank, True)]))
    renderer.setOrderByEnabled(True)


def save_named(layer: QgsVectorLayer, styles: dict[str, Callable[[], None]]) -> None:
    """Keep styles, by their titles, in the layer's style manager, where users choose one by QGIS's own menus.

    Each is what the function makes of the layer; the first is on afterwards. Styles of other names stay as they are.
    """
    properties = layer.customProperties()  # a style holds them all, so each must hold what the layer is
    for title, dress in reversed(styles.items()):
        _make_current(layer, title)
        layer.setCustomProperties(properties)
        dress()


def _make_current(layer: QgsVectorLayer, title: str) -> None:
    """Switch a layer to a named style; one that is missing is made from how the layer looks."""
    manager = layer.styleManager()
    if manager.isDefault(manager.currentStyle()) and len(manager.styles()) == 1:
        manager.renameStyle(manager.currentStyle(), title)
    elif title not in manager.styles():
        manager.addStyleFromLayer(title)
    manager.setCurrentStyle(title)


def quoted(values: Sequence[str]) -> str:
    """Values as a list of an expression."""
    return ", ".join(QgsExpression.quotedString(value) for value in values)


def symbol_of(geometry: Qgis.GeometryType, look: Look) -> QgsSymbol:
    """The symbol of a look for points, lines or polygons."""
    if geometry == Qgis.GeometryType.Line:
        return QgsLineSymbol.createSimple({"line_color": look.color, "line_width": "0.6", "line_style": look.pen})
    if geometry == Qgis.GeometryType.Polygon:
        fill = QColor(look.color)
        fill.setAlpha(70)
        return QgsFillSymbol.createSimple(
            {
                "color": fill.name(QColor.NameFormat.HexArgb),
                "outline_color": look.color,
                "outline_width": "0.5",
                "outline_style": look.pen,
            }
        )
    crossed = look.marker.startswith("cross")  # drawn as lines only
    symbol = QgsMarkerSymbol.createSimple(
        {
            "name": look.marker,
            "color": look.color,
            "outline_color": look.color if crossed else "#ffffff",
            "outline_width": "0.5" if crossed else "0.1",
            "size": str(look.size),
        }
    )
    # At small scales a district's components would hide all that lies below them.
    sizes = {15_000: look.size, 50_000: 0.75 * look.size}
    by_scale(symbol, QgsSymbolLayer.Property.Size, sizes, 0.5 * look.size)
    return symbol


def label(
    layer: QgsVectorLayer,
    expression: str,
    size: float,
    color: str,
    *,
    priority: int,
    below_scale: int = 0,
    bold: bool = False,
    distance: float = 0.0,
) -> None:
    """Label the features with an expression, at scales larger than 1:``below_scale`` (0: at all).

    ``priority`` from 0 to 10 (goes first where labels collide); ``distance`` from the feature in millimetres.
    """
    settings = QgsPalLayerSettings()
    settings.fieldName = expression
    settings.isExpression = True
    settings.setFormat(text_format(size, color, bold=bold))
    settings.priority = priority
    settings.dist = distance
    if layer.geometryType() == Qgis.GeometryType.Polygon:
        settings.placement = Qgis.LabelPlacement.Horizontal
    if below_scale:
        settings.scaleVisibility = True
        settings.minimumScale = below_scale
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def text_format(
    size: float, color: str, *, bold: bool = False, edge: float = 0.8, family: str = FONTS[0]
) -> QgsTextFormat:
    """Text with a white edge (millimetres), in ``family`` or the first of ``FONTS`` that has the characters."""
    font = QFont(family)
    font.setBold(bold)
    text = QgsTextFormat()
    text.setFont(font)
    text.setFamilies(list(dict.fromkeys((family, *FONTS))))
    text.setForcedBold(bold)
    text.setSize(size)
    text.setColor(QColor(color))
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(edge)
    buffer.setColor(QColor("#ffffff"))
    text.setBuffer(buffer)
    return text


def map_tip(layer: QgsVectorLayer, *names: str) -> None:
    """Show these fields, as far as the layer has them, when the pointer rests on a feature.

    Values are escaped by the expression: case texts and names come from outside.
    """
    present = [name for name in names if layer.fields().lookupField(name) >= 0]
    lines = [
        f"{escape(tr(FIELD_TITLES[name]) if name in FIELD_TITLES else name)}: [% {escaped(name)} %]" for name in present
    ]
    layer.setMapTipTemplate("<br>".join(lines))
    if present:
        layer.setDisplayExpression(f'"{present[0]}"')


def escaped(name: str, longest: int = 0) -> str:
    """An expression: the text of a field, safe in HTML; cut after ``longest`` characters (0: whole)."""
    text = f"""coalesce(to_string("{name}"), '')"""
    if longest:
        text = f"if(length({text}) > {longest}, left({text}, {longest}) || ' …', {text})"
    # One after the other: with a map, replace() goes by the order of its keys and would escape twice.
    for character in "&<>":
        text = f"replace({text}, '{character}', '{escape(character)}')"
    return text
