"""How layers look: one function a role, applied when a result is loaded or a project is made.

Colours never carry a meaning alone: states differ in shape, too. Widths and sizes are in millimetres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from qgis.core import (
    Qgis,
    QgsExpression,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProperty,
    QgsRuleBasedRenderer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsSymbolLayer,
    QgsSymbolLayerUtils,
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
}
"""English titles of the fields: aliases in tables and forms, labels of map tips."""

_MAGENTA = "#ff00ff"  # limits of unit grids, as in Beijing's standard
_GREY = "#606266"


@dataclass(frozen=True)
class Look:
    """Values of a classified layer: what they are called, and a colour and shape of its own."""

    values: tuple[str, ...]
    title: str
    color: str
    marker: str
    size: float
    pen: str = "solid"


CASE_LOOKS = (
    Look(("overdue",), title="Overdue", color="#d9001b", marker="triangle", size=3.6),
    Look(("due soon",), title="Due soon", color="#f59a23", marker="diamond", size=3.4),
    Look(("open",), title="Open", color="#1f78d1", marker="circle", size=2.6),
    Look(("suspended",), title="Suspended", color="#8e44ad", marker="square", size=2.4),
    Look(("closed",), title="Closed", color="#909399", marker="circle", size=1.4),
    Look(("void",), title="Void", color="#b4b7bd", marker="cross2", size=1.6),
)
"""Cases by status, the most urgent first; urgent ones are drawn over the others."""

# Colours of one system in use; the list of states is open.
COMPONENT_LOOKS = (
    Look(("破损", "损坏"), title="Damaged 破损", color="#e6a23c", marker="diamond", size=2.2, pen="dash"),
    Look(("丢失",), title="Missing 丢失", color="#606266", marker="cross2", size=2.0, pen="dot"),
    Look(("废弃",), title="Abandoned 废弃", color="#f56c6c", marker="triangle", size=2.2, pen="dash dot"),
    Look(("移除",), title="Removed 移除", color="#b4b7bd", marker="cross", size=1.8, pen="dot"),
    Look(("完好",), title="Intact 完好", color="#2cc26b", marker="circle", size=1.3),
)
"""Components by state."""

PROBLEM_LOOKS = (
    Look(("error",), title="Error", color="#d9001b", marker="triangle", size=3.6),
    Look(("warning",), title="Warning", color="#f59a23", marker="diamond", size=3.0, pen="dash"),
    Look(("note",), title="Notice", color="#2f7ed8", marker="circle", size=2.6, pen="dot"),
)
"""Problems of a check by severity."""

PLAN_LOOKS = (
    Look(("moved",), title="To another responsibility grid", color="#d9001b", marker="square", size=2.4),
    Look(("owner",), title="To another owner", color="#f59a23", marker="square", size=2.4),
    Look(("assigned", "added"), title="New", color="#2cc26b", marker="square", size=2.4),
    Look(("unassigned", "removed"), title="No longer", color="#606266", marker="square", size=2.4),
    Look(("recoded",), title="Another code only", color="#2f7ed8", marker="square", size=2.4),
)
"""Unit grids by what changed between two plans."""

SETBACK_LOOKS = (
    Look(("national",), title="By the national rule", color="#d9001b", marker="triangle", size=3.6),
    Look(("city",), title="By the city's rule", color="#f59a23", marker="diamond", size=3.0, pen="dash"),
    Look(("navigable",), title="Navigable river in town", color="#2f7ed8", marker="square", size=2.6, pen="dot"),
)
"""What stands within a river setback, by rule."""

_OTHER = Look((), title="Other", color="#7f8c8d", marker="star", size=2.4)
_REJECTED = Look((), title="", color="#7a2e2e", marker="cross2", size=2.2, pen="dot")


def apply(layer: QgsMapLayer, role: str | None) -> None:
    """Give a layer the titles of its fields and the style of its role; other layers stay as they are."""
    if not isinstance(layer, QgsVectorLayer):
        return
    for index, name in enumerate(layer.fields().names()):
        if name in FIELD_TITLES:
            layer.setFieldAlias(index, tr(FIELD_TITLES[name]))
    if role in ROLES and layer.isSpatial():
        ROLES[role](layer)
        layer.triggerRepaint()


# Roles


def _unit_grid(layer: QgsVectorLayer) -> None:
    symbol = _area("no", _MAGENTA, 0.2)
    # At small scales thousands of limits would run together into one magenta patch.
    _by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {5_000: 0.35, 25_000: 0.2}, 0.08)
    # The number inside the community; the whole code where there is room for it.
    number = f'CASE WHEN @map_scale < 3000 THEN "{fields.BGID}" ELSE substr("{fields.BGID}", 13) END'
    if layer.fields().lookupField(fields.END_DATE) >= 0:
        # A closed grid lies under those that came after it: neither drawn nor labelled, but still in the table.
        is_open = f"""coalesce("{fields.END_DATE}", '') = ''"""
        _bind(symbol, QgsSymbolLayer.Property.LayerEnabled, is_open)
        number = f"CASE WHEN {is_open} THEN {number} END"
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    _label(layer, number, 7, "#a000a0", below_scale=12_000, priority=2)
    _map_tip(layer, fields.BGID, fields.COMMUNITY_NAME, fields.STREET_NAME, fields.AREA, fields.NOTE)


def _communities(layer: QgsVectorLayer) -> None:
    symbol = _area("no", _GREY, 0.5)
    _by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {50_000: 0.5}, 0.3)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    _label(layer, f'"{fields.COMMUNITY_NAME}"', 9, "#303133", below_scale=80_000, priority=8, bold=True)
    _map_tip(layer, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE, fields.STREET_NAME, fields.NOTE)


def _streets(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(_area("no", "#303133", 1.0)))
    _label(layer, f'"{fields.STREET_NAME}"', 11, "#303133", priority=9, bold=True)
    _map_tip(layer, fields.STREET_NAME, fields.STREET_CODE)


def _zones(layer: QgsVectorLayer) -> None:
    symbol = _zone_symbol("#ffffff", 0.5)
    _by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {15_000: 0.6, 50_000: 0.4}, 0.1)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    name = f'"{fields.RG_NAME}"'
    number = f'right("{fields.RGID}", 3)'
    _label(
        layer,
        f"CASE WHEN @map_scale < 8000 AND {name} <> '' THEN {name} ELSE {number} END",
        10,
        "#1a4f8a",
        below_scale=25_000,
        priority=4,
        bold=True,
    )
    _map_tip(layer, fields.RG_NAME, fields.RGID, fields.OWNER, fields.CELLS, fields.WORKLOAD)


def _zoned_grid(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(_zone_symbol(_MAGENTA, 0.08)))
    _map_tip(layer, fields.BGID, fields.RGID, fields.COMMUNITY_NAME, fields.STREET_NAME)


def _zone_symbol(outline: str, width: float) -> QgsSymbol:
    """A fill by responsibility grid.

    The hue turns by the golden angle from one grid of a community to the next, so that the first eight
    are more than 30° apart, and by another step between communities.
    """
    symbol = _area("solid", outline, width, fill="#d5d8dc")
    _bind(symbol, QgsSymbolLayer.Property.FillColor, _zone_color(f'"{fields.RGID}"'))
    return symbol


def _zone_color(code: str) -> str:
    """The expression of a zone's colour; ``code`` is that of its code."""
    hue = f"to_int(right({code}, 3)) * 137.5 + to_int(substr({code}, 10, 3)) * 61"
    return f"color_hsla(to_int({hue}) % 360, 60, 70, 150)"


