"""Which columns of a delivery hold what: guessed from names in both languages, and from values.

A guess is taken from the name of a column first. Where no name tells, a column is taken that alone of all
holds such values: ids of the scheme, dates, states, sources, classes. Values that are other words for ours get
a table of values. What the rules say, also that a field is to be skipped, is never guessed about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta, timezone
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import DISTRICT_DIGITS
from citygrid_plugin.core.distinct import Texts
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.records.mapping import (
    Known,
    Rules,
    fills,
    guess_mapping,
    long_form,
    rule_columns,
    with_values,
)
from citygrid_plugin.core.records.times import read_times
from citygrid_plugin.core.schemes import COMPONENT, Scheme, name_key

from .component_ids import id_digits
from .component_words import (
    SOURCES,
    STATES,
    class_words,
    meanings,
    words_of,
)

MAJOR_CODE: Final = "MajorCode"
TARGETS: Final = (*fields.COMPONENT, MAJOR_CODE)
"""What a mapping can fill: the fields of a component, and the major of a class given in two columns."""
CHINA_TIME: Final = timezone(timedelta(hours=8))
"""The zone of dates that state none."""

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.OBJ_ID: ("标识码", "部件标识码", "部件标识", "obj_id", "部件编号", "部件编码", "asset_id", "component_id"),
    fields.OBJ_NAME: ("obj_name",),
    "DeptCode1": ("主管部门代码", "主管部门编码"),
    "DeptName1": ("主管部门", "主管部门名称", "主管单位", "主管单位名称", "dept_name", "department", "authority"),
    "DeptCode2": ("权属单位代码", "权属单位编码"),
    "DeptName2": ("权属单位", "权属单位名称", "产权单位", "产权单位名称", "owner", "owner_name"),
    "DeptCode3": ("养护单位代码", "养护单位编码"),
    "DeptName3": (
        "养护单位", "养护单位名称", "维护单位", "管护单位", "管养单位", "养护责任单位",
        "maintained_by", "maintainer", "operator",
    ),
    fields.BGID: ("所在单元网格", "单元网格编码", "单元网格标识码", "所在单元网", "单元网格标", "单元网格编"),
    fields.OBJ_STATE: (
        "状态", "部件状态", "obj_state", "完好状态", "完好情况", "完好程度", "设施状态", "现状",
        "condition", "asset_condition", "state", "status",
    ),
    fields.INITIAL_DATE: (
        "普查日期", "初始日期", "采集日期", "调查日期", "测量日期", "测绘日期", "普查时间", "采集时间", "调查时间",
        "survey_date", "surveyed", "date_surveyed", "surveyed_on", "surveyed_at", "capture_date", "collected",
        "日期", "date",
    ),
    fields.END_DATE: ("变更日期", "变更时间", "change_date"),
    fields.DATA_SOURCE: ("数据来源", "data_source"),
    fields.NOTE: ("备注", "備註", "备注说明", "remark", "remarks", "notes", "comment", "comments"),
    fields.CLASS_CODE: (
        "部件代码", "小类代码", "小类编码", "类别代码", "类别编码", "分类代码", "部件小类代码",
        "class_code", "asset_code",
    ),
    fields.CLASS_NAME: (
        "部件名称", "小类名称", "类别名称", "部件类型", "部件小类", "部件小类名称",
        "class_name", "asset_type", "component_type",
    ),
}  # fmt: skip
"""Names of source fields that are taken where the mapping names none (ours), the most telling first."""

_DOUBTFUL: Final = {
    fields.CLASS_CODE: ("小类", "代码", "编码", "code", "type_code", "class"),
    fields.CLASS_NAME: (
        "小类", "名称", "类别", "类型", "设施名称", "设施类型",
        "name", "type", "kind", "category", "class", "feature", "asset", "layer", "block", "图层", "图层名", "块名",
    ),
}  # fmt: skip
"""Names that mean a class only where most of the values are one."""
_MAJOR = ("大类", "大类代码", "大类编码", "major_code")
_MINOR = re.compile(r"[0-9]{1,2}")
_TELLING_SHARE = 0.5
_SURE_SHARE = 0.8  # of values, where no name speaks for a column; ours
_FILLED_SHARE = 0.5
_FIRST, _HARDLY = 50, 0.2
_SAMPLE = 2000  # filled rows, spread over the table, that tell what a column holds; ours
_OTHER_DATES = re.compile(
    "修改|更新|变更|變更|编辑|編輯|安装|安裝|竣工|建成|建设|到期|生产|建檔|建档|updat|modif|edit|creat|chang|instal|buil|expir"
    "|due|birth|end|replac|repair",
    re.IGNORECASE,
)
"""In the name of a column of dates: they are of something else than the survey."""
_YEARS = (1950, 2100)
_ROUNDED_ID = re.compile(r"[0-9](?:\.[0-9]+)?E\+?1[56]", re.IGNORECASE)  # what a spreadsheet made of one
_PROVINCES: Final = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82}
)
"""First two digits of a district, GB/T 2260."""
_WORDS: Final = {fields.OBJ_STATE: words_of(STATES), fields.DATA_SOURCE: words_of(SOURCES)}


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

    Where no column holds a class, the name of the file may: ``BJ0101``, ``0101`` or a class name; and where that
    does not, the ids may, which hold the class. ``name`` is the file's or layer's. Raises ``NoClassColumn``.
    """
    columns = [str(column) for column in frame.columns if column != "geometry"]
    samples = _Samples(frame)
    result: dict[str, Any] = {**guess_mapping(columns, SYNONYMS), **rules}
    _guess_class(result, rules, columns, samples, scheme)
    used = {column for rule in result.values() for column in rule_columns(rule)}
    free = [column for column in columns if column not in used]
    _guess_by_values(result, free, samples, scheme)
    _guess_meanings(result, rules, frame, scheme)
    if fills(result, fields.CLASS_CODE) or fills(result, fields.CLASS_NAME):
        return result, []
    if not {fields.CLASS_CODE, fields.CLASS_NAME} & rules.keys():
        if code := class_of_text(name, scheme):
            remark = Remark("class_from_file", {"code": code, "name": scheme.names(COMPONENT)[code]})
            return {**result, fields.CLASS_CODE: {"value": code}}, [remark]
        if rule := _class_of_ids(result, samples, scheme):
            return {**result, fields.CLASS_CODE: rule}, []
    raise NoClassColumn(layer=name, available=", ".join(columns))


