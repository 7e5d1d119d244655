"""Ids of components: 6 digits of the district, those of the class, 6 of the number (domain facts).

With classes of 4 digits (generations A and B) an id has 16 digits, with 5 (generation C) it has 17. Inside this module
an id is an integer, which holds 18 digits safely; outside it is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.codes import DISTRICT_DIGITS, SequenceOverflow
from citygrid_plugin.core.records.account import Remark

_CLASS_DIGITS: Final = 4  # of generations A and B
_SEQUENCE_DIGITS: Final = 6
_SEQUENCE: Final = 10**_SEQUENCE_DIGITS
_SPREADSHEET_DIGITS: Final = 15  # that a spreadsheet keeps of a number
_SCIENTIFIC = r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+"
_DEVIATIONS = 4.0  # ours: so many standard deviations beyond the share that chance gives are no chance
_EXAMPLES = 5

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class StatedIds:
    """What records state as their id.

    ``number`` is -1 where the text is no id; ``suspect``: a spreadsheet may have replaced the last digits;
    ``digits``: of a class.
    """

    text: pd.Series
    number: Numbers
    suspect: Mask
    digits: int = _CLASS_DIGITS

    @property
    def given(self) -> Mask:
        """Records that state something."""
        return (self.text != "").to_numpy(dtype=bool)

    @property
    def trusted(self) -> Mask:
        """Ids that are what they were when the component was measured."""
        return (self.number >= 0) & ~self.suspect

    def mismatch(self, prefix: Numbers) -> Mask:
        """Trusted ids that do not begin with the record's own district and class (``prefixes``)."""
        return self.trusted & (prefix >= 0) & (self.number // _SEQUENCE != prefix)


@dataclass(frozen=True)
class IdResult:
    """Ids (text) of the records taken; ``replaced`` marks those that had another text there."""

    ids: NDArray[Any]
    replaced: Mask
    remarks: list[Remark]


def id_digits(class_digits: int = _CLASS_DIGITS) -> int:
    """Digits of an id."""
    return DISTRICT_DIGITS + class_digits + _SEQUENCE_DIGITS


def id_numbers(texts: pd.Series, class_digits: int = _CLASS_DIGITS) -> Numbers:
    """Ids (text without blanks around) as numbers.

    -1 where the text has not the digits of an id (full-width ones count) with a number above 0 at its end.
    """
    digits = id_digits(class_digits)
    result = np.full(len(texts), -1, dtype=np.int64)
    if (texts == "").all():
        return result
    length = (texts.str.len() == digits).to_numpy(dtype=bool)
    if not length.any():
        return result
    candidates = texts[length]
    joined = "".join(candidates)
    if not joined.isascii():
        joined = "".join(candidates.str.normalize("NFKC").str.ljust(digits).str[:digits])
    figures = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, digits) - np.uint8(ord("0"))
    sound = (figures <= 9).all(axis=1)  # noqa: PLR2004 - what is below “0” has become a large number
    numbers = np.zeros(len(figures), dtype=np.int64)
    for figure in figures.T:  # by place, which makes no table of eight bytes a digit
        numbers = numbers * 10 + figure
    result[length] = np.where(sound & (numbers % _SEQUENCE > 0), numbers, -1)
    return result


def read_ids(texts: pd.Series, class_digits: int = _CLASS_DIGITS) -> StatedIds:
    """The ids of one file (text without blanks around), and which of them its spreadsheet may have damaged."""
    numbers = id_numbers(texts, class_digits)
    return StatedIds(texts, numbers, _cut_by_spreadsheet(texts, numbers, class_digits), class_digits)


def joined(parts: list[StatedIds]) -> StatedIds:
    """The ids of several files as those of one."""
    if len(parts) == 1:
        return parts[0]
    text = pd.concat([part.text for part in parts], ignore_index=True)
    number = np.concatenate([part.number for part in parts])
    return StatedIds(text, number, np.concatenate([part.suspect for part in parts]), parts[0].digits)


def prefixes(codes: NDArray[Any], district: str) -> Numbers:
    """District and class of each record as a number, -1 where the class is not known."""
    row, distinct = pd.factorize(codes)
    known = [int(district + code) if code.isascii() and code.isdigit() else -1 for code in distinct]
    return np.array([*known, -1], dtype=np.int64)[row]


def repeated(stated: StatedIds, prefix: Numbers, taken: Mask, used: Numbers) -> Mask:
    """Records taken whose id would be kept, had not an earlier record or a component in ``used`` the same."""
    sound = np.flatnonzero(taken & stated.trusted & ~stated.mismatch(prefix))
    numbers = stated.number[sound]
    result = np.zeros(len(taken), dtype=bool)
    result[sound] = pd.Series(numbers).duplicated().to_numpy() | np.isin(numbers, used)
    return result