def zone_color(code: str) -> QColor:
    """The colour in which a responsibility grid is filled."""
    text = QgsExpression(_zone_color(QgsExpression.quotedString(code))).evaluate()
    return QgsSymbolLayerUtils.decodeColor(text) if isinstance(text, str) else QColor("#d5d8dc")


def _owned_grid(layer: QgsVectorLayer) -> None:
    symbol = _area("solid", _MAGENTA, 0.08, fill="#d5d8dc")
    street = f'to_int(right("{fields.STREET_CODE}", 3)) * 137.5'
    community = f'to_int(right("{fields.COMMUNITY_CODE}", 3)) % 4'
    _bind(
        symbol,
        QgsSymbolLayer.Property.FillColor,
        f"color_hsla(to_int({street}) % 360, 55, 60 + 8 * ({community}), 170)",
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    people = (fields.OWNER, fields.PHONE, fields.DEPARTMENT)
    _map_tip(layer, fields.BGID, fields.COMMUNITY_NAME, fields.STREET_NAME, *people, fields.NOTE)


def _components(layer: QgsVectorLayer) -> None:
    layer.setRenderer(_classified(layer, fields.OBJ_STATE, COMPONENT_LOOKS))
    _label(layer, f'"{fields.OBJ_NAME}"', 7, "#303133", below_scale=1_000, priority=3)
    _map_tip(layer, fields.OBJ_NAME, fields.OBJ_ID, fields.CLASS_NAME, fields.OBJ_STATE, "DeptName1")


def _cases(layer: QgsVectorLayer) -> None:
    layer.setRenderer(_classified(layer, fields.STATUS, CASE_LOOKS))
    _map_tip(
        layer,
        fields.CASE_ID,
        fields.CLASS_NAME,
        fields.STATUS,
        fields.STAGE,
        fields.DEADLINE,
        fields.DEPARTMENT,
        fields.TEXT,
    )


def _problems(layer: QgsVectorLayer) -> None:
    layer.setRenderer(_classified(layer, fields.SEVERITY, PROBLEM_LOOKS))
    _map_tip(layer, fields.TEXT, fields.SEVERITY, fields.BGID)


def _plan_changes(layer: QgsVectorLayer) -> None:
    layer.setRenderer(_classified(layer, fields.CHANGE, PLAN_LOOKS))
    _map_tip(layer, fields.TEXT, fields.BGID, fields.OLD_RGID, fields.NEW_RGID, fields.OLD_OWNER, fields.NEW_OWNER)


def _setback(layer: QgsVectorLayer) -> None:
    layer.setRenderer(_classified(layer, fields.RULE, SETBACK_LOOKS))
    _map_tip(
        layer, fields.DISTANCE, fields.LIMIT, fields.WATER, fields.OBJ_NAME, fields.OBJ_ID, fields.BGID, fields.OWNER
    )


def _road_segments(layer: QgsVectorLayer) -> None:
    """A colour a segment; dashed grey where nobody answers for it."""
    symbol = QgsLineSymbol.createSimple({"line_color": "#909399", "line_width": "1.1", "capstyle": "flat"})
    nobody = f"""coalesce("{fields.OWNER}", '') = '' AND coalesce("{fields.DEPARTMENT}", '') = ''"""
    number = f"""coalesce(to_int(regexp_substr("{fields.SEGMENT_ID}", '([0-9]{{1,6}})$')), 0)"""
    color = f"CASE WHEN NOT ({nobody}) THEN color_hsla(to_int({number} * 137.5) % 360, 70, 42, 255) END"
    _bind(symbol, QgsSymbolLayer.Property.StrokeColor, color)
    _bind(symbol, QgsSymbolLayer.Property.StrokeStyle, f"CASE WHEN {nobody} THEN 'dash' END")
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    name = f"""coalesce(nullif("{fields.OWNER}", ''), "{fields.SEGMENT_ID}")"""
    _label(layer, name, 8, "#303133", below_scale=20_000, priority=6)
    _map_tip(
        layer,
        fields.SEGMENT_ID,
        fields.ROAD,
        fields.FROM_NAME,
        fields.TO_NAME,
        fields.OWNER,
        fields.PHONE,
        fields.DEPARTMENT,
    )


def _rejected(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(_symbol(layer.geometryType(), _REJECTED)))
    _map_tip(layer, fields.REASON, fields.DETAIL, fields.ROW)


ROLES: dict[str, Callable[[QgsVectorLayer], None]] = {
    "unit_grid": _unit_grid,
    "communities": _communities,
    "streets": _streets,
    "zones": _zones,
    "zoned_grid": _zoned_grid,
    "owned_grid": _owned_grid,
    "components": _components,
    "cases": _cases,
    "problems": _problems,
    "rejected": _rejected,
    "setback": _setback,
    "road_segments": _road_segments,
    "plan_changes": _plan_changes,
}
"""Style of each role."""


# Parts of styles


def _area(style: str, outline: str, width: float, fill: str = "#ffffff") -> QgsFillSymbol:
    return QgsFillSymbol.createSimple(
        {
            "style": style,
            "color": fill,
            "outline_color": outline,
            "outline_width": str(width),
            "joinstyle": "round",
        }
    )


def _bind(symbol: QgsSymbol, key: QgsSymbolLayer.Property, expression: str) -> None:
    """Let an expression set a property of a symbol; the fixed value stays where it gives none."""
    symbol.symbolLayer(0).setDataDefinedProperty(key, QgsProperty.fromExpression(expression))


def _by_scale(symbol: QgsSymbol, key: QgsSymbolLayer.Property, values: dict[int, float], otherwise: float) -> None:
    """Let a width or size follow the scale: the value of the first number that 1:number is larger than."""
    cases = " ".join(f"WHEN @map_scale < {scale} THEN {value:g}" for scale, value in values.items())
    _bind(symbol, key, f"CASE {cases} ELSE {otherwise:g} END")


def _classified(layer: QgsVectorLayer, field: str, looks: Sequence[Look]) -> QgsRuleBasedRenderer:
    """One rule a look and one for all other values; earlier looks are drawn over later ones.

    Rules, not categories: QGIS counts no feature for the category of other values.
    """
    root = QgsRuleBasedRenderer.Rule(None)
    for look in looks:
        rule = QgsRuleBasedRenderer.Rule(_symbol(layer.geometryType(), look))
        rule.setFilterExpression(f'"{field}" IN ({_quoted(look.values)})')
        rule.setLabel(tr(look.title))
        root.appendChild(rule)
    other = QgsRuleBasedRenderer.Rule(_symbol(layer.geometryType(), _OTHER))
    other.setIsElse(True)
    other.setLabel(tr(_OTHER.title))
    root.appendChild(other)
    renderer = QgsRuleBasedRenderer(root)
    order = [value for look in reversed(looks) for value in look.values]
    rank = f'array_find(array({_quoted(order)}), "{field}")'
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause(rank, True)]))
    renderer.setOrderByEnabled(True)
    return renderer


