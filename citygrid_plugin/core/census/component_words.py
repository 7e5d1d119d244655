"""Words of deliveries that mean one of our values, in both languages (ours).

Only words that mean one thing: ``poor``, ``active`` or ``在用`` may mean a state or not, so they stay as they are
and are shown as unmatched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from citygrid_plugin.core.schemes import COMPONENT, Scheme, name_key

STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "完好": (
        "正常", "良好", "完整", "好", "完好无损", "intact", "good", "ok", "fine", "undamaged", "normal", "working",
        "functional", "operational", "excellent", "good condition",
    ),
    "破损": (
        "损坏", "破坏", "损毁", "残缺", "残损", "破裂", "坏", "已损坏",
        "broken", "damaged", "defective", "faulty", "cracked",
    ),
    "丢失": ("缺失", "遗失", "被盗", "失窃", "已丢失", "missing", "lost", "stolen"),
    "废弃": ("弃用", "报废", "已废弃", "abandoned", "disused", "obsolete", "derelict", "scrapped"),
    "移除": ("拆除", "已拆除", "已移除", "removed", "demolished", "dismantled"),
}  # fmt: skip
"""ObjState: each value of the list with other words for it."""

SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "实测": ("实地测量", "外业测量", "现场测量", "外业实测", "surveyed", "field survey", "measured"),
    "地形图": ("topographic map", "topographical map", "topo map"),
    "其他": ("其它", "other", "others"),
}
"""DataSource, likewise."""

CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "路灯": ("street lamp", "street light", "streetlight", "lamp post", "lamppost", "street lighting"),
    "垃圾箱": ("waste basket", "litter bin", "trash can", "waste bin", "garbage bin", "trash bin"),
    "公交站亭": ("bus stop", "bus shelter"),
    "消防设施": ("fire hydrant", "hydrant"),
    "行道树": ("street tree",),
    "街头坐椅": ("bench", "street bench"),
    "公共厕所": ("toilets", "public toilet", "public toilets"),
    "邮筒": ("post box", "postbox", "mailbox", "letter box"),
    "电话亭": ("telephone booth", "phone booth", "phone box"),
    "交通信号灯": ("traffic signal", "traffic signals", "traffic light", "traffic lights"),
    "交通标志牌": ("traffic sign", "road sign"),
    "路名牌": ("street name sign",),
    "污水井盖": ("sewer manhole", "sewage manhole", "sanitary manhole"),
    "雨水井盖": ("storm manhole", "stormwater manhole", "storm drain manhole"),
    "雨水箅子": ("storm drain inlet", "curb inlet", "grate inlet", "curb grate inlet", "catch basin", "gully"),
    "上水井盖": ("water manhole",),
    "电力井盖": ("electric manhole", "electrical manhole"),
    "燃气井盖": ("gas manhole",),
    "监控电子眼": ("surveillance camera", "cctv camera", "cctv"),
    "自动售货机": ("vending machine",),
    "停车咪表": ("parking meter",),
    "存车支架": ("bicycle rack", "bike rack", "bicycle stand", "bicycle parking"),
    "便道桩": ("bollard",),
    "雕塑": ("sculpture", "statue"),
    "喷泉": ("fountain",),
    "报刊亭": ("newsstand", "news stand", "newspaper kiosk"),
}
"""Names of classes, some of them of one generation only, with English words; the scheme has more (``name_en``)."""


def words_of(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Our value by the key (``schemes.name_key``) of each word and of the value itself."""
    return {name_key(word): ours for ours, words in table.items() for word in (ours, *words)}


def class_words(scheme: Scheme) -> dict[str, str]:
    """The name of a class by the key of each English word for it; words of two classes are left out."""
    found: dict[str, set[str]] = {}
    rows = scheme.classes[scheme.classes["kind"] == COMPONENT]
    if "name_en" in rows:
        for name, english in zip(rows["name"], rows["name_en"], strict=True):
            found.setdefault(name_key(english), set()).add(name)
    names = scheme.names(COMPONENT)
    for name, words in CLASSES.items():
        if code := scheme.code_of_name(COMPONENT, name):
            for word in words:
                found[name_key(word)] = {names[code]}
    return {key: next(iter(classes)) for key, classes in found.items() if key and len(classes) == 1}


def meanings(values: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    """Which of the values mean one of ours, but are another word."""
    plain = (value.strip() for value in values)
    return {value: ours for value in plain if (ours := words.get(name_key(value))) is not None and ours != value}
