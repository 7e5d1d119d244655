"""Forms of the layers that are filled in the field: widgets that QField and Mergin Maps know, and what is required.

Both apps know text, value map, value relation, date and attachment widgets, tabs, constraints with a description, and
default expressions; nothing else is used.

Like ``survey_project``, this loads geopandas: not to be imported at the start of QGIS.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgis.core import (
    Qgis,
    QgsAttributeEditorContainer,
    QgsAttributeEditorField,
    QgsDefaultValue,
    QgsEditFormConfig,
    QgsEditorWidgetSetup,
    QgsExpression,
    QgsFieldConstraints,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.census.component_mapping import MAJOR_CODE
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing import styles
from citygrid_plugin.storage.survey import (
    FIELD_ID,
    PHOTO,
    PHOTO_FOLDER,
    SURVEYOR,
)

if TYPE_CHECKING:
    import pandas as pd

TAB_TITLES: Final = ("Component", "Details")
TABS: Final = (
    (MAJOR_CODE, fields.CLASS_CODE, fields.OBJ_STATE, fields.DATA_SOURCE, fields.INITIAL_DATE, SURVEYOR, PHOTO),
    (fields.OBJ_NAME, "DeptName1", "DeptName2", "DeptName3", fields.NOTE, FIELD_ID, fields.CLASS_NAME),
)
"""Fields of each tab of the form. What stands in none is hidden: codes that the import gives, and the end date.

The name of the class is hidden, too, but stands here: QGIS renews only defaults of fields that the form holds.
"""

FORM_TITLES: Final = {
    MAJOR_CODE: "Major class",
    fields.CLASS_CODE: "Class",
    fields.OBJ_NAME: "Name (that of the class if empty)",
    fields.INITIAL_DATE: "Date of the survey",
    "DeptName1": "Department in charge (filled by the import if empty)",
    "DeptName2": "Owning unit",
    "DeptName3": "Maintained by",
    FIELD_ID: "Number in the field (given by the device)",
    SURVEYOR: "Surveyor",
    PHOTO: "Photo",
}
"""Titles of fields in the form, where they differ from those in tables."""

SOURCE_TITLES: Final = {"实测": "Measured 实测", "地形图": "Topographic map 地形图", "其他": "Other 其他"}
"""Values of DataSource (domain facts, component census) and what the form calls them."""

STATES: Final = ("完好", "破损", "丢失", "废弃", "移除")
"""Values of ObjState; ``styles.COMPONENT_LOOKS`` names and draws them."""

REQUIRED: Final = {
    MAJOR_CODE: "Choose the major class.",
    fields.CLASS_CODE: "Choose a class of the major class above.",
    fields.OBJ_STATE: "Choose the state.",
    fields.DATA_SOURCE: "Say where the place comes from.",
    fields.INITIAL_DATE: "Give the day of the survey; it cannot lie in the future.",
    SURVEYOR: "Give your name.",
}
"""What the form says where a required field is missing or wrong."""

_CHECKS: Final = {
    MAJOR_CODE: f'"{MAJOR_CODE}" IS NOT NULL',
    # Codes begin with their major in all generations of the standards.
    fields.CLASS_CODE: f'left("{fields.CLASS_CODE}", length("{MAJOR_CODE}")) = "{MAJOR_CODE}"',
    fields.OBJ_STATE: f'"{fields.OBJ_STATE}" IS NOT NULL',
    fields.DATA_SOURCE: f'"{fields.DATA_SOURCE}" IS NOT NULL',
    fields.INITIAL_DATE: f'"{fields.INITIAL_DATE}" <= to_date(now())',
    SURVEYOR: f"trim(\"{SURVEYOR}\") <> ''",
}

_WHO: Final = "coalesce(@mergin_username, @cloud_username, @operator_name)"
"""Who is in the field: the accounts of Mergin Maps and QFieldCloud, and the variable that QField's manual suggests."""

_PHOTO_NAME: Final = f"\"{FIELD_ID}\" || '_' || format_date(now(), 'yyyyMMddhhmmss')"


