"""All that a layer of cases gets beside its styles: labels, map tips, a form, times for the temporal controller, and a
drawing that is renewed each minute.
"""

from __future__ import annotations

from html import escape
from typing import Final

from qgis.core import (
    Qgis,
    QgsAttributeEditorContainer,
    QgsAttributeEditorField,
    QgsDefaultValue,
    QgsEditorWidgetSetup,
    QgsExpression,
    QgsVectorLayer,
    QgsVectorLayerTemporalProperties,
)

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.style_parts import FIELD_TITLES, escaped, label

from . import case_styles
from .case_expressions import time_number

MINUTE: Final = 60_000  # milliseconds

_LABELLED_TO: Final = 2_500  # 1:this and nearer
_TABS: Final = ("Case", "Times", "Place", "Review")
_TAB_FIELDS: Final = (
    (
        fields.CASE_ID, fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME, fields.STAGE, fields.DEPARTMENT,
        fields.SOURCE, fields.TEXT,
    ),
    (
        fields.STATUS, fields.OUTCOME, fields.REPORTED, fields.FILED, fields.DEADLINE, fields.DUE_BY,
        fields.TIME_LIMIT, fields.FILING_CONDITION, fields.HANDLED, fields.FINISHED, fields.OVER_HOURS,
        fields.SUSPENDED_FROM, fields.SUSPENDED_TO, fields.PAUSED_HOURS,
    ),
    (
        fields.STREET_NAME, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE, fields.BGID, fields.RGID, fields.OBJ_ID,
        fields.PLACED,
    ),
    (fields.RETURNS, fields.ACCURATE, fields.REPEAT_OF),
)  # fmt: skip
"""Tabs of the form and their fields."""

_COMPUTED: Final = (
    fields.STATUS, fields.OUTCOME, fields.DUE_BY, fields.OVER_HOURS, fields.PAUSED_HOURS, fields.PLACED,
    fields.REPEAT_OF, fields.BGID, fields.RGID, fields.STREET_NAME, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE,
)  # fmt: skip
"""What loading computes; typed in, it would be lost with the next loading."""

_TIMES: Final = (
    fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED, fields.HANDLED,
    fields.SUSPENDED_FROM, fields.SUSPENDED_TO,
)  # fmt: skip
_CLOCK: Final = "yyyy-MM-dd HH:mm"

_TIP: Final = (
    fields.CASE_ID, fields.CLASS_NAME, fields.STATUS, fields.STAGE, fields.REPORTED, fields.DEADLINE,
    fields.FINISHED, fields.DEPARTMENT, fields.STREET_NAME, fields.COMMUNITY_NAME, fields.SOURCE, fields.TEXT,
)  # fmt: skip
_MOMENT: Final = "citygrid/moment"
_LONGEST_TEXT: Final = 300  # characters of a case's text in a map tip


def dress(layer: QgsVectorLayer) -> None:
    """Give a layer of cases all that it needs; the style By status is on afterwards."""
    _form(layer)
    _tell(layer, "")
    follow_clock(layer)
    case_styles.save_styles(layer)


def tell(layer: QgsVectorLayer, moment: str) -> None:
    """Let map tips and labels tell the status of a moment (as in ``case_styles.show``), where they do not yet."""
    if (layer.customProperty(_MOMENT) or "") != moment:
        _tell(layer, moment)


def _tell(layer: QgsVectorLayer, moment: str) -> None:
    layer.setCustomProperty(_MOMENT, moment)
    _map_tip(layer, moment)
    _labels(layer, moment)


def follow_clock(layer: QgsVectorLayer) -> None:
    """What clusters and heat map get of this, too: times, and a drawing that is renewed each minute."""
    _times(layer)
    layer.setAutoRefreshInterval(MINUTE)
    layer.setAutoRefreshMode(Qgis.AutoRefreshMode.RedrawOnly)


def _map_tip(layer: QgsVectorLayer, moment: str) -> None:
    """The status, and what else is known; all text that comes from a list is escaped."""
    present = [name for name in _TIP if layer.fields().lookupField(name) >= 0]
    rows = [_tip_row(layer, name, moment) for name in present]
    table = "".join(rows)
    layer.setMapTipTemplate(f'<table cellpadding="1" width="320">{table}</table>')
    if present:
        layer.setDisplayExpression(f'"{present[0]}"')