def _quoted(values: Sequence[str]) -> str:
    """Values as a list of an expression."""
    return ", ".join(QgsExpression.quotedString(value) for value in values)


def _symbol(geometry: Qgis.GeometryType, look: Look) -> QgsSymbol:
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
    _by_scale(symbol, QgsSymbolLayer.Property.Size, sizes, 0.5 * look.size)
    return symbol


def _label(
    layer: QgsVectorLayer,
    expression: str,
    size: float,
    color: str,
    *,
    priority: int,
    below_scale: int = 0,
    bold: bool = False,
) -> None:
    """Label the features with an expression, at scales larger than 1:``below_scale`` (0: at all).

    ``priority`` from 0 to 10 (goes first where labels collide).
    """
    settings = QgsPalLayerSettings()
    settings.fieldName = expression
    settings.isExpression = True
    settings.setFormat(text_format(size, color, bold=bold))
    settings.priority = priority
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


def _map_tip(layer: QgsVectorLayer, *names: str) -> None:
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


def escaped(name: str) -> str:
    """An expression: the text of a field, safe in HTML."""
    text = f"""coalesce(to_string("{name}"), '')"""
    # One after the other: with a map, replace() goes by the order of its keys and would escape twice.
    for character in "&<>":
        text = f"replace({text}, '{character}', '{escape(character)}')"
    return text


# Loading


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer after Processing has loaded it; QGIS does not keep it alive, so the class does."""

    _alive: ClassVar[dict[str, _Styler]] = {}

    def __init__(self, written: str, role: str) -> None:
        super().__init__()
        self._written, self._role = written, role
        self._alive[written] = self

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        apply(layer, self._role)
        self._alive.pop(self._written, None)


def apply_on_load(context: QgsProcessingContext, written: str, role: str | None) -> None:
    """Style the written layer with its role when QGIS loads it."""
    if role and context.willLoadLayerOnCompletion(written):
        context.layerToLoadOnCompletionDetails(written).setPostProcessor(_Styler(written, role))
