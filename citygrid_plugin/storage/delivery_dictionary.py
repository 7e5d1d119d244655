"""The field dictionary that the plugin brings along, or a city's own table in its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.delivery.dictionary import COLUMNS, Dictionary, dictionary_of
from citygrid_plugin.core.errors import UnknownField

from .readers.records import read_records

OWN: Final = Path(__file__).parent.parent / "resources" / "delivery" / "fields.csv"
_OPTIONAL: Final = frozenset({"title", "short", "decimals", "needed", "meaning", "meaning_zh", "source", "status"})


def load_dictionary(path: Path | None = None) -> Dictionary:
    """The dictionary; with ``path`` that of a table (CSV, Excel) with the columns layer, field, type and width.

    Raises ``UnknownField`` where one of these is missing, ``WrongDictionary`` for a row that makes no field, and what
    ``read_records`` does.
    """
    return _own() if path is None else _from(path)


@cache
def _own() -> Dictionary:
    table = pd.read_csv(OWN, dtype=str, keep_default_na=False)
    return dictionary_of(table.to_dict("records"), OWN.name)


def _from(path: Path) -> Dictionary:
    table = read_records(path).frame.drop(columns="geometry")
    table.columns = [str(name).strip().casefold() for name in table.columns]
    for column in COLUMNS:
        if column not in table and column not in _OPTIONAL:
            raise UnknownField(layer=path.name, field=column, available=", ".join(table.columns))
    table = table.reindex(columns=list(COLUMNS)).fillna("")
    table = table[table["field"].str.strip() != ""]
    return dictionary_of(table.to_dict("records"), path.name)
