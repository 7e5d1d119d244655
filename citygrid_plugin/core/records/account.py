"""The account of an import: what became of every record, and what the user should know about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .reading_texts import TEXTS as _READING

TEXTS: Final = {
    **_READING,
    # Remarks about a file
    "encoding_disagrees": "The text is {encoding}, though the file says {stated}; the bytes decided.",
    "broken_text": "{count} values hold bytes that are not valid {encoding}; they show as “\ufffd”.",
    "deleted_rows": "{count} records are marked as deleted in the file and were not read.",
    "columns_renamed": "Columns with the same name were renamed: {names}.",
    "rows_too_long": "{count} rows have more cells than the header; the further cells are in extra columns.",
    "doubtful_quotes": (
        "{count} quoted cells run over several lines and may have swallowed rows; the first is in row {row} "
        "(line {line} of the file). Is a closing quotation mark missing there?"
    ),
    "first_layer": "The file has several layers ({names}); “{layer}” was read.",
    "points_from_columns": "Points were made from the columns “{x}” and “{y}”.",
    "degrees_assumed": "The coordinates are degrees without a stated system; {crs} was taken.",
    "axes_swapped": "The columns “{x}” and “{y}” are exchanged in the whole file; that was put right.",
    "rows_swapped": "In {count} rows longitude and latitude are exchanged; that was put right.",
    "bad_coordinates": "{count} rows have no usable coordinates.",
    "crs_ignored": "The file states its own coordinate reference system ({stated}); the chosen one was not used.",
    "digits_lost": (
        "{count} numbers ({names}) are too long for the layer to hold them exactly; their last digits may be wrong. "
        "Ids must be stored as text."
    ),
    # Remarks about records
    "zeros_restored": "{count} class codes had lost their leading zero; it was restored.",
    "class_by_name": "{count} records without a code got the class that they name.",
    "class_from_file": "The class {code} {name} comes from the name of the file.",
    "unnamed_class": "{count} records have the local class {code}, which no table names; they are kept.",
    "name_disagrees": "{count} records state another name than their class code has, such as {examples}.",
    "wrong_scheme": (
        "{share} of the names disagree with the codes. Was the right code scheme chosen? "
        "The same number means another class in another generation of the standards."
    ),
    "height_dropped": "{count} geometries had a height; it was dropped.",
    "ids_allocated": "{count} records without an id got a new one.",
    "ids_damaged": "{count} ids were damaged and replaced, such as {examples}. The old text is in Note.",
    "ids_spreadsheet": (
        "The ids went through a spreadsheet, which keeps 15 digits: {count} end in a zero that cannot be trusted."
    ),
    "ids_disagree": "{count} ids name another district or class than the record; they were replaced.",
    "ids_repeated": "{count} records repeat the id of an earlier one and got a new one.",
    "unreadable_date": "{count} values of {field} are no dates and were left empty, such as “{example}”.",
    "unknown_value": "“{value}” is no known value of {field} ({count} records); it is kept.",
    "rules_guessed": (
        "The mapping fills {targets} from columns that this file lacks; there they were filled as far as names tell."
    ),
    "no_class_column": "No column holds the class of the components, and the name of the file tells none.",
    "no_places": "Neither geometries nor columns with coordinates were found.",
    "from_rejected": "These are records that an earlier import did not take; their own columns were restored.",
    "departments_filled": "{count} records got the department that answers for their class.",
    "department_unclear": "{count} records are of classes that two departments answer for; none was filled in.",
    "old_datum": (
        "The coordinates are in {crs}. Without local parameters the change to {target} can be wrong by about 100 m."
    ),
    # Remarks about a delivery that renews components
    "reopened": "{count} components had an end date, but the delivery names them by their id; they are in force again.",
    "other_id": (
        "{count} records state another id than the component of their class at their place; the component keeps its id."
    ),
    "stated_repeatedly": (
        "{count} records repeat the id of another one of the delivery; they count as records without an id."
    ),
    "existing_repeated": (
        "{count} existing components have the id of another one; they were found by class and place. "
        "Correct their ids in the existing layer."
    ),
    "needs_id": "{count} new components have no id that could be kept; they get new ones.",
    "new_closed": "{count} new components have an end date already.",
}
"""Remarks; the interface translates them and fills in their values."""


@dataclass(frozen=True)
class Remark:
    """Something that the user should know: a key of ``TEXTS`` and the values for its places.

    ``file``: which file of several it is about; empty where there is no choice.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    file: str = ""

    def __str__(self) -> str:
        return in_file(TEXTS[self.key].format(**self.values), self.file)


def in_file(sentence: str, file: str) -> str:
    """A sentence with the file that it is about, where there are several."""
    return f"{file}: {sentence}" if file else sentence


@dataclass(frozen=True)
class Account:
    """Counts of records; ``reasons`` counts those not taken by the key of their first reason.

    Raises ``RuntimeError`` where read is not accepted + rejected + skipped: then records were lost,
    which is a bug and must never pass in silence.
    """

    read: int
    accepted: int
    rejected: int
    skipped: int
    reasons: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.read != self.accepted + self.rejected + self.skipped or self.read - self.accepted != sum(
            self.reasons.values()
        ):
            raise RuntimeError(f"The account does not balance: {self}")  # noqa: TRY003 - a bug, not a user's error


def total(accounts: Sequence[Account]) -> Account:
    """The account of several files together."""
    reasons: Counter[str] = Counter()
    for account in accounts:
        reasons.update(account.reasons)
    return Account(
        read=sum(account.read for account in accounts),
        accepted=sum(account.accepted for account in accounts),
        rejected=sum(account.rejected for account in accounts),
        skipped=sum(account.skipped for account in accounts),
        reasons=dict(reasons),
    )
