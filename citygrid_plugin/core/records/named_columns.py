"""The columns of a table that a user gives, by their names in Chinese or English, in any case."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd


def named_columns(table: pd.DataFrame, words: Mapping[str, Sequence[str]]) -> dict[str, Hashable | None]:
    """The column for each key: the first of its words that is the name of one; None where there is none."""
    names = {str(name).strip().casefold(): name for name in table.columns}
    return {
        key: next((names[word.casefold()] for word in each if word.casefold() in names), None)
        for key, each in words.items()
    }


def plain_texts(table: pd.DataFrame, columns: Mapping[str, Hashable | None]) -> pd.DataFrame:
    """These columns as text under their keys, full-width forms plain, trimmed; empty where there is no column.

    Rows are counted from 0.
    """
    text = {
        key: "" if name is None else table[name].fillna("").astype(str).str.normalize("NFKC").str.strip()
        for key, name in columns.items()
    }
    return pd.DataFrame(text, index=table.index, dtype=object).reset_index(drop=True)
