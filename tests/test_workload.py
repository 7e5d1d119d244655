"""Weights of several workloads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from citygrid_plugin.core.zones.workload import (
    BadWeights,
    Part,
    class_weights,
    months,
    parse_weights,
    weighted_sum,
)


def test_parts_are_read() -> None:
    parts = parse_weights('{"area": 1, "cases": {"weight": 2, "per_month": "Reported", "classes": {"01": 3, "*": 0}}}')
    assert parts["area"] == Part()
    assert parts["cases"] == Part(2.0, {"01": 3.0, "*": 0.0}, "ClassCode", "Reported")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name"),
        ("[1]", "no JSON object"),
        ("{}", "no JSON object"),
        ('{"area": "x"}', "weight of “area” is “x”"),
        ('{"area": -1}', "must be a number of 0 or more"),
        ('{"area": NaN}', "must be a number of 0 or more"),
        ('{"area": true}', "must be a number of 0 or more"),
        ('{"area": 0}', "all weights are 0"),
        ('{"a": {"wieght": 1}}', "“a” has “wieght”"),
        ('{"a": {"classes": 3}}', "classes of “a”"),
        ('{"a": {"classes": {"01": "x"}}}', "“a: 01” is “x”"),
    ],
)
def test_wrong_weights_are_explained(text: str, why: str) -> None:
    with pytest.raises(BadWeights, match=why):
        parse_weights(text)


def test_the_longest_beginning_of_a_class_code_counts() -> None:
    codes = pd.Series(["0103", "0104", "0201", None, ""])
    assert class_weights(codes, {"01": 2, "0103": 5, "*": 0.5}).tolist() == [5, 2, 0.5, 0.5, 0.5]
    assert class_weights(codes, {"02": 4}).tolist() == [1, 1, 4, 1, 1]
    assert class_weights(pd.Series([], dtype=object), {"02": 4}).tolist() == []


def test_each_part_counts_against_its_mean() -> None:
    parts = {"area": np.array([1e4, 3e4]), "cases": np.array([6.0, 2.0]), "none": np.zeros(2)}
    total = weighted_sum(parts, {"area": 1, "cases": 3, "none": 9})
    assert total == pytest.approx([(0.5 + 3 * 1.5) / 4, (1.5 + 3 * 0.5) / 4])
    assert total.mean() == pytest.approx(1)
    assert weighted_sum({"none": np.zeros(2)}, {"none": 1}).tolist() == [0, 0]


def test_months_that_dates_span() -> None:
    assert months(pd.Series(["2024-01-01", "2024-12-31 12:00", "no date", None])) == pytest.approx(12, abs=0.05)
    assert months(pd.Series(["2024-01-01"])) == 1
    assert months(pd.Series([None, None], dtype=object)) == 1
