"""What becomes of a class in another generation of the standards: by its name, never by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from .schemes import (
    KINDS,
    SAME,
    Scheme,
    name_key,
)

NAME: Final = "name"
ALIAS: Final = "alias"
SIMILAR: Final = "near"
SEVERAL: Final = "several"
NONE: Final = "none"

COLUMNS: Final = ("kind", "code", "name", "target_code", "target_name", "how")

TEXTS: Final = {
    NAME: "the same name",
    ALIAS: "another name of the same thing",
    SIMILAR: "a similar class; compare what the standards mean by it",
    SEVERAL: "several classes; choose for each component",
    NONE: "no counterpart in that table",
}
"""What a row of the crosswalk rests on."""


def crosswalk(source: Scheme, target: Scheme, kind: str) -> pd.DataFrame:
    """The classes of ``source`` beside their counterparts in ``target``: ``COLUMNS``, ``how`` a key of ``TEXTS``.

    Every class has at least one row; one with several possible counterparts (``SEVERAL``) has a row for each, and
    one without has empty ``target_code`` and ``target_name`` (``NONE``). The rule is ours: names are equal
    without case, spaces, brackets and punctuation, else an alias of either scheme leads to the other's class.
    """
    rows = [
        (kind, code, name, found, target.names(kind).get(found, ""), how)
        for code, name in source.names(kind).items()
        for found, how in counterparts(source, target, kind, code)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def side_by_side(source: Scheme, others: Sequence[Scheme]) -> pd.DataFrame:
    """All classes of ``source`` beside their counterparts in each other scheme, as a table to be handed on.

    Columns Kind, ClassCode, ClassName, Status, and for each other scheme its title followed by “code”, “name” and
    “how” (a text of ``TEXTS``; several counterparts are separated by |).
    """
    classes = source.classes.sort_values(["kind", "code"])
    table = classes[["kind", "code", "name", "status"]].set_axis(["Kind", "ClassCode", "ClassName", "Status"], axis=1)
    for other in others:
        rows = pd.concat([crosswalk(source, other, kind) for kind in KINDS])
        found = rows.groupby(["kind", "code"]).agg(
            {"target_code": "|".join, "target_name": "|".join, "how": lambda how: TEXTS[how.iloc[0]]}
        )
        found = found.loc[pd.MultiIndex.from_frame(table[["Kind", "ClassCode"]])]
        for column, word in (("target_code", "code"), ("target_name", "name"), ("how", "how")):
            table[f"{other.title} {word}"] = found[column].to_numpy()
    return table.reset_index(drop=True)


def counterparts(source: Scheme, target: Scheme, kind: str, code: str) -> list[tuple[str, str]]:
    """Code in ``target`` and key of ``TEXTS`` for one class of ``source``."""
    name = source.names(kind)[code]
    found = dict(target.codes_of_name(kind, name))
    if not found:
        aliases = source.aliases[(source.aliases["kind"] == kind) & (source.aliases["code"] == code)]
        for alias in aliases.loc[aliases["relation"] == SAME, "alias"]:
            found.update(target.codes_of_name(kind, alias))
    if len(found) > 1:
        return [(other, SEVERAL) for other in found]
    for other, relation in found.items():
        if name_key(target.names(kind)[other]) == name_key(name):
            return [(other, NAME)]
        return [(other, ALIAS if relation == SAME else SIMILAR)]
    return [("", NONE)]