def _tip_row(layer: QgsVectorLayer, name: str, moment: str) -> str:
    if name == fields.STATUS:
        titles = ", ".join(
            f"{QgsExpression.quotedString(look.values[0])}, {QgsExpression.quotedString(tr(look.title))}"
            for look in case_styles.CASE_LOOKS
        )
        value = f"map_get(map({titles}), {case_styles.status_of(layer, moment)})"
    elif name in _TIMES:
        value = f"coalesce(format_date(\"{name}\", '{_CLOCK}'), '')"
    elif name == fields.TEXT:
        value = escaped(name, _LONGEST_TEXT)
    else:
        value = escaped(name)
    weight = ("<b>", "</b>") if name in {fields.CASE_ID, fields.STATUS} else ("", "")
    title = escape(tr(FIELD_TITLES[name]))
    return f'<tr><td><font color="#606266">{title}</font></td><td>{weight[0]}[% {value} %]{weight[1]}</td></tr>'


def _labels(layer: QgsVectorLayer, moment: str) -> None:
    """Number and class of unfinished cases, near only; where there is no room, the label is left out."""
    there = layer.fields().names()
    if fields.CASE_ID not in there:
        return
    number = f'"{fields.CASE_ID}"'
    kind = f"""if(coalesce("{fields.CLASS_NAME}", '') = '', '', '\\n' || "{fields.CLASS_NAME}")"""
    text = f"{number} || {kind}" if fields.CLASS_NAME in there else number
    open_only = f"CASE WHEN {case_styles.status_of(layer, moment)} NOT IN ('closed', 'void') THEN {text} END"
    label(layer, open_only, 7, "#303133", below_scale=_LABELLED_TO, priority=3, distance=1.6)


def _form(layer: QgsVectorLayer) -> None:
    """Tabs of fields; what is computed cannot be typed in, and times are times."""
    there = layer.fields()
    for name in _TIMES:
        index = there.lookupField(name)
        if index >= 0:
            layer.setEditorWidgetSetup(index, _time_widget())
    text = there.lookupField(fields.TEXT)
    if text >= 0:
        layer.setEditorWidgetSetup(text, QgsEditorWidgetSetup("TextEdit", {"IsMultiline": True, "UseHtml": False}))
    form = layer.editFormConfig()
    form.setLayout(Qgis.AttributeFormLayout.DragAndDrop)
    form.clearTabs()
    root = form.invisibleRootContainer()
    titles = [tr(title) for title in _TABS]
    for title, names in zip(titles, _TAB_FIELDS, strict=True):
        tab = QgsAttributeEditorContainer(title, root)
        tab.setType(Qgis.AttributeEditorContainerType.Tab)
        for name in names:
            if there.lookupField(name) >= 0:
                tab.addChildElement(QgsAttributeEditorField(name, there.lookupField(name), tab))
        if tab.children():
            form.addTab(tab)
    for name in _COMPUTED:
        if there.lookupField(name) >= 0:
            form.setReadOnly(there.lookupField(name), True)
    layer.setEditFormConfig(form)
    _numbers(layer)


def _numbers(layer: QgsVectorLayer) -> None:
    """The whole numbers of times follow what is typed in as the time, and are not shown."""
    table = layer.attributeTableConfig()
    table.update(layer.fields())
    columns = table.columns()
    for name, number in fields.TIME_NUMBERS.items():
        index = layer.fields().lookupField(number)
        if index >= 0:
            layer.setDefaultValueDefinition(index, QgsDefaultValue(time_number(f'"{name}"'), True))
    for column in columns:
        column.hidden = column.hidden or column.name in fields.TIME_NUMBERS.values()
    table.setColumns(columns)
    layer.setAttributeTableConfig(table)


def _time_widget() -> QgsEditorWidgetSetup:
    config = {"calendar_popup": True, "allow_null": True, "display_format": _CLOCK, "field_format_overwrite": False}
    return QgsEditorWidgetSetup("DateTime", config)


def _times(layer: QgsVectorLayer) -> None:
    """A case is on the map of the temporal controller from its report until it is finished."""
    there = layer.fields()
    if there.lookupField(fields.REPORTED) < 0 or there.lookupField(fields.FINISHED) < 0:
        return
    times = layer.temporalProperties()
    if not isinstance(times, QgsVectorLayerTemporalProperties):
        return
    times.setMode(Qgis.VectorTemporalMode.FeatureDateTimeStartAndEndFromFields)
    times.setStartField(fields.REPORTED)
    times.setEndField(fields.FINISHED)
    times.setIsActive(True)
