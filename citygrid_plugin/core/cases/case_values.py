"""What the values of a list of cases mean before it is loaded: those that we know, and what is made of them.

For whoever edits the words: the same tables decide as in ``cases.load_cases``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts, each_text
from citygrid_plugin.core.records.mapping import Known
from citygrid_plugin.core.schemes import KINDS as CLASS_KINDS
from citygrid_plugin.core.schemes import Scheme

from .case_stages import ALL_STAGES, SOURCES, Words
from .limits import KINDS


def known_values(scheme: Scheme, stages: Words, sources: Words) -> Mapping[str, Known]:
    """For each field with values of ours, what tells which texts are known; unknown ones are kept as they are."""
    return {
        fields.STAGE: lambda values: ~stages.read(values).is_unknown,
        fields.SOURCE: lambda values: ~sources.read(values).is_unknown,
        fields.KIND: _each(lambda value: value.strip().casefold() in KINDS),
        fields.CLASS_CODE: _each(lambda value: any(scheme.normal_code(value) in scheme.names(k) for k in CLASS_KINDS)),
        fields.CLASS_NAME: _each(lambda value: any(scheme.code_of_name(kind, value) for kind in CLASS_KINDS)),
    }


def understood(target: str, values: Texts, stages: Words, sources: Words) -> dict[str, str]:
    """What values of a field become where that is another text: theirs -> ours."""
    if target in (fields.STAGE, fields.SOURCE):
        words = (stages if target == fields.STAGE else sources).read(values).words
    elif target == fields.KIND:
        words = np.array([KINDS.get(value.strip().casefold(), value) for value in values], dtype=object)
    else:
        return {}
    return {theirs: ours for theirs, ours in zip(values, words, strict=True) if theirs != ours}


def our_values(target: str, scheme: Scheme) -> list[tuple[str, str]]:
    """The values that a field may have, each with the text that shows it; sources may be others, too."""
    if target == fields.STAGE:
        return [(stage, stage) for stage in ALL_STAGES]
    if target == fields.SOURCE:
        return [(source, source) for source in SOURCES]
    if target == fields.KIND:
        return [(kind, kind) for kind in CLASS_KINDS]
    place = 0 if target == fields.CLASS_CODE else 1
    return [(" ".join(pair), pair[place]) for kind in CLASS_KINDS for pair in scheme.names(kind).items()]


def _each(is_known: Callable[[str], bool]) -> Known:
    return lambda values: each_text(values, is_known).astype(bool)
