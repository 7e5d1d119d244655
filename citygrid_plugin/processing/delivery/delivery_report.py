"""What is said of a delivery: the log, the report, and the data description that goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from citygrid_plugin.storage.delivery_compare import Compared
    from citygrid_plugin.storage.report import Report
    from citygrid_plugin.storage.shapefiles import Delivered

_ROWS_SHOWN = 500  # of one kind of change in the report; more are counted
TEXTS = {
    "cut": "cut to the width of the field",
    "replaced": "characters missing in the encoding",
    "lost": "infinite numbers, left empty",
    "rounded": "rounded to the decimals of the field",
    "kept_as_text": "not of the field's type; the whole field is text",
}
"""What happened to values; the interface translates it."""


@dataclass(frozen=True)
class Entry:
    """A delivered shapefile: its layer and kind, what was written, what the second reading found, and its CRS."""

    layer: str
    kind: str
    file: Delivered
    compared: Compared
    crs: str


@dataclass(frozen=True)
class Other:
    """A layer in another format: file, layer, rows, what the second reading found, and fields that were renamed."""

    file: str
    layer: str
    rows: int
    compared: Compared
    renamed: dict[str, str] = field(default_factory=dict)


@dataclass
class Account:
    """A whole delivery: shapefiles, and what is written in other formats."""

    encoding: str
    day: str
    all_rows: bool
    reader: str
    entries: list[Entry] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count_rows(self) -> Sequence[tuple[object, ...]]:
        """The rows of the count table."""
        shapefiles = [
            (entry.file.path.name, entry.layer, entry.file.rows, entry.file.kind, entry.crs, self.encoding)
            for entry in self.entries
        ]
        return shapefiles + [(one.file, one.layer, one.rows, "", "", "") for one in self.others]

    @property
    def rows(self) -> int:
        """Rows of all shapefiles; where there are none, of the other files."""
        return sum(entry.file.rows for entry in self.entries) or sum(one.rows for one in self.others)

    @property
    def values(self) -> int:
        """Values that were compared."""
        return sum(compared.values for compared in self._compared())

    @property
    def differences(self) -> int:
        """Values that differ from their layer's, those of the account aside."""
        return sum(compared.count for compared in self._compared())

    def _compared(self) -> list[Compared]:
        return [entry.compared for entry in self.entries] + [other.compared for other in self.others]


def tell(account: Account, feedback: QgsProcessingFeedback) -> None:
    """The log: what was changed, how much was delivered, and what the second reading found."""
    messages = {
        "cut": tr("{file}: {count} texts were longer than their field and were cut; the report lists the rows."),
        "replaced": tr("{file}: {count} texts hold characters that the encoding lacks; they became “?”."),
        "lost": tr("{file}: {count} numbers are infinite and were left empty."),
        "kept_as_text": tr("{file}: {count} values are not of the type of their field, which became text."),
    }
    for entry in account.entries:
        for what, message in messages.items():
            count = len(getattr(entry.file, what))
            if count:
                feedback.pushWarning(message.format(file=entry.file.path.name, count=count))
    message = tr("{files} shapefiles with {rows} rows.")
    feedback.pushInfo(message.format(files=len(account.entries), rows=account.rows))
    for other in account.others:
        if other.renamed:
            names = ", ".join(f"{old} → {new}" for old, new in other.renamed.items())
            message = tr("{file}: fields of “{layer}” go by another name, since the format needs theirs: {names}.")
            feedback.pushWarning(message.format(file=other.file, layer=other.layer, names=names))
    feedback.pushInfo(_comparison(account))


def _comparison(account: Account) -> str:
    message = tr("Opened again with {reader}: {values} values compared, {count} differences.")
    return message.format(reader=account.reader, values=f"{account.values:,}", count=account.differences)


