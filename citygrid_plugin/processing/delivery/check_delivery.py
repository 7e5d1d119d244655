"""``citygrid:checkdelivery``: the acceptance check of a delivery, ours or a stranger's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
)

from citygrid_plugin.core.progress import part
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.base import SINK_POLYGON, CityGridAlgorithm
from citygrid_plugin.processing.problems import SEVERITIES, translated
from citygrid_plugin.processing.schemes import add_scheme, read_scheme

if TYPE_CHECKING:
    import pyproj

    from citygrid_plugin.core.delivery.findings import Findings
    from citygrid_plugin.core.progress import Progress
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.delivery_reading import FoundDelivery
    from citygrid_plugin.storage.report import Report

_SAMPLES = 5  # rows of a kind that the report shows


class CheckDelivery(CityGridAlgorithm):
    """Checks a delivery."""

    NAME = "checkdelivery"
    TITLE = "Check delivery"
    TAGS = ("验收", "质检", "检查", "acceptance", "shapefile", "GBK")
    HELP = (
        "Checks a folder or zip of shapefiles as an acceptance check does, ours or a stranger's. Nothing is "
        "changed.\n\n"
        "Files: missing parts (.shx, .dbf, .prj, .cpg), names, numbers of shapes and rows, the count table.\n"
        "Encoding: .cpg and language id against the bytes, broken text.\n"
        "Fields: missing ones, types and widths against the field dictionary, texts that were perhaps cut. The widths "
        "are known from other systems and excerpts only, so another width is a warning; a city's own dictionary can be "
        "given.\n"
        "Codes: digits, repeated codes, parents, classes and their names by the code scheme, ids of another class, "
        "codes of rows that are not in the delivery, dates.\n"
        "Places: gaps and overlaps of unit grids and the other errors of Check unit grid, components and cases outside "
        "the grids or in another one than BGID says, one coordinate reference system for all, a belt of CGCS2000 that "
        "the coordinates fit.\n\n"
        "What a file holds is told by its fields (BGID, ObjID, CaseID … or their Chinese names) and by its name "
        "(BJ0101, unit_grid, 单元网格 …). The unit grid is checked against the communities where these are in the "
        "delivery, else for holes and overlaps only. Each problem is a row with file, row, field, code and, where it "
        "has one, its place. The row is the number of the record in the .dbf, from 1, with deleted ones counted: the "
        "feature id that QGIS shows ($id), and one.\n\n"
        "A count table states file names and numbers of rows; it speaks of the folder that it lies in. Names in it are "
        "taken with their folders and in their case where that is needed to tell files apart."
    )

    def define(self) -> None:
        behavior = QgsProcessingParameterFile.Behavior
        self.addParameter(
            QgsProcessingParameterFile("FOLDER", tr("Folder of the delivery"), behavior.Folder, optional=True)
        )
        self.addParameter(
            QgsProcessingParameterFile(
                "FILE",
                tr("Zip or shapefile (instead of the folder)"),
                fileFilter=tr("Zip archives and shapefiles (*.zip *.shp)"),
                optional=True,
            )
        )
        add_scheme(self)
        for name, title in (
            ("DICTIONARY", tr("Field dictionary of the city (table with layer, field, type, width)")),
            ("COUNT_TABLE", tr("Count table (where it does not lie among the files)")),
        ):
            self.add_advanced(QgsProcessingParameterFile(name, title, optional=True))
        self.add_sink("OUTPUT", tr("Problems of the delivery"), SINK_POLYGON)
        self.add_report()
        self.add_numbers(
            FILE_COUNT=tr("Files"), ROW_COUNT=tr("Rows"), ERROR_COUNT=tr("Errors"), WARNING_COUNT=tr("Warnings"),
            NOTE_COUNT=tr("Notes"),
        )  # fmt: skip

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.delivery.findings import TEXTS  # noqa: PLC0415
        from citygrid_plugin.storage.delivery_dictionary import load_dictionary  # noqa: PLC0415
        from citygrid_plugin.storage.delivery_reading import read_delivery  # noqa: PLC0415

        given = [self.parameterAsFile(parameters, name, context) for name in ("FOLDER", "FILE")]
        if all(given):
            raise QgsProcessingException(tr("Choose one: a folder in FOLDER, or a zip or shapefile in FILE."))
        chosen = next((path for path in given if path), "")
        if not chosen:
            raise QgsProcessingException(tr("There is nothing to check: choose a folder in FOLDER or a zip in FILE."))
        own, count_table = (self.parameterAsFile(parameters, name, context) for name in ("DICTIONARY", "COUNT_TABLE"))
        scheme = read_scheme(self, parameters, context, None)
        dictionary = load_dictionary(Path(own) if own else None)
        progress = self.progress(feedback)
        stated = Path(count_table) if count_table else None
        delivery = read_delivery(Path(chosen), dictionary, stated, part(progress, 0.0, 0.4))
        findings = check_delivery(delivery, dictionary, scheme, part(progress, 0.4, 0.95))
        sentences = {kind: tr(text) for kind, text in TEXTS.items()}
        problems = translated(_with_titles(findings.frame(_crs_of(delivery))), sentences)
        number = dict.fromkeys(SEVERITIES, 0)
        counts = findings.counts()
        for (severity, _), count in counts.items():
            number[severity] += count
        rows = sum(len(file.frame) for file in delivery.files if file.frame is not None)
        _say(counts, len(delivery.files), rows, feedback)
        results = {
            "OUTPUT": self.write(problems, parameters, "OUTPUT", context, "MultiPolygon", "problems"),
            "FILE_COUNT": len(delivery.files),
            "ROW_COUNT": rows,
            **{f"{severity.upper()}_COUNT": count for severity, count in number.items()},
        }
        report = _report(delivery, counts, problems, scheme, Path(chosen).name)
        return results | self.save_report(report, parameters, context)


def check_delivery(delivery: FoundDelivery, dictionary: Any, scheme: Scheme, progress: Progress) -> Findings:  # noqa: ANN401 - core's Dictionary, which is loaded late
    """All problems of a delivery."""
    from citygrid_plugin.core.delivery import check_codes, check_files  # noqa: PLC0415
    from citygrid_plugin.core.delivery.dictionary import CASES, COMPONENTS, UNIT_GRID  # noqa: PLC0415
    from citygrid_plugin.core.delivery.findings import Findings  # noqa: PLC0415
    from citygrid_plugin.core.problems import Severity  # noqa: PLC0415

    files = delivery.files
    result = Findings(records={file.file: file.records for file in files if file.records is not None})
    if not files:
        result.add("no_files", Severity.ERROR, "")
    for error in delivery.failed:
        result.add("unreadable", Severity.ERROR, "", values=[{"why": sentence(error)}])
    for number, file in enumerate(files):
        progress(0.3 * number / len(files))
        result.extend(check_files.check_file(file, dictionary).found)
        result.extend(check_codes.check_codes(file, scheme))
    result.extend(check_files.check_crs(files))
    result.extend(check_files.check_counts(files, delivery.counts))
    result.extend(check_codes.check_ids(files))
    result.extend(check_codes.check_links(files))
    grids = [file for file in files if file.kind == UNIT_GRID and file.frame is not None]
    for number, grid in enumerate(grids):
        at = part(progress, 0.3 + 0.5 * number / len(grids), 0.3 + 0.5 * (number + 1) / len(grids))
        result.extend(check_codes.check_topology(grid, files, at))
    cells = check_codes.cells_of(grids)
    for number, file in enumerate(files):
        progress(0.8 + 0.2 * number / len(files))
        if file.kind in {COMPONENTS, CASES}:
            result.extend(check_codes.check_places(file, cells, grids))
    return result


def _crs_of(delivery: FoundDelivery) -> pyproj.CRS:
    """The CRS of the first file that has one, else CGCS2000."""
    import pyproj  # noqa: PLC0415

    from citygrid_plugin.core.delivery.belts import GEOGRAPHIC  # noqa: PLC0415

    systems = (file.frame.crs for file in delivery.files if file.frame is not None)
    return next((crs for crs in systems if crs is not None), None) or pyproj.CRS.from_epsg(GEOGRAPHIC)


def _with_titles(problems: Any) -> Any:  # noqa: ANN401 - a GeoDataFrame, which is loaded late
    """The problems with the titles in their values in the language of the interface."""
    from citygrid_plugin.core.delivery.findings import TITLES  # noqa: PLC0415
    from citygrid_plugin.core.problems import VALUES  # noqa: PLC0415

    titles = {title: tr(title) for title in TITLES.values()}
    problems[VALUES] = [
        {**values, "title": titles[values["title"]]} if values.get("title") in titles else values
        for values in problems[VALUES]
    ]
    return problems


def _say(counts: Mapping[tuple[str, str], int], files: int, rows: int, feedback: QgsProcessingFeedback) -> None:
    """The counts in the log: errors and warnings stand out."""
    from citygrid_plugin.core.delivery.findings import TITLES  # noqa: PLC0415

    for (severity, kind), count in counts.items():
        line = f"{tr(TITLES[kind])}: {count}"
        (feedback.pushInfo if severity == "note" else feedback.pushWarning)(line)
    if not any(severity != "note" for severity, _ in counts):
        message = tr("No problem was found in {files} files with {rows} rows.")
        feedback.pushInfo(message.format(files=files, rows=f"{rows:,}"))


def _report(
    delivery: FoundDelivery,
    counts: Mapping[tuple[str, str], int],
    problems: Any,  # noqa: ANN401 - as above
    scheme: Scheme,
    name: str,
) -> Report:
    from citygrid_plugin.core import fields  # noqa: PLC0415
    from citygrid_plugin.core.delivery.findings import FILE, TITLES  # noqa: PLC0415
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Check of the delivery {name}").format(name=name))
    bad = sum(count for (severity, _), count in counts.items() if severity == "error")
    if bad:
        report.warning(tr("{count} errors were found.").format(count=bad))
    else:
        report.paragraph(tr("No error was found."))
    report.paragraph(tr("Code scheme: {scheme}").format(scheme=scheme.title))
    report.table(
        [
            (
                file.file,
                file.kind or "–",
                len(file.frame) if file.frame is not None else 0,
                file.encoding or "–",
                file.cpg or "–",
                file.frame.crs.name if file.frame is not None and file.frame.crs is not None else "–",
            )
            for file in delivery.files
        ],
        (tr("File"), tr("Content"), tr("Rows"), tr("Encoding"), ".cpg", tr("Coordinate reference system")),
    )
    if not counts:
        return report
    report.heading(tr("Problems"))
    report.table(
        [(tr(SEVERITIES[severity]), tr(TITLES[kind]), count) for (severity, kind), count in counts.items()],
        (tr("Severity"), tr("Problem"), tr("Count")),
    )
    report.heading(tr("Examples"))
    shown = problems.groupby([fields.PROBLEM_KIND, FILE], sort=False).head(_SAMPLES)
    report.table(
        [
            (row[FILE], row[fields.ROW] or "", tr(SEVERITIES[row[fields.SEVERITY]]), row[fields.TEXT])
            for row in shown.to_dict("records")
        ],
        (tr("File"), tr("Row"), tr("Severity"), tr("Text")),
    )
    report.paragraph(
        tr("Of each kind and file the first {count} are shown; the layer of problems has all.").format(count=_SAMPLES)
    )
    report.paragraph(
        tr("Rows are records of the .dbf, counted from 1 with deleted ones: in QGIS the feature id ($id), and one.")
    )
    return report
