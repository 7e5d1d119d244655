"""Code schemes that the plugin brings along, and the extension tables of cities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.class_crosswalk import side_by_side
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.core.records.mapping import guess_mapping
from citygrid_plugin.core.schemes import (
    COMPONENT,
    EVENT,
    KINDS,
    LocalNumbers,
    Scheme,
)

from .files import write_text
from .readers.records import read_records

CQSZ10_2007: Final = "cqsz10_2007"
GBT47678_2026: Final = "gbt47678_2026"
GBT30428_2013: Final = "gbt30428_2013"
SCHEMES: Final = (CQSZ10_2007, GBT47678_2026, GBT30428_2013)
"""Ids in the order of the algorithms' SCHEME parameter."""

_FOLDER = Path(__file__).parent.parent / "resources" / "schemes"
_CLASSES: Final = (
    "kind", "code", "major_code", "major_name", "name", "name_en", "geometry", "geometry_status", "status",
)  # fmt: skip
_CANDIDATES: Final = ["kind", "major_code", "name", "status"]
_FORMULA: Final = r"^[=+\-@\t\r]"
_CHONGQING: Final = "50"
_EXTENSION_COLUMNS: Final = {
    "code": ("class_code", "代码", "编码", "小类代码", "小类编码", "部件代码"),
    "name": ("class_name", "名称", "小类名称", "部件名称"),
    "kind": ("类型", "类别"),
    "geometry": ("geometry_2", "几何类型", "图形类型"),  # the reader of records calls its own column geometry
    "major_name": ("大类名称", "大类"),
    "aliases": ("alias", "别名"),
}
_KIND_WORDS: Final = {**dict(zip(KINDS, KINDS, strict=True)), "部件": COMPONENT, "事件": EVENT}
_GEOMETRY_WORDS: Final = {
    "点": "point", "点状": "point", "线": "line", "线状": "line", "面": "polygon", "面状": "polygon",
}  # fmt: skip


@dataclass(frozen=True)
class _Source:
    """What of a scheme is not in its tables."""

    title: str
    remark: str
    digits: int
    local: LocalNumbers
    candidates: str = ""


_SOURCES: Final = {
    CQSZ10_2007: _Source(
        title="CQSZ10-2007 / CJ/T 214-2007",
        remark=(
            "Chongqing's local standard on top of CJ/T 214-2007: 85 component and 50 event classes, and the major 21 "
            "for the city. The texts of both standards were not available; the classes come from other tables that "
            "cite them. The numbers of Chongqing's own 11 and 9 local classes are not published."
        ),
        digits=4,
        local=LocalNumbers(0, 99, ("21",)),
        candidates="cqsz10_2007_extension_candidates",
    ),
    GBT47678_2026: _Source(
        title="GB/T 47678-2026",
        remark=(
            "The national standard of 2026: 153 component and 250 event classes, five digits, ids of 17 digits. Its "
            "text was not available; the classes come from one secondary source. The minors 080 to 999 of every major "
            "are the city's."
        ),
        digits=5,
        local=LocalNumbers(80, 999),
    ),
    GBT30428_2013: _Source(
        title="GB/T 30428-2013",
        remark=(
            "GB/T 30428-2013 as one city uses it: its text was not available, and classes that this city does not use "
            "are missing. Local classes count down from 99 in every major; those listed are that city's. That the "
            "minors from 60 on are local is our rule: the highest standard one seen is 57, the lowest local one 78."
        ),
        digits=4,
        local=LocalNumbers(60, 99),
    ),
}


@cache
def load_scheme(scheme_id: str) -> Scheme:
    """A scheme of the plugin, by its id (``SCHEMES``).

    Aliases, English names and departments are by name, so all schemes share them; the departments' numbers
    are those of CQSZ10-2007 and count nowhere else.
    """
    source = _SOURCES[scheme_id]
    english = _table("english_names")
    classes = pd.concat([_table(f"{scheme_id}_{kind}s").assign(kind=kind) for kind in KINDS], ignore_index=True)
    classes = classes.rename(columns={"code_status": "status"})
    candidates = _table(source.candidates) if source.candidates else pd.DataFrame(columns=_CANDIDATES, dtype=object)
    departments = _table("chongqing_departments")
    if scheme_id != CQSZ10_2007:
        by_number = departments["class_code"].str.endswith("*")  # the rest of a major, which has another name here
        departments = departments[~by_number].assign(class_code="")
    majors = english[english["kind"] == "major"]
    return Scheme(
        id=scheme_id,
        title=source.title,
        remark=source.remark,
        digits=source.digits,
        local=source.local,
        classes=_with_english(classes, english).reindex(columns=list(_CLASSES)).fillna(""),
        candidates=_with_english(candidates, english),
        synonyms=_table("aliases"),
        departments=departments,
        departments_prefix=_CHONGQING,
        major_names=dict(zip(majors["name"], majors["name_en"], strict=True)),
    )


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(_FOLDER / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8").astype(object)


_DEFECT = "异常"  # in the events of 2026: something is wrong with a component


def _with_english(classes: pd.DataFrame, english: pd.DataFrame) -> pd.DataFrame:
    """The classes with ``name_en``; “a component is out of order” follows from the component's name."""
    known = dict(zip(zip(english["kind"], english["name"], strict=True), english["name_en"], strict=True))

    def name_en(kind: str, name: str) -> str:
        own = known.get((kind, name), "")
        if own or kind != EVENT or _DEFECT not in name:
            return own
        component = known.get((COMPONENT, name.replace(_DEFECT, "")), "")
        return f"{component}: defect" if component else ""

    rows = zip(classes["kind"], classes["name"], strict=True)
    return classes.assign(name_en=pd.Series([name_en(*row) for row in rows], index=classes.index, dtype=object))


def write_crosswalk(scheme: Scheme, path: Path) -> None:
    """Write the classes of a scheme beside their counterparts in all others, as a CSV that Excel reads as UTF-8.

    What a spreadsheet would take for a formula gets an apostrophe. Raises ``UnwritableTarget``.
    """
    others = [load_scheme(name) for name in SCHEMES if name != scheme.id]
    table = side_by_side(scheme, others).replace(_FORMULA, r"'\g<0>", regex=True)
    write_text(path, "\ufeff" + table.to_csv(index=False))


def load_extension(path: Path) -> pd.DataFrame:
    """A city's extension table (CSV, Excel): columns code, name and what it has of the others, as text.

    The index tells the row, from 0. Raises ``UnknownField`` where it has no column for the code or the name.
    ``Scheme.with_extension`` checks the rest.
    """
    table = read_records(path).frame.drop(columns="geometry")
    found = guess_mapping(table.columns, _EXTENSION_COLUMNS)
    for column in ("code", "name"):
        if column not in found:
            raise UnknownField(layer=path.name, field=column, available=", ".join(table.columns))
    result = table[list(found.values())].set_axis(list(found), axis=1).fillna("")
    for column, words in (("kind", _KIND_WORDS), ("geometry", _GEOMETRY_WORDS)):
        if column in result:
            stated = result[column].str.strip().str.casefold()
            result[column] = stated.map(words).fillna(stated)
    result = result[(result["code"] != "") | (result["name"] != "")]
    if result.empty:
        raise EmptyInput(layer=path.name)
    return result
