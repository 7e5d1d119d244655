"""How layers look: one function a role, applied when a result is loaded or a project is made.

Colours never carry a meaning alone: states differ in shape, too. Widths and sizes are in millimetres.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from qgis.core import (
    QgsExpression,
    QgsLineSymbol,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsSymbolLayer,
    QgsSymbolLayerUtils,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

from .cases.case_dress import dress
from .cases.case_grids import dress_counts
from .cases.case_styles import CASE_LOOKS
from .style_parts import (
    FIELD_TITLES,
    FONTS,
    Look,
    area,
    bind,
    by_scale,
    classified,
    escaped,
    label,
    map_tip,
    symbol_of,
    text_format,
)

__all__ = [
    "CASE_LOOKS", "COMPONENT_LOOKS", "FIELD_TITLES", "FONTS", "PLAN_LOOKS", "PROBLEM_LOOKS", "ROLES", "SETBACK_LOOKS",
    "Look", "apply", "apply_on_load", "escaped", "text_format", "zone_color",
]  # fmt: skip

_MAGENTA = "#ff00ff"  # limits of unit grids, as in Beijing's standard
_GREY = "#606266"

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
    symbol = area("no", _MAGENTA, 0.2)
    # At small scales thousands of limits would run together into one magenta patch.
    by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {5_000: 0.35, 25_000: 0.2}, 0.08)
    # The number inside the community; the whole code where there is room for it.
    number = f'CASE WHEN @map_scale < 3000 THEN "{fields.BGID}" ELSE substr("{fields.BGID}", 13) END'
    if layer.fields().lookupField(fields.END_DATE) >= 0:
        # A closed grid lies under those that came after it: neither drawn nor labelled, but still in the table.
        is_open = f"""coalesce("{fields.END_DATE}", '') = ''"""
        bind(symbol, QgsSymbolLayer.Property.LayerEnabled, is_open)
        number = f"CASE WHEN {is_open} THEN {number} END"
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    label(layer, number, 7, "#a000a0", below_scale=12_000, priority=2)
    map_tip(layer, fields.BGID, fields.COMMUNITY_NAME, fields.STREET_NAME, fields.AREA, fields.NOTE)


def _communities(layer: QgsVectorLayer) -> None:
    symbol = area("no", _GREY, 0.5)
    by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {50_000: 0.5}, 0.3)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    label(layer, f'"{fields.COMMUNITY_NAME}"', 9, "#303133", below_scale=80_000, priority=8, bold=True)
    map_tip(layer, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE, fields.STREET_NAME, fields.NOTE)


def _streets(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(area("no", "#303133", 1.0)))
    label(layer, f'"{fields.STREET_NAME}"', 11, "#303133", priority=9, bold=True)
    map_tip(layer, fields.STREET_NAME, fields.STREET_CODE)


def _zones(layer: QgsVectorLayer) -> None:
    symbol = _zone_symbol("#ffffff", 0.5)
    by_scale(symbol, QgsSymbolLayer.Property.StrokeWidth, {15_000: 0.6, 50_000: 0.4}, 0.1)
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    name = f'"{fields.RG_NAME}"'
    number = f'right("{fields.RGID}", 3)'
    label(
        layer,
        f"CASE WHEN @map_scale < 8000 AND {name} <> '' THEN {name} ELSE {number} END",
        10,
        "#1a4f8a",
        below_scale=25_000,
        priority=4,
        bold=True,
    )
    map_tip(layer, fields.RG_NAME, fields.RGID, fields.OWNER, fields.CELLS, fields.WORKLOAD)


def _zoned_grid(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(_zone_symbol(_MAGENTA, 0.08)))
    map_tip(layer, fields.BGID, fields.RGID, fields.COMMUNITY_NAME, fields.STREET_NAME)


def _zone_symbol(outline: str, width: float) -> QgsSymbol:
    """A fill by responsibility grid.

    The hue turns by the golden angle from one grid of a community to the next, so that the first eight
    are more than 30° apart, and by another step between communities.
    """
    symbol = area("solid", outline, width, fill="#d5d8dc")
    bind(symbol, QgsSymbolLayer.Property.FillColor, _zone_color(f'"{fields.RGID}"'))
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
    symbol = area("solid", _MAGENTA, 0.08, fill="#d5d8dc")
    street = f'to_int(right("{fields.STREET_CODE}", 3)) * 137.5'
    community = f'to_int(right("{fields.COMMUNITY_CODE}", 3)) % 4'
    bind(
        symbol,
        QgsSymbolLayer.Property.FillColor,
        f"color_hsla(to_int({street}) % 360, 55, 60 + 8 * ({community}), 170)",
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    people = (fields.OWNER, fields.PHONE, fields.DEPARTMENT)
    map_tip(layer, fields.BGID, fields.COMMUNITY_NAME, fields.STREET_NAME, *people, fields.NOTE)


def _components(layer: QgsVectorLayer) -> None:
    layer.setRenderer(classified(layer, fields.OBJ_STATE, COMPONENT_LOOKS))
    label(layer, f'"{fields.OBJ_NAME}"', 7, "#303133", below_scale=1_000, priority=3)
    map_tip(layer, fields.OBJ_NAME, fields.OBJ_ID, fields.CLASS_NAME, fields.OBJ_STATE, "DeptName1")


def _problems(layer: QgsVectorLayer) -> None:
    layer.setRenderer(classified(layer, fields.SEVERITY, PROBLEM_LOOKS))
    map_tip(layer, fields.TEXT, fields.SEVERITY, fields.BGID)


def _plan_changes(layer: QgsVectorLayer) -> None:
    layer.setRenderer(classified(layer, fields.CHANGE, PLAN_LOOKS))
    map_tip(layer, fields.TEXT, fields.BGID, fields.OLD_RGID, fields.NEW_RGID, fields.OLD_OWNER, fields.NEW_OWNER)


def _setback(layer: QgsVectorLayer) -> None:
    layer.setRenderer(classified(layer, fields.RULE, SETBACK_LOOKS))
    map_tip(
        layer, fields.DISTANCE, fields.LIMIT, fields.WATER, fields.OBJ_NAME, fields.OBJ_ID, fields.BGID, fields.OWNER
    )


def _road_segments(layer: QgsVectorLayer) -> None:
    """A colour a segment; dashed grey where nobody answers for it."""
    symbol = QgsLineSymbol.createSimple({"line_color": "#909399", "line_width": "1.1", "capstyle": "flat"})
    nobody = f"""coalesce("{fields.OWNER}", '') = '' AND coalesce("{fields.DEPARTMENT}", '') = ''"""
    number = f"""coalesce(to_int(regexp_substr("{fields.SEGMENT_ID}", '([0-9]{{1,6}})$')), 0)"""
    color = f"CASE WHEN NOT ({nobody}) THEN color_hsla(to_int({number} * 137.5) % 360, 70, 42, 255) END"
    bind(symbol, QgsSymbolLayer.Property.StrokeColor, color)
    bind(symbol, QgsSymbolLayer.Property.StrokeStyle, f"CASE WHEN {nobody} THEN 'dash' END")
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    name = f"""coalesce(nullif("{fields.OWNER}", ''), "{fields.SEGMENT_ID}")"""
    label(layer, name, 8, "#303133", below_scale=20_000, priority=6)
    map_tip(
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
    layer.setRenderer(QgsSingleSymbolRenderer(symbol_of(layer.geometryType(), _REJECTED)))
    map_tip(layer, fields.REASON, fields.DETAIL, fields.ROW)


ROLES: dict[str, Callable[[QgsVectorLayer], None]] = {
    "unit_grid": _unit_grid,
    "communities": _communities,
    "streets": _streets,
    "zones": _zones,
    "zoned_grid": _zoned_grid,
    "owned_grid": _owned_grid,
    "components": _components,
    "cases": dress,
    "case_counts": dress_counts,
    "problems": _problems,
    "rejected": _rejected,
    "setback": _setback,
    "road_segments": _road_segments,
    "plan_changes": _plan_changes,
}
"""Style of each role."""


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
