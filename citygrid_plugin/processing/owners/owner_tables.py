"""Tables of people (ownership, road segments) as parameters: read, mapped, and written with what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import said
from citygrid_plugin.processing.base import ANY_SOURCE, CityGridAlgorithm
from citygrid_plugin.processing.exchange import attribute_columns
from citygrid_plugin.processing.records import read_input, read_rules, with_readable_files

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.core.owners.ownership_table import Detail
    from citygrid_plugin.core.records.mapping import Rules
    from citygrid_plugin.storage.readers.records import Records


@dataclass(frozen=True)
class RowWords:
    """How a kind of table is read: what its columns can fill, by which names, and as which rows."""

    targets: Sequence[str]
    guess: Callable[[Sequence[str], Rules, str], dict[str, Any]]
    rows: Callable[[pd.DataFrame, Rules, str], pd.DataFrame]


class PeopleTableAlgorithm(CityGridAlgorithm):
    """An algorithm that reads a table of people from the parameter ``PEOPLE_TABLE``; its help names what rows give."""

    PEOPLE_TABLE: ClassVar[str]

    def shortHelpString(self) -> str:
        from citygrid_plugin.core.owners.owner_words import PEOPLE  # noqa: PLC0415

        return tr(self.HELP).format(people=", ".join(PEOPLE))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        return super().checkParameterValues(with_readable_files(parameters, [self.PEOPLE_TABLE], context), context)


def add_table(algorithm: CityGridAlgorithm, name: str, label: str, mapping: str) -> None:
    """Add an optional table (file or layer) and, folded away, the mapping of its columns."""
    algorithm.addParameter(QgsProcessingParameterFeatureSource(name, label, [ANY_SOURCE], optional=True))
    algorithm.add_advanced(
        QgsProcessingParameterString(
            mapping, tr("Columns of that table (JSON, or the path of a JSON file)"), multiLine=True, optional=True
        )
    )


def add_table_output(algorithm: CityGridAlgorithm, name: str, label: str) -> None:
    """Add an optional table (.xlsx or .csv) that is not made by default."""
    kinds = tr("Excel workbooks (*.xlsx);;CSV files (*.csv)")
    algorithm.addParameter(
        QgsProcessingParameterFileDestination(name, label, kinds, optional=True, createByDefault=False)
    )


def table_target(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext, source: str
) -> Path | None:
    """The file that a table goes to, checked before any work; None where it is not wanted.

    ``source``: the parameter of the table that is read. Raises ``UnwritableTarget``.
    """
    from citygrid_plugin.storage.table_files import check_table_target  # noqa: PLC0415

    given = algorithm.parameterAsFileOutput(parameters, name, context) if parameters.get(name) else ""
    if not given:
        return None
    value = parameters.get(source)
    read = Path(value.partition("|")[0]) if isinstance(value, str) else None
    if value and (read is None or not read.is_file()):  # a layer of the project
        layer = algorithm.parameterAsVectorLayer(parameters, source, context)
        read = Path(layer.source().partition("|")[0]) if layer is not None else None
    sources = [] if read is None else [read.resolve()]
    check_table_target(Path(given), sources)
    return Path(given)


def read_rows(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    names: tuple[str, str],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    words: RowWords,
) -> tuple[Records, pd.DataFrame] | tuple[None, None]:
    """The rows of a table as read, and as text under our columns; None where there is no table.

    ``names``: the parameters of the table and of the mapping of its columns. Tells the log what the reader remarked.
    """
    rules = read_rules(algorithm, parameters, names[1], context, words.targets)
    records = read_input(algorithm, parameters, names[0], context, algorithm.progress(feedback, 0, 0.05))
    if records is None:
        return None, None
    for remark in records.remarks:
        feedback.pushInfo(said(remark))
    rules = words.guess(attribute_columns(records.frame), rules, records.name)
    return records, words.rows(records.frame, rules, records.name)


def tell_rows(
    sentence: str, counts: Mapping[Any, int], fine: Collection[object], feedback: QgsProcessingFeedback
) -> dict[str, int]:
    """Tell the log what became of the rows of a table; returns it as number outputs.

    ``counts``: rows by flag, whose names are the places of ``sentence`` beside {read}. A warning where some flag is
    not among the ``fine`` ones.
    """
    read = sum(counts.values())
    text = sentence.format(read=read, **{flag.name.lower(): count for flag, count in counts.items()})
    lost = any(count for flag, count in counts.items() if flag not in fine)
    (feedback.pushWarning if lost else feedback.pushInfo)(text)
    return {"ROW_COUNT": read} | {f"{flag.name}_COUNT": count for flag, count in counts.items()}


def with_owner(frame: pd.DataFrame) -> int:
    """How many rows of a layer have a person."""
    from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415

    return int((text(frame[fields.OWNER]) != "").sum()) if fields.OWNER in frame else 0


def worded(detail: Detail | None) -> str:
    """Why a row was flagged, as a sentence in the language of the interface; empty where there is nothing to say."""
    from citygrid_plugin.core import problems  # noqa: PLC0415
    from citygrid_plugin.core.owners import ownership_table, road_segments  # noqa: PLC0415

    if detail is None:
        return ""
    if detail.key in road_segments.TEXTS:
        return tr(road_segments.TEXTS[detail.key]).format(**detail.values)
    if detail.key in ownership_table.TEXTS:
        return tr(ownership_table.TEXTS[detail.key]).format(**detail.values)
    return tr(problems.TEXTS[detail.key]).format(**detail.values)


def with_flags(records: Records, added: Mapping[str, Iterable[object]], details: Sequence[str]) -> pd.DataFrame:
    """The rows as they were read, with all of their own columns, then ``added`` ones and the details.

    Columns of an earlier run with these names are replaced.
    """
    names = [*added, fields.DETAIL]
    own = records.frame[[name for name in attribute_columns(records.frame) if name not in names]]
    return own.assign(**{name: list(values) for name, values in added.items()}, **{fields.DETAIL: details})