def delivery_report(account: Account) -> Report:
    """The report for whoever delivers: with every value that is not what it was."""
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Delivered shapefiles"))
    report.paragraph(tr("Encoding: {encoding}").format(encoding=account.encoding))
    report.paragraph(_state(account))
    report.paragraph(_comparison(account))
    for remark in account.remarks:
        report.warning(remark)
    report.table(
        [
            (entry.layer, entry.file.path.name, entry.file.rows, entry.compared.values, entry.compared.count)
            for entry in account.entries
        ]
        + [(one.layer, one.file, one.rows, one.compared.values, one.compared.count) for one in account.others],
        (tr("Layer"), tr("File"), tr("Rows"), tr("Values compared"), tr("Differences")),
    )
    _add_differences(report, account)
    renamed = [(entry.file.path.name, old, new) for entry in account.entries for old, new in entry.file.renamed.items()]
    renamed += [(f"{one.file}: {one.layer}", old, new) for one in account.others for old, new in one.renamed.items()]
    if renamed:
        report.heading(tr("Changed field names"))
        report.table(renamed, (tr("File"), tr("Field"), tr("Name in the file")))
    _add_changes(report, account.entries)
    return report


def _add_differences(report: Report, account: Account) -> None:
    rows = [
        (other.file, one.row, one.field, one.expected, one.found)
        for other in account.others
        for one in other.compared.differences[:_ROWS_SHOWN]
    ]
    if rows:
        report.heading(tr("Values that the format cannot hold"))
        report.table(rows, (tr("File"), tr("Row"), tr("Field"), tr("In the layer"), tr("In the file")))


def _add_changes(report: Report, entries: Iterable[Entry]) -> None:
    """All changed texts with their rows; of other changes the first ones, with their number."""
    rows = [row for entry in entries for row in _changes(entry.file)]
    if rows:
        report.heading(tr("Changed values"))
        report.table(rows, (tr("File"), tr("Row"), tr("Field"), tr("Change")))


def _changes(file: Delivered) -> Iterator[tuple[object, ...]]:
    for what, words in TEXTS.items():
        found: list[tuple[int, str]] = getattr(file, what)
        shown = found if what in ("cut", "replaced") else found[:_ROWS_SHOWN]
        yield from ((file.path.name, row, name, tr(words)) for row, name in shown)
        if len(found) > len(shown):
            yield (
                file.path.name,
                "…",
                "",
                tr("{count} more: {change}").format(count=len(found) - len(shown), change=tr(words)),
            )


def _state(account: Account) -> str:
    if account.all_rows:
        return tr("State: all rows, closed unit grids and components too.")
    if account.day:
        return tr("State: what was valid on {date}.").format(date=account.day)
    return tr("State: what is valid now, without closed unit grids and components.")


def description(account: Account) -> Report:
    """The data description that goes with the files."""
    from citygrid_plugin.storage.delivery_tables import COUNT_TABLE, FIELD_DICTIONARY  # noqa: PLC0415
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Data description"))
    encoding = tr("{encoding} (field names and texts of the .dbf files, as .cpg and language id say)")
    systems = sorted({entry.crs for entry in account.entries if entry.crs})
    report.table(
        [
            (tr("Content"), tr("Map of digital urban management: grids, components, cases")),
            (tr("State"), _state(account)),
            (tr("Encoding"), encoding.format(encoding=account.encoding)),
            (tr("Coordinate reference system"), "; ".join(systems)),
            (tr("Number of rows"), tr("in {file}").format(file=COUNT_TABLE)),
            (tr("Meaning of the fields"), tr("in {file}").format(file=FIELD_DICTIONARY)),
            (tr("Check"), _comparison(account)),
            (tr("Made by"), "CityGrid"),
        ]
    )  # fmt: skip
    report.heading(tr("Files"))
    report.table(
        [(entry.file.path.name, entry.layer, entry.file.rows, entry.crs) for entry in account.entries]
        + [(one.file, one.layer, one.rows, "") for one in account.others],
        (tr("File"), tr("Layer"), tr("Rows"), tr("Coordinate reference system")),
    )
    report.paragraph(
        tr(
            "Widths of fields and classes whose status is not “standard” come from other systems and excerpts: the "
            "texts of the standards were not available."
        )
    )
    return report
