"""What an import tells: the account of its records, its remarks, and the records that it did not take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingFeedback

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.records.account import Account, Remark

    from .base import CityGridAlgorithm

ROW_NUMBERS = frozenset({"fid", "ogc_fid"})
"""Columns in which formats number their rows."""


def add_account_numbers(algorithm: CityGridAlgorithm) -> None:
    """Add the four number outputs of the account."""
    algorithm.add_numbers(
        READ_COUNT=tr("Records read"),
        ACCEPTED_COUNT=tr("Accepted"),
        REJECTED_COUNT=tr("Rejected"),
        SKIPPED_COUNT=tr("Skipped"),
    )


def account_results(account: Account) -> dict[str, Any]:
    """The values of those outputs."""
    return {
        "READ_COUNT": account.read,
        "ACCEPTED_COUNT": account.accepted,
        "REJECTED_COUNT": account.rejected,
        "SKIPPED_COUNT": account.skipped,
    }


def account_rows(account: Account) -> list[tuple[str, int]]:
    """The account as rows of a report."""
    return [
        (tr("Records read"), account.read),
        (tr("Accepted"), account.accepted),
        (tr("Rejected"), account.rejected),
        (tr("Skipped"), account.skipped),
    ]


def say_account(account: Account, feedback: QgsProcessingFeedback) -> None:
    """Tell the log the account in one sentence."""
    feedback.pushInfo(
        tr("{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.").format(
            read=account.read, accepted=account.accepted, rejected=account.rejected, skipped=account.skipped
        )
    )


def worded(key: str) -> str:
    """The text of a rule, reason or remark in the language of the interface, its places still open."""
    from citygrid_plugin.core.cases import cases  # noqa: PLC0415
    from citygrid_plugin.core.census import census_rules  # noqa: PLC0415
    from citygrid_plugin.core.records import account  # noqa: PLC0415

    if key in cases.TEXTS:
        return tr(cases.TEXTS[key])
    return tr(census_rules.TEXTS[key]) if key in census_rules.TEXTS else tr(account.TEXTS[key])


def rule_texts() -> dict[str, str]:
    """The sentences of all rules of the census, likewise."""
    from citygrid_plugin.core.census import census_rules  # noqa: PLC0415

    return {key: tr(census_rules.TEXTS[key]) for key in census_rules.RULES}


def said(remark: Remark) -> str:
    """A remark in the language of the interface."""
    from citygrid_plugin.core.records.account import in_file  # noqa: PLC0415

    return in_file(worded(remark.key).format(**remark.values), remark.file)


def explained(rejected: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Records not taken, whose Detail is a value, with the reason as a sentence."""
    texts = {key: worded(key) for key in rejected[fields.REASON].unique()}
    details = [
        texts[key].format(value=value)
        for key, value in zip(rejected[fields.REASON], rejected[fields.DETAIL], strict=True)
    ]
    return without_own_names(rejected.assign(**{fields.DETAIL: details}))


def without_own_names(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Records with no column that a format keeps for itself; ``census_account.restored`` undoes it."""
    return frame.rename(
        columns={name: f"{name}_source" for name in frame.columns if name.casefold() in ROW_NUMBERS | {"geom"}}
    )


def mapping_rows(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A mapping as rows of a report: the target field and what fills it."""
    return [
        (target, rule if isinstance(rule, str) else json.dumps(rule, ensure_ascii=False))
        for target, rule in mapping.items()
    ]
