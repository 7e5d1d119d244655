"""Ids of components: 16 digits = 6 district + 4 class + 6 sequence (domain facts, generation A).

Inside this module an id is an integer, which holds 18 digits safely; outside it is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .account import Remark
from .codes import SequenceOverflow

DIGITS: Final = 16
_SEQUENCE_DIGITS: Final = 6
_SEQUENCE: Final = 10**_SEQUENCE_DIGITS
_SCIENTIFIC = r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+"
_TEN_IN_A_ROW = 9  # the ids that a spreadsheet folds into one end in 0 to 9
_EXPECTED_ZEROS = 0.1
_DEVIATIONS = 4.0  # ours: so many standard deviations beyond a tenth are no chance
_EXAMPLES = 5


@dataclass(frozen=True)
class StatedIds:
    """What records state as their id.

    ``number`` is -1 where the text is no id; ``suspect``: a spreadsheet
    may have replaced the last digit.
    """

    text: pd.Series
    number: NDArray[np.int64]
    suspect: NDArray[np.bool_]

    @property
    def trusted(self) -> NDArray[np.bool_]:
        """Ids that are what they were when the component was measured."""
        return (self.number >= 0) & ~self.suspect


@dataclass(frozen=True)
class IdResult:
    """Ids (text) of the records taken; ``replaced`` marks those that had another text there."""

    ids: NDArray[Any]
    replaced: NDArray[np.bool_]
    remarks: list[Remark]


def id_numbers(texts: pd.Series) -> NDArray[np.int64]:
    """Ids (text without blanks around) as numbers.

    -1 where the text is not 16 digits (full-width ones count) with a sequence above 0.
    """
    result = np.full(len(texts), -1, dtype=np.int64)
    length = (texts.str.len() == DIGITS).to_numpy(dtype=bool)
    if not length.any():
        return result
    candidates = texts[length]
    joined = "".join(candidates)
    if not joined.isascii():
        joined = "".join(candidates.str.normalize("NFKC").str.ljust(DIGITS).str[:DIGITS])
    digits = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, DIGITS).astype(
        np.int64
    ) - ord("0")
    sound = ((digits >= 0) & (digits <= 9)).all(axis=1)  # noqa: PLR2004
    numbers = digits @ 10 ** np.arange(DIGITS - 1, -1, -1, dtype=np.int64)
    result[length] = np.where(sound & (numbers % _SEQUENCE > 0), numbers, -1)
    return result


def read_ids(texts: pd.Series) -> StatedIds:
    """The ids of one file (text without blanks around), and which of them its spreadsheet may have damaged."""
    numbers = id_numbers(texts)
    return StatedIds(texts, numbers, _cut_by_spreadsheet(texts, numbers))


def allocate(
    stated: StatedIds,
    codes: NDArray[Any],
    taken: NDArray[np.bool_],
    district: str,
    used: NDArray[np.int64],
    names: Mapping[str, str],
) -> IdResult:
    """Keep the ids that can be trusted, and give new ones to the other records that are taken.

    ``codes``: class codes of all records; ``used``: ids of earlier imports; ``names``: of classes. Kept:
    an id of the record's own district and class, not damaged, the first of its kind. New: from the highest
    number that the district and class have in ``used`` or in any record upward, in record order.
    Raises ``SequenceOverflow``.
    """
    prefix = np.char.add(district, codes[taken].astype("U4")).astype(np.int64) if taken.any() else np.array([], int)
    number, text = stated.number[taken], stated.text[taken]
    given = (text != "").to_numpy()
    damaged = given & ~stated.trusted[taken]
    disagree = given & ~damaged & (number // _SEQUENCE != prefix)
    kept = given & ~damaged & ~disagree
    repeated = np.zeros(len(number), dtype=bool)
    repeated[kept] = pd.Series(number[kept]).duplicated().to_numpy()
    kept &= ~repeated

    numbers = np.where(kept, number, 0)
    numbers[~kept] = _following(prefix[~kept], _highest(stated, used), names)
    result = numbers.astype(f"U{DIGITS}")
    if len(result):  # numpy 2 cannot fill up the texts of an empty array
        result = np.char.zfill(result, DIGITS)

    remarks = [
        Remark(key, {"count": int(mask.sum())})
        for key, mask in (("ids_allocated", ~given), ("ids_disagree", disagree), ("ids_repeated", repeated))
        if mask.any()
    ]
    if damaged.any():
        examples = ", ".join(text[damaged].unique()[:_EXAMPLES])
        remarks.append(Remark("ids_damaged", {"count": int(damaged.sum()), "examples": examples}))
    if stated.suspect[taken].any():
        remarks.append(Remark("ids_spreadsheet", {"count": int(stated.suspect[taken].sum())}))
    return IdResult(result.astype(object), given & ~kept, remarks)


def _cut_by_spreadsheet(texts: pd.Series, stated: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Ids whose last digit a spreadsheet, which keeps 15, may have replaced by 0.

    A column shows it by ids in scientific notation, or by more ids ending in 0 than the tenth that chance
    gives while some of them repeat, as ten neighbours fold into one. Then none ending in 0 is trusted.
    """
    zero = (stated >= 0) & (stated % 10 == 0)
    count, zeros = int((stated >= 0).sum()), int(zero.sum())
    if not zeros:
        return zero
    odd_length = texts[stated < 0]
    scientific = bool(odd_length.drop_duplicates().str.fullmatch(_SCIENTIFIC).any())
    expected = _EXPECTED_ZEROS * count
    excess = zeros > expected + _DEVIATIONS * np.sqrt(expected * (1 - _EXPECTED_ZEROS))
    folded = bool(pd.Series(stated[zero]).duplicated().any())
    return zero if scientific or (excess and folded) else np.zeros(len(stated), dtype=bool)


def _highest(stated: StatedIds, used: NDArray[np.int64]) -> pd.Series:
    """Highest sequence number by prefix; a suspect id stands for any of the ten that it may have been."""
    shown = np.where(stated.suspect, stated.number + _TEN_IN_A_ROW, stated.number)[stated.number >= 0]
    numbers = np.concatenate([used[used >= 0], shown])
    return pd.Series(numbers % _SEQUENCE).groupby(numbers // _SEQUENCE).max()


def _following(prefix: NDArray[np.int64], highest: pd.Series, names: Mapping[str, str]) -> NDArray[np.int64]:
    """The next free ids of each prefix, in order."""
    rank = pd.Series(prefix).groupby(prefix).cumcount().to_numpy() + 1
    start = pd.Series(prefix).map(highest).fillna(0).to_numpy(dtype=np.int64)
    sequence = start + rank
    over = np.flatnonzero(sequence >= _SEQUENCE)
    if len(over):
        code = f"{prefix[over[0]] % 10_000:04d}"
        raise SequenceOverflow(
            name=f"{code} {names.get(code, '')}".strip(),
            count=int(sequence[prefix == prefix[over[0]]].max()),
            digits=_SEQUENCE_DIGITS,
            capacity=_SEQUENCE - 1,
            remedy="Look for an id with a wrong, very high number among the records of this class.",
        )
    return prefix * _SEQUENCE + sequence