@dataclass(frozen=True)
class CodeTables:
    """The layers of code tables in the project, and what of them is chosen before the surveyor does."""

    majors: QgsVectorLayer
    classes: QgsVectorLayer
    only_major: str = ""
    only_class: str = ""

    @classmethod
    def of(cls, majors: QgsVectorLayer, classes: QgsVectorLayer, table: pd.DataFrame) -> CodeTables:
        """A single major or class of the package is the default."""
        major, code = table[MAJOR_CODE].unique(), table[fields.CLASS_CODE]
        return cls(majors, classes, major[0] if len(major) == 1 else "", code.iloc[0] if len(code) == 1 else "")


def apply(layer: QgsVectorLayer, tables: CodeTables, surveyor: str) -> None:
    """Give a layer of the field its form. ``surveyor``: name to start with; without it, the app's account."""
    defaults = _defaults(tables, surveyor)
    for index, name in enumerate(layer.fields().names()):
        layer.setEditorWidgetSetup(index, _widget(name, tables))
        if name in FORM_TITLES:
            layer.setFieldAlias(index, tr(FORM_TITLES[name]))
        if name in defaults:
            layer.setDefaultValueDefinition(index, defaults[name])
        if name in _CHECKS:
            _require(layer, index, _CHECKS[name], tr(REQUIRED[name]))
    number = layer.fields().lookupField(FIELD_ID)
    # Soft: it is there so that a copy gets a number of its own; nobody could mend a field that is given by the device.
    soft = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthSoft
    layer.setFieldConstraint(number, QgsFieldConstraints.Constraint.ConstraintUnique, soft)
    layer.setFieldSplitPolicy(number, Qgis.FieldDomainSplitPolicy.DefaultValue)
    layer.setFieldDuplicatePolicy(number, Qgis.FieldDuplicatePolicy.DefaultValue)
    layer.setEditFormConfig(_form(layer))
    _name_photos(layer)


def _require(layer: QgsVectorLayer, index: int, check: str, text: str) -> None:
    """A hard constraint: the feature is not saved before the field is right."""
    hard = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthHard
    layer.setConstraintExpression(index, check, text)
    layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintNotNull, hard)
    layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintExpression, hard)


def _defaults(tables: CodeTables, surveyor: str) -> dict[str, QgsDefaultValue]:
    quoted = QgsExpression.quotedString
    class_of = f"get_feature('{tables.classes.id()}', '{fields.CLASS_CODE}', \"{fields.CLASS_CODE}\")"
    found = {
        fields.OBJ_STATE: QgsDefaultValue(quoted(STATES[0])),
        fields.DATA_SOURCE: QgsDefaultValue(quoted(next(iter(SOURCE_TITLES)))),
        fields.INITIAL_DATE: QgsDefaultValue("to_date(now())"),
        fields.CLASS_NAME: QgsDefaultValue(f"attribute({class_of}, '{fields.CLASS_NAME}')", True),
        FIELD_ID: QgsDefaultValue("uuid('WithoutBraces')"),
        SURVEYOR: QgsDefaultValue(quoted(surveyor) if surveyor else _WHO),
    }
    if tables.only_major:
        found[MAJOR_CODE] = QgsDefaultValue(quoted(tables.only_major))
    if tables.only_class:
        found[fields.CLASS_CODE] = QgsDefaultValue(quoted(tables.only_class))
    return found


# Widgets


def _widget(name: str, tables: CodeTables) -> QgsEditorWidgetSetup:
    special = {
        MAJOR_CODE: lambda: _relation(tables.majors, MAJOR_CODE),
        fields.CLASS_CODE: lambda: _relation(tables.classes, name, f"\"{MAJOR_CODE}\" = current_value('{MAJOR_CODE}')"),
        fields.OBJ_STATE: lambda: _value_map({state: tr(_look(state).title) for state in STATES}),
        fields.DATA_SOURCE: lambda: _value_map({source: tr(SOURCE_TITLES[source]) for source in SOURCE_TITLES}),
        fields.INITIAL_DATE: _date,
        PHOTO: _photo,
    }
    if name in special:
        return special[name]()
    if name != fields.CLASS_NAME and any(name in tab for tab in TABS):
        return QgsEditorWidgetSetup("TextEdit", {"IsMultiline": name == fields.NOTE, "UseHtml": False})
    return QgsEditorWidgetSetup("Hidden", {})


