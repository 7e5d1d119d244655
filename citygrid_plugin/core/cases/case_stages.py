"""The chain of stages of a case, the sources of cases, and which words of which system mean them.

The chain, the suspended and the void state, and the sources are facts of the trade (domain facts, "Cases"). Which
words of a system mean which is ours: an editable table (``resources/cases``), since vendors use the same word in
opposite senses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import each_text
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.named_columns import named_columns

STAGES: Final = ("立案", "派遣", "处理", "反馈", "核查", "结案", "考核", "归档")
"""The chain; a case is closed from 结案 on."""
SUSPENDED_STAGE: Final = "挂账"
VOID_STAGE: Final = "作废"
CLOSED_STAGES: Final = STAGES[STAGES.index("结案") :]
ALL_STAGES: Final = (*STAGES, SUSPENDED_STAGE, VOID_STAGE)

SOURCES: Final = ("12319热线", "公众信箱", "领导批示", "志愿者", "专业监督员")
"""Where cases come from: the first three from the public (社会), the others from those who look for them (主动)."""

_COLUMNS: Final = {
    "value": ("value", "word", "原值", "原词", "值"),
    "stage": ("stage", "阶段"),
    "source": ("source", "来源"),
    "returned": ("returned", "返工"),
}
YES: Final = frozenset({"1", "yes", "true", "是", "y"})
"""Words of tables and lists for yes."""


class BadWords(CityGridError):
    """A table of words that cannot be understood."""

    template = (
        "The table of words has “{value}” in row {row}. It needs the columns value (原值: the word of the other "
        "system) and {column}; a word once. {column} is one of: {known}."
    )


def word_key(text: str) -> str:
    """What of a word is compared: no case, full-width forms plain, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Words:
    """What words of other systems mean: ``meaning`` by the key of the word (``word_key``), None where it is unclear.

    ``returned``: keys of words that say that a case was sent back (返工).
    """

    meaning: Mapping[str, str | None] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()

    def __or__(self, other: Words) -> Words:
        """These words, overruled by others."""
        mine = {key for key in self.returned if key not in other.meaning}
        return Words({**self.meaning, **other.meaning}, frozenset(mine) | other.returned)

    def read(self, texts: NDArray[np.object_]) -> Read:
        """Texts in our words; those of unknown meaning are kept as they are, without blanks around."""
        found = each_text(texts, lambda text: self.meaning.get(word_key(text)))
        plain = each_text(texts, str.strip)
        unknown = np.array([each is None for each in found], dtype=bool) & (plain != "")
        returned = each_text(texts, lambda text: word_key(text) in self.returned).astype(bool)
        return Read(np.where(pd.isna(found), plain, found), unknown, returned)


@dataclass(frozen=True)
class Read:
    """``words`` in ours; masks of those that are of unknown meaning, and of those that say a case was sent back."""

    words: NDArray[np.object_]
    is_unknown: NDArray[np.bool_]
    returned: NDArray[np.bool_]

    def counts(self, rows: NDArray[np.bool_]) -> dict[str, int]:
        """How often each value of unknown meaning stands in some rows, the most frequent first."""
        counts = pd.Series(self.words[self.is_unknown & rows], dtype=object).value_counts()
        return {str(value): int(count) for value, count in counts.items()}


def _own(words: Sequence[str]) -> Words:
    return Words({word_key(word): word for word in words})


STAGE_WORDS: Final = _own(ALL_STAGES)
SOURCE_WORDS: Final = _own(SOURCES)


def read_stage_words(table: pd.DataFrame) -> Words:
    """Words for stages from a text table: value, stage; returned (返工) says that the word means a case sent back.

    Raises ``BadWords``: a stage must be one of the chain, 挂账 or 作废, or empty (the word then has no known meaning).
    """
    return _read(table, "stage", ALL_STAGES)


def read_source_words(table: pd.DataFrame) -> Words:
    """Words for sources from a text table: value, source. A city may have sources of its own. Raises ``BadWords``."""
    return _read(table, "source", ())


def _read(table: pd.DataFrame, column: str, known: Sequence[str]) -> Words:
    found = named_columns(table, _COLUMNS)
    told = " ".join(known) or "…"
    if found["value"] is None or found[column] is None:
        raise BadWords(value=", ".join(map(str, table.columns)), row=1, column=column, known=told)

    def texts(name: str) -> pd.Series:
        values = table[found[name]] if found[name] is not None else pd.Series("", index=table.index)
        return values.fillna("").astype(str).str.strip().reset_index(drop=True)

    keys, meaning = texts("value").map(word_key), texts(column)
    wrong = (keys == "") | keys.duplicated()
    if known:
        wrong |= ~meaning.isin(("", *known))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadWords(value=f"{texts('value')[row]}, {meaning[row]}", row=row + 2, column=column, known=told)
    sent_back = texts("returned").str.casefold().isin(YES)
    # A word whose meaning is left empty is known to be unclear: it overrules the built-in one.
    pairs = {key: word or None for key, word in zip(keys, meaning, strict=True)}
    return Words(pairs, frozenset(keys[sent_back]))