def lasting_rules(rules: Rules, scheme: Scheme, name: str) -> dict[str, Any]:
    """The rules less the class that only the name of this file says: the next file of this shape may be another."""
    from_name = {"value": class_of_text(name, scheme)}
    return {target: rule for target, rule in rules.items() if target != fields.CLASS_CODE or rule != from_name}


def known_values(scheme: Scheme, rules: Rules) -> dict[str, Known]:
    """What ``mapping.unmatched`` is to compare with: classes, states, sources and dates that an import takes."""
    majors = fills(rules, MAJOR_CODE)
    return {
        fields.CLASS_CODE: _each(lambda value: _is_code(value, scheme, majors) or scheme.is_extension(value)),
        fields.CLASS_NAME: _each(lambda value: bool(scheme.code_of_name(COMPONENT, value))),
        fields.OBJ_STATE: _are_words(fields.OBJ_STATE),
        fields.DATA_SOURCE: _are_words(fields.DATA_SOURCE),
        fields.INITIAL_DATE: _are_dates,
        fields.END_DATE: _are_dates,
    }


def class_of_text(text: str, scheme: Scheme) -> str:
    """The class that the name of a file, layer or block says: ``BJ0101``, ``0101``, or a name; else empty."""
    stem = text.strip().rsplit(".", 1)[0]
    code = stem[-scheme.digits :]
    prefix = stem[: -scheme.digits]
    if code in scheme.names(COMPONENT) and (not prefix or (prefix.isalpha() and prefix.isascii())):
        return code
    return scheme.code_of_name(COMPONENT, stem)


# What columns hold


