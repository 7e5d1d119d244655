"""Which class each record of the component census belongs to: by its code, else by its name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts, each_text
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.schemes import COMPONENT, Scheme, name_key
from citygrid_plugin.core.spatial.coverage import Indices

from .census_rules import Findings, Mask
from .component_mapping import MAJOR_CODE

_WRONG_SCHEME_SHARE = 0.2  # ours
_WORTH_SHARE = 20  # records from which that share means anything
_EXAMPLES = 5
_MAJOR_DIGITS = 2


@dataclass(frozen=True)
class Classes:
    """Class of each record: code and name (empty where unknown), and whether its own name disagrees."""

    code: Texts
    name: Texts
    disagrees: Mask


def classes_of(table: pd.DataFrame, scheme: Scheme, findings: Findings, start: int, remarks: list[Remark]) -> Classes:
    """Classes of the records of one file (text columns MajorCode, ClassCode, ClassName), and what is wrong with them.

    A code decides; a name counts where there is no code. ``start``: index of the first record in ``findings``.
    """
    codes = _Codes.of(table, scheme)
    stated = table[fields.CLASS_NAME]
    row, names = pd.factorize(stated)
    named = np.array([scheme.code_of_name(COMPONENT, name) for name in names], dtype=object)[row]
    blank = np.array([not name.strip() for name in names], dtype=bool)[row]
    class_names = scheme.names(COMPONENT)

    bare = codes.text == ""
    by_name = bare & (named != "")
    kept = codes.known | codes.local | (codes.shaped & (not findings.rejects("unknown_code")))
    code = np.where(kept, codes.text, np.where(by_name, named, ""))
    name = each_text(code, lambda text: class_names.get(text, ""))
    disagrees = codes.known & ~blank & (named != code)
    rows = np.flatnonzero(disagrees)
    text = stated.to_numpy(dtype=object)
    disagrees[rows] = each_text(text[rows], name_key) != each_text(name[rows], name_key)

    lost = bare & ~by_name
    candidate = np.array([scheme.is_candidate(COMPONENT, text) for text in names], dtype=bool)[row]
    findings.add("no_class", lost & blank, start=start)
    findings.add("code_not_assigned", lost & ~blank & candidate, text, start)
    findings.add("unknown_name", lost & ~blank & ~candidate, text, start)
    findings.add("bad_code", ~bare & ~codes.shaped & ~codes.known, codes.text, start)
    findings.add("unknown_code", codes.shaped & ~codes.known & ~codes.local, codes.text, start)
    findings.add("class_unnamed", codes.local, codes.text, start)
    pairs = code[disagrees] + " " + name[disagrees] + " / " + text[disagrees]
    findings.tell("name_mismatch", np.flatnonzero(disagrees) + start, pairs)
    unnamed = codes.text[codes.local & (not findings.rejects("class_unnamed"))]
    _remark(codes, by_name, unnamed, pairs, int((codes.known & ~blank).sum()), remarks)
    return Classes(code, name, disagrees)


@dataclass(frozen=True)
class _Codes:
    """The code that each record states, in plain digits and whole.

    ``shaped``: it has the digits of a class code; ``known``: to the scheme; ``local``: no table names it, but its
    number is one of those left to cities; ``restored``: it had lost zeros.
    """

    text: Texts
    shaped: Mask
    known: Mask
    local: Mask
    restored: Mask

    @classmethod
    def of(cls, table: pd.DataFrame, scheme: Scheme) -> _Codes:
        row, pairs = _distinct_pairs(table[MAJOR_CODE], table[fields.CLASS_CODE])
        found = [_whole_code(major, code, scheme) for major, code in pairs]
        texts = np.array([code for code, _ in found], dtype=object)
        names = scheme.names(COMPONENT)
        known = np.array([code in names for code in texts], dtype=bool)
        shaped = np.array([code.isascii() and code.isdigit() and len(code) == scheme.digits for code in texts], bool)
        local = np.array([scheme.is_extension(code) for code in texts], dtype=bool) & ~known
        restored = np.array([lost for _, lost in found], dtype=bool) & (known | local)
        return cls(texts[row], shaped[row], known[row], local[row], restored[row])


def _distinct_pairs(first: pd.Series, second: pd.Series) -> tuple[Indices, list[tuple[str, str]]]:
    """The distinct pairs of two text columns, and which of them each row has."""
    left, lefts = pd.factorize(first)
    right, rights = pd.factorize(second)
    row, pairs = pd.factorize(left.astype(np.int64) * len(rights) + right)
    return row, [(lefts[pair // len(rights)], rights[pair % len(rights)]) for pair in pairs]


def _whole_code(major: str, stated: str, scheme: Scheme) -> tuple[str, bool]:
    """The code in plain digits, put together with its major where it stands apart; and whether it had lost zeros."""
    code = scheme.normal_code(stated)
    plain_major = scheme.normal_code(major)
    minor_digits = scheme.digits - _MAJOR_DIGITS
    if code.isdigit() and plain_major.isdigit() and len(code) <= minor_digits and len(plain_major) <= _MAJOR_DIGITS:
        lost = len(code) < minor_digits or len(plain_major) < _MAJOR_DIGITS
        return plain_major.zfill(_MAJOR_DIGITS) + code.zfill(minor_digits), lost
    return code, len(stated.strip()) < len(code)


def _remark(codes: _Codes, by_name: Mask, unnamed: Texts, pairs: Texts, compared: int, remarks: list[Remark]) -> None:
    """Say what was made of the classes.

    ``unnamed``: local codes that no table names, of each record that has one; ``pairs``: code and names of each record
    whose name disagrees; ``compared``: how many could have.
    """
    for key, mask in (("zeros_restored", codes.restored), ("class_by_name", by_name)):
        if count := int(mask.sum()):
            remarks.append(Remark(key, {"count": count}))
    local = pd.Series(unnamed, dtype=object).value_counts().sort_index()
    remarks.extend(Remark("unnamed_class", {"code": code, "count": int(count)}) for code, count in local.items())
    if not len(pairs):
        return
    examples = ", ".join(pd.unique(pairs)[:_EXAMPLES])
    remarks.append(Remark("name_disagrees", {"count": len(pairs), "examples": examples}))
    share = len(pairs) / compared
    if compared >= _WORTH_SHARE and share > _WRONG_SCHEME_SHARE:
        remarks.append(Remark("wrong_scheme", {"share": f"{share:.0%}"}))