def _look(state: str) -> styles.Look:
    return next(look for look in styles.COMPONENT_LOOKS if state in look.values)


def _relation(layer: QgsVectorLayer, key: str, only: str = "") -> QgsEditorWidgetSetup:
    """A choice from a code table, shown as code and name, in the order of the codes.

    Empty is allowed to be shown: without it QField shows the first entry of a field that has no value yet. There is
    no LayerSource among the settings: it would be an absolute path.
    """
    return QgsEditorWidgetSetup(
        "ValueRelation",
        {
            "Layer": layer.id(),
            "LayerName": layer.name(),
            "LayerProviderName": layer.providerType(),
            "Key": key,
            "Value": "Label",
            "OrderByValue": True,
            "AllowNull": True,
            "AllowMulti": False,
            "NofColumns": 1,
            "UseCompleter": False,
            "FilterExpression": only,
        },
    )


def _value_map(titles: dict[str, str]) -> QgsEditorWidgetSetup:
    """A choice from a list: title by value, in this order."""
    return QgsEditorWidgetSetup("ValueMap", {"map": [{title: value} for value, title in titles.items()]})


def _date() -> QgsEditorWidgetSetup:
    shape = "yyyy-MM-dd"
    config = {"calendar_popup": True, "allow_null": False, "display_format": shape, "field_format": shape}
    return QgsEditorWidgetSetup("DateTime", config)


def _photo() -> QgsEditorWidgetSetup:
    """A photo in the photo folder, stored relative to the project.

    The folder is an expression, as Mergin Maps wants it, and there is no DefaultRoot: a plain one would be a path of
    this computer.
    """
    root: dict[str, Any] = {"active": True, "type": 3, "expression": f"@project_folder || '/{PHOTO_FOLDER}'"}
    return QgsEditorWidgetSetup(
        "ExternalResource",
        {
            "FileWidget": True,
            "FileWidgetButton": True,
            "RelativeStorage": 1,  # to the project
            "StorageMode": 0,  # files
            "DocumentViewer": 1,  # a picture
            "DocumentViewerHeight": 0,
            "DocumentViewerWidth": 0,
            "PropertyCollection": {"name": None, "type": "collection", "properties": {"propertyRootPath": root}},
        },
    )


def _name_photos(layer: QgsVectorLayer) -> None:
    """Photos are named after the component and the time, so that none replaces another when devices are merged."""
    path = f"'{PHOTO_FOLDER}/' || {_PHOTO_NAME} || "
    layer.setCustomProperty("QFieldSync/attachment_naming", json.dumps({PHOTO: f"{path}'.{{extension}}'"}))
    layer.setCustomProperty("QFieldSync/photo_naming", json.dumps({PHOTO: f"{path}'.jpg'"}))  # QField before 2.7
    layer.setCustomProperty("QFieldSync/action", "copy")
    layer.setCustomProperty("QFieldSync/cloud_action", "offline")


def photo_entry(layer: QgsVectorLayer) -> tuple[str, str, str]:
    """Scope, key and value of the project entry by which Mergin Maps names the photos of a layer."""
    return "Mergin", f"PhotoNaming/{layer.id()}/{PHOTO}", _PHOTO_NAME


# Layout


def _form(layer: QgsVectorLayer) -> QgsEditFormConfig:
    """Tabs, and what of them may be typed in."""
    form = layer.editFormConfig()
    form.setLayout(Qgis.AttributeFormLayout.DragAndDrop)
    form.clearTabs()
    root = form.invisibleRootContainer()
    for number, names in enumerate(TABS):
        tab = QgsAttributeEditorContainer(tr(TAB_TITLES[number]), root)
        tab.setType(Qgis.AttributeEditorContainerType.Tab)
        for name in names:
            field = QgsAttributeEditorField(name, layer.fields().lookupField(name), tab)
            field.setShowLabel(name != fields.CLASS_NAME)
            tab.addChildElement(field)
        form.addTab(tab)
    for name in (FIELD_ID, fields.OBJ_ID, fields.CLASS_NAME, fields.BGID):
        form.setReadOnly(layer.fields().lookupField(name), True)
    form.setReuseLastValue(layer.fields().lookupField(SURVEYOR), True)
    form.setSuppress(Qgis.AttributeFormSuppression.Off)
    return form