class _Samples:
    """Filled values of columns, spread over the table, with how often each occurs."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._counts: dict[str, pd.Series] = {}

    def __getitem__(self, column: str) -> pd.Series:
        """Counts by value, without blanks around."""
        if column not in self._counts:
            values = self._frame[column].dropna()
            values = values.iloc[:: max(len(values) // _SAMPLE, 1)].astype(str).str.strip()
            self._counts[column] = values[values != ""].value_counts()
        return self._counts[column]

    def is_filled(self, column: str) -> bool:
        """Whether enough rows have a value for a column to be taken that no name speaks for."""
        values = self._frame[column]
        rows = values.iloc[:: max(len(values) // _SAMPLE, 1)].fillna("").astype(str).str.strip() != ""
        return bool(rows.mean() >= _FILLED_SHARE) if len(rows) else False

    def share(self, column: str, known: Known) -> float:
        """The share of filled values that are known; where hardly any of the most frequent is, that of these."""
        counts = self[column]
        for first in (counts.iloc[:_FIRST], counts):
            share = float(first[known(first.index.to_numpy(dtype=object))].sum() / first.sum()) if len(first) else 0.0
            if share < _HARDLY or len(first) == len(counts):
                return share
        return share


def _each(is_known: Callable[[str], bool]) -> Known:
    return lambda values: np.array([is_known(value) for value in values], dtype=bool)


def _are_words(target: str) -> Known:
    """What tells values of a list and other words for them."""
    return _each(lambda value: name_key(value) in _WORDS[target])


def _guess_class(
    result: dict[str, Any], rules: Rules, columns: Sequence[str], samples: _Samples, scheme: Scheme
) -> None:
    """Columns with doubtful names whose values are classes; majors beside a column of minors."""
    major = guess_mapping(columns, {MAJOR_CODE: _MAJOR})
    if not {fields.CLASS_CODE, fields.CLASS_NAME} & rules.keys():
        for target, words in _DOUBTFUL.items():
            known = _known_class(target, scheme, bool(major))
            telling = (column for column in _named(columns, words) if samples.share(column, known) >= _TELLING_SHARE)
            if target not in result and (column := next(telling, None)) is not None:
                result[target] = column
    if fields.CLASS_CODE in result and fields.CLASS_CODE not in rules and MAJOR_CODE not in rules:
        result |= major


def _named(columns: Sequence[str], words: Sequence[str]) -> list[str]:
    """The columns that have one of the names, in the order of the names."""
    found = [guess_mapping(columns, {word: ()}) for word in words]
    return [name for names in found for name in names.values()]


def _known_class(target: str, scheme: Scheme, has_major: bool) -> Known:
    """What tells classes of the scheme, or minors beside a column of majors."""
    if target == fields.CLASS_CODE:
        return _each(lambda value: _is_code(value, scheme, has_major))
    english = class_words(scheme)
    return _each(lambda value: bool(class_of_text(value, scheme) or meanings([value], english)))


def _is_code(value: str, scheme: Scheme, has_major: bool) -> bool:
    return scheme.normal_code(value) in scheme.names(COMPONENT) or (has_major and bool(_MINOR.fullmatch(value.strip())))


def _guess_by_values(result: dict[str, Any], columns: Sequence[str], samples: _Samples, scheme: Scheme) -> None:
    """For each field that no name fills, the one column whose values are such."""
    wanted: dict[str, Known] = {
        fields.OBJ_ID: _each(lambda value: _is_id(value, scheme)),
        fields.OBJ_STATE: _are_words(fields.OBJ_STATE),
        fields.DATA_SOURCE: _are_words(fields.DATA_SOURCE),
        fields.INITIAL_DATE: _are_dates,
    }
    if not {fields.CLASS_CODE, fields.CLASS_NAME} & result.keys():
        wanted[fields.CLASS_NAME] = _each(lambda value: bool(class_of_text(value, scheme)))
    columns = [column for column in columns if samples.is_filled(column)]
    for target, known in wanted.items():
        if target in result:
            continue
        telling = [column for column in columns if samples.share(column, known) >= _SURE_SHARE]
        if target == fields.INITIAL_DATE:
            telling = [column for column in telling if not _OTHER_DATES.search(column)]
        if len(telling) == 1:
            result[target] = telling[0]


def _is_id(value: str, scheme: Scheme) -> bool:
    """Whether a text is an id with a class of the scheme in it, or what a spreadsheet leaves of one."""
    if len(value) != id_digits(scheme.digits) or not (value.isascii() and value.isdigit()):
        return bool(_ROUNDED_ID.fullmatch(value))
    if int(value[:2]) not in _PROVINCES:  # a time or a telephone number
        return False
    code = value[DISTRICT_DIGITS : DISTRICT_DIGITS + scheme.digits]
    return code in scheme.names(COMPONENT) or scheme.is_extension(code)


def _are_dates(values: Texts) -> NDArray[np.bool_]:
    times = read_times({"": pd.Series(values, dtype=object)}, CHINA_TIME).values[""]
    years = times.astype("datetime64[Y]").astype(int) + 1970
    return ~np.isnat(times) & (years >= _YEARS[0]) & (years <= _YEARS[1])


def _class_of_ids(result: Rules, samples: _Samples, scheme: Scheme) -> dict[str, Any] | None:
    """The class from the ids, where most of them hold one."""
    column = long_form(result.get(fields.OBJ_ID)).get("field")
    if column is None or samples.share(column, _each(lambda value: _is_id(value, scheme))) < _SURE_SHARE:
        return None
    return {"expression": {"substring": [{"field": column}, DISTRICT_DIGITS + 1, scheme.digits]}}


# What values mean


def _guess_meanings(result: dict[str, Any], rules: Rules, frame: pd.DataFrame, scheme: Scheme) -> None:
    """Tables of values for columns whose rule has none: other words for states, sources and classes."""
    for target in (fields.OBJ_STATE, fields.DATA_SOURCE, fields.CLASS_NAME):
        rule = result.get(target)
        if not isinstance(rule, str) or rule not in frame:
            continue
        values = [str(value) for value in frame[rule].dropna().unique()]
        if target == fields.CLASS_NAME:
            found = {} if target in rules else _class_meanings(values, scheme)
        else:
            found = meanings(values, _WORDS[target])
        if found:
            result[target] = with_values(rule, found)


def _class_meanings(values: Sequence[str], scheme: Scheme) -> dict[str, str]:
    """Names of classes for texts such as ``BJ0101`` or ``street lamp``; names that the scheme knows stay."""
    names = scheme.names(COMPONENT)
    plain = {value.strip() for value in values}
    unknown = sorted(value for value in plain if value and not scheme.code_of_name(COMPONENT, value))
    coded = {value: names[code] for value in unknown if (code := class_of_text(value, scheme))}
    return meanings(unknown, class_words(scheme)) | coded
