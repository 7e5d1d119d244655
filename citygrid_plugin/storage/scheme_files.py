"""Code schemes that the plugin brings along, and the extension tables of cities."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.mapping import guess_mapping
from citygrid_plugin.core.schemes import COMPONENT, EVENT, KINDS, Scheme

from .records import read_records

CQSZ10_2007: Final = "cqsz10_2007"
SCHEMES: Final = (CQSZ10_2007,)
"""Ids in the order of the algorithms' SCHEME parameter."""

_FOLDER = Path(__file__).parent.parent / "resources" / "schemes"
_EXTENSION_COLUMNS: Final = {
    "code": ("class_code", "代码", "编码", "小类代码", "小类编码", "部件代码"),
    "name": ("class_name", "名称", "小类名称", "部件名称"),
    "kind": ("类型", "类别"),
    "geometry": ("几何类型",),
    "major_name": ("大类名称", "大类"),
}


@cache
def load_scheme(scheme_id: str) -> Scheme:
    """A scheme of the plugin, by its id (``SCHEMES``).

    CQSZ10-2007 is Chongqing's local standard on top of CJ/T 214-2007 (85 component and 50 event classes,
    major 21 open for the city). The texts of both standards were not available: the classes are those
    in other hands' tables, each with its status.
    """
    if scheme_id != CQSZ10_2007:
        raise KeyError(scheme_id)
    classes = [_table("cqsz10_2007_components").assign(kind=COMPONENT), _table("cqsz10_2007_events").assign(kind=EVENT)]
    columns = ["kind", "code", "major_code", "major_name", "name", "geometry", "status"]
    return Scheme(
        id=scheme_id,
        title="CQSZ10-2007 / CJ/T 214-2007",
        remark=(
            "The texts of the standards were not available. The classes come from other tables that cite them; "
            "the column status tells how well each is known."
        ),
        digits=4,
        extension_major="21",
        classes=pd.concat(classes).rename(columns={"code_status": "status"}).reindex(columns=columns).fillna(""),
        candidates=_table("cqsz10_2007_extension_candidates"),
        aliases=_table("cqsz10_2007_aliases"),
        departments=_table("chongqing_departments"),
        departments_prefix="50",  # Chongqing
    )


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(_FOLDER / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8").astype(object)


def load_extension(path: Path) -> pd.DataFrame:
    """A city's extension table: columns code, name and what it has of kind, geometry, major_name.

    Raises ``UnknownField`` where it has no column for the code or the name. ``Scheme.with_extension``
    checks the rest.
    """
    table = read_records(path).frame.drop(columns="geometry")
    found = guess_mapping(table.columns, _EXTENSION_COLUMNS)
    for column in ("code", "name"):
        if column not in found:
            raise UnknownField(layer=path.name, field=column, available=", ".join(table.columns))
    result = table[list(found.values())].set_axis(list(found), axis=1).fillna("")
    if "kind" in result:
        result["kind"] = (
            result["kind"].str.strip().str.casefold().map({**dict(zip(KINDS, KINDS, strict=True)), "事件": EVENT})
        )
    return result[(result["code"] != "") | (result["name"] != "")].fillna({"kind": COMPONENT})
