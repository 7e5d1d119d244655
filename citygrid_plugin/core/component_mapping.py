"""Which columns of a delivery hold what: guessed from names in both languages, and from values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from . import fields
from .account import Remark
from .errors import CityGridError
from .mapping import Rules, guess_mapping
from .schemes import COMPONENT, Scheme

MAJOR_CODE: Final = "MajorCode"
TARGETS: Final = (*fields.COMPONENT, MAJOR_CODE)
"""What a mapping can fill: the fields of a component, and the major of a class given in two columns."""

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.OBJ_ID: ("标识码", "部件标识码", "部件标识", "obj_id", "部件编号", "部件编码"),
    fields.OBJ_NAME: ("obj_name",),
    "DeptCode1": ("主管部门代码", "主管部门编码"),
    "DeptName1": ("主管部门", "主管部门名称", "dept_name"),
    "DeptCode2": ("权属单位代码", "权属单位编码"),
    "DeptName2": ("权属单位", "权属单位名称"),
    "DeptCode3": ("养护单位代码", "养护单位编码"),
    "DeptName3": ("养护单位", "养护单位名称"),
    fields.BGID: ("所在单元网格", "单元网格编码", "单元网格标识码"),
    fields.OBJ_STATE: ("状态", "部件状态", "obj_state", "state", "status"),
    fields.INITIAL_DATE: ("普查日期", "初始日期", "采集日期", "调查日期", "测量日期", "survey_date"),
    fields.END_DATE: ("变更日期",),
    fields.DATA_SOURCE: ("数据来源", "data_source"),
    fields.NOTE: ("备注", "remark", "remarks"),
    fields.CLASS_CODE: ("部件代码", "小类代码", "小类编码", "类别代码", "类别编码", "分类代码", "class_code"),
    fields.CLASS_NAME: ("部件名称", "小类名称", "类别名称", "部件类型", "class_name"),
}  # fmt: skip
"""Names of source fields that are taken where the mapping names none (ours), the most telling first."""

_DOUBTFUL: Final = {
    fields.CLASS_CODE: ("小类", "代码", "编码", "code", "type_code"),
    fields.CLASS_NAME: ("小类", "名称", "类别", "类型", "name", "type", "kind"),
}
"""Names that mean a class only where most of the values are one."""
_MAJOR = ("大类", "大类代码", "大类编码", "major_code")
_MINOR = re.compile(r"[0-9]{1,2}")
_TELLING_SHARE = 0.5


class NoClassColumn(CityGridError):
    """Nothing in a file says of which class its records are."""

    template = (
        "No column of “{layer}” holds the class of the components. It has: {available}. Name the column in "
        'MAPPING, or give one class for all: {{"ClassCode": {{"value": "0118"}}}}.'
    )


def component_mapping(
    frame: pd.DataFrame, rules: Rules, scheme: Scheme, name: str
) -> tuple[dict[str, Any], list[Remark]]:
    """The rules with what they leave out guessed from the names of columns and, where doubtful, from values.

    Where no column holds a class, the name of the file may: ``BJ0101``, ``0101`` or a class name.
    ``name`` is the file's or layer's. Raises ``NoClassColumn``.
    """
    columns = [str(column) for column in frame.columns if column != "geometry"]
    result = {**guess_mapping(columns, SYNONYMS), **rules}
    major = guess_mapping(columns, {MAJOR_CODE: _MAJOR})
    if not {fields.CLASS_CODE, fields.CLASS_NAME} & rules.keys():
        for target, words in _DOUBTFUL.items():
            telling = (
                column for column in _named(columns, words) if _means_class(frame[column], target, scheme, bool(major))
            )
            if target not in result and (column := next(telling, None)) is not None:
                result[target] = column
    if fields.CLASS_CODE in result and fields.CLASS_CODE not in rules:
        result = {**major, **result}
    if {fields.CLASS_CODE, fields.CLASS_NAME} & result.keys():
        return result, []
    code = _class_of_file(name, scheme)
    if not code:
        raise NoClassColumn(layer=name, available=", ".join(columns))
    remark = Remark("class_from_file", {"code": code, "name": scheme.names(COMPONENT)[code]})
    return {**result, fields.CLASS_CODE: {"value": code}}, [remark]


def _named(columns: Sequence[str], words: Sequence[str]) -> list[str]:
    """The columns that have one of the names, in the order of the names."""
    found = [guess_mapping(columns, {word: ()}) for word in words]
    return [name for names in found for name in names.values()]


def _means_class(column: pd.Series, target: str, scheme: Scheme, has_major: bool) -> bool:
    """Whether most of the filled values are classes of the scheme, or minors beside a column of majors."""
    values = column.dropna().value_counts()
    if target == fields.CLASS_NAME:
        known = [bool(scheme.code_of_name(COMPONENT, value)) for value in values.index]
    else:
        names = scheme.names(COMPONENT)
        known = [
            scheme.normal_code(value) in names or (has_major and bool(_MINOR.fullmatch(value.strip())))
            for value in values.index
        ]
    return bool(len(values)) and values[known].sum() >= _TELLING_SHARE * values.sum()


def _class_of_file(name: str, scheme: Scheme) -> str:
    stem = name.rsplit(".", 1)[0]
    code = stem[-scheme.digits :]
    prefix = stem[: -scheme.digits]
    if code in scheme.names(COMPONENT) and (not prefix or (prefix.isalpha() and prefix.isascii())):
        return code
    return scheme.code_of_name(COMPONENT, stem)