def allocate(
    stated: StatedIds,
    codes: NDArray[Any],
    taken: Mask,
    district: str,
    used: Numbers,
    names: Mapping[str, str],
    reserved: Mapping[int, int] | None = None,
) -> IdResult:
    """Keep the ids that can be trusted, and give new ones to the other records that are taken.

    ``codes``: class codes of all records; ``used``: ids of earlier imports; ``names``: of classes; ``reserved``: the
    highest number ever given by district and class, for components that are there no longer. Kept: an id of the
    record's own district and class, not damaged, not used, the first of its kind. New: from the highest number that the
    district and class have in ``used``, ``reserved`` or in any record upward, in record order.
    Raises ``SequenceOverflow``.
    """
    prefix = prefixes(codes, district)
    again = repeated(stated, prefix, taken, used)[taken]
    disagree = stated.mismatch(prefix)[taken]
    text, given = stated.text[taken], stated.given[taken]
    damaged = given & ~stated.trusted[taken]
    kept = given & ~damaged & ~disagree & ~again

    numbers = np.where(kept, stated.number[taken], 0)
    highest = _highest(stated, used, reserved or {})
    numbers[~kept] = _following(prefix[taken][~kept], highest, names, stated.digits)

    remarks = [
        Remark(key, {"count": int(mask.sum())})
        for key, mask in (("ids_allocated", ~given), ("ids_disagree", disagree), ("ids_repeated", again))
        if mask.any()
    ]
    if damaged.any():
        examples = ", ".join(text[damaged].unique()[:_EXAMPLES])
        remarks.append(Remark("ids_damaged", {"count": int(damaged.sum()), "examples": examples}))
    if stated.suspect[taken].any():
        remarks.append(Remark("ids_spreadsheet", {"count": int(stated.suspect[taken].sum())}))
    return IdResult(_texts(numbers, id_digits(stated.digits)), given & ~kept, remarks)


def kept_ids(stated: StatedIds, codes: NDArray[Any], taken: Mask, district: str, there: Numbers) -> IdResult:
    """The ids of the records taken that can be kept, empty where new ones are needed; nothing is given yet.

    An id that is ``there`` already names its component, also where the record corrects the class.
    """
    prefix = prefixes(codes, district)
    again = repeated(stated, prefix, taken, np.array([], dtype=np.int64))
    kept = (stated.trusted & (~stated.mismatch(prefix) | np.isin(stated.number, there)) & ~again)[taken]
    ids = np.full(len(kept), "", dtype=object)
    ids[kept] = _texts(stated.number[taken][kept], id_digits(stated.digits))
    return IdResult(ids, stated.given[taken] & ~kept, [])


def fresh_ids(
    codes: NDArray[Any],
    stated: StatedIds,
    district: str,
    used: Numbers,
    names: Mapping[str, str],
    reserved: Mapping[int, int] | None = None,
) -> NDArray[Any]:
    """New ids for records of these classes, in order; as ``allocate`` gives them. Raises ``SequenceOverflow``."""
    numbers = _following(prefixes(codes, district), _highest(stated, used, reserved or {}), names, stated.digits)
    return _texts(numbers, id_digits(stated.digits))


def highest_numbers(ids: pd.Series, class_digits: int = _CLASS_DIGITS) -> dict[int, int]:
    """The highest number that each district and class (as a number) has among ids (text)."""
    numbers = id_numbers(ids, class_digits)
    found = _by_prefix(numbers[numbers >= 0])
    return {int(prefix): int(number) for prefix, number in found.items()}


def _texts(numbers: Numbers, digits: int) -> NDArray[Any]:
    """Ids as text."""
    result = numbers.astype(f"U{digits}")
    if len(numbers) and numbers.min() < 10 ** (digits - 1):
        result = np.char.zfill(result, digits)
    return result.astype(object)


def _cut_by_spreadsheet(texts: pd.Series, stated: Numbers, class_digits: int) -> Mask:
    """Ids whose last digits a spreadsheet, which keeps 15, may have replaced by 0.

    A column shows it by ids in scientific notation, or by more ids ending so than the tenth (with 17 digits the
    hundredth) that chance gives while some of them repeat, as neighbours fold into one. Then none ending so is trusted.
    """
    folded_into_one = 10 ** (id_digits(class_digits) - _SPREADSHEET_DIGITS)
    zero = (stated >= 0) & (stated % folded_into_one == 0)
    count, zeros = int((stated >= 0).sum()), int(zero.sum())
    if not zeros:
        return zero
    odd_length = texts[stated < 0]
    scientific = bool(odd_length.drop_duplicates().str.fullmatch(_SCIENTIFIC).any())
    share = 1 / folded_into_one
    excess = zeros > share * count + _DEVIATIONS * np.sqrt(share * count * (1 - share))
    folded = bool(pd.Series(stated[zero]).duplicated().any())
    return zero if scientific or (excess and folded) else np.zeros(len(stated), dtype=bool)


def _highest(stated: StatedIds, used: Numbers, reserved: Mapping[int, int]) -> pd.Series:
    """Highest number by district and class; a suspect id stands for any that it may have been."""
    last = 10 ** (id_digits(stated.digits) - _SPREADSHEET_DIGITS) - 1
    shown = np.where(stated.suspect, stated.number + last, stated.number)[stated.number >= 0]
    gone = [prefix * _SEQUENCE + min(number, _SEQUENCE - 1) for prefix, number in reserved.items()]
    return _by_prefix(np.concatenate([used[used >= 0], shown, np.array(gone, dtype=np.int64)]))


def _by_prefix(numbers: Numbers) -> pd.Series:
    return pd.Series(numbers % _SEQUENCE).groupby(numbers // _SEQUENCE).max()


def _following(prefix: Numbers, highest: pd.Series, names: Mapping[str, str], class_digits: int) -> Numbers:
    """The next free ids of each prefix, in order."""
    rank = pd.Series(prefix).groupby(prefix).cumcount().to_numpy() + 1
    start = pd.Series(prefix).map(highest).fillna(0).to_numpy(dtype=np.int64)
    sequence = start + rank
    over = np.flatnonzero(sequence >= _SEQUENCE)
    if len(over):
        code = str(prefix[over[0]] % 10**class_digits).zfill(class_digits)
        raise SequenceOverflow(
            name=f"{code} {names.get(code, '')}".strip(),
            count=int(sequence[prefix == prefix[over[0]]].max()),
            digits=_SEQUENCE_DIGITS,
            capacity=_SEQUENCE - 1,
            remedy="Look for an id with a wrong, very high number among the records of this class.",
        )
    return prefix * _SEQUENCE + sequence
