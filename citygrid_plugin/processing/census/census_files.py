"""What an import of components reads: a layer, files, folders and archives, each with its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from citygrid_plugin.core.errors import CityGridError, EmptyInput, UnknownField
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.records import mapping_text, read_delivery, stated_crs

if TYPE_CHECKING:
    from citygrid_plugin.core.census.census_account import Delivery, Original
    from citygrid_plugin.core.records.account import Remark
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.processing.base import CityGridAlgorithm
    from citygrid_plugin.storage.readers.deliveries import Deliveries

_LAYER = "|"  # between file and layer in the name of records


def read_all(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    mappings: Sequence[SavedMapping],
    progress: Progress,
) -> Deliveries:
    """The records of INPUT and FILES.

    One file that cannot be read is an error; one of several is told and left out, since the others can be taken.
    """
    from citygrid_plugin.storage.readers.deliveries import Deliveries  # noqa: PLC0415

    paths = listed_files(algorithm, parameters, context)
    given = bool(parameters.get("INPUT"))
    if not paths and not given:
        raise QgsProcessingException(tr("There is nothing to import: choose a layer in INPUT or files in FILES."))
    read: list[Deliveries] = []
    if given:
        read.append(_read_input(algorithm, parameters, context, mappings, part(progress, 0, 1 if not paths else 0.3)))
    for number, path in enumerate(paths):
        share = (1 - 0.3 * given) / len(paths)
        own = part(progress, 0.3 * given + number * share, 0.3 * given + (number + 1) * share)
        try:
            read.append(_read_files(algorithm, parameters, context, path, mappings, own))
        except CityGridError as error:
            if len(paths) == 1 and not given:
                raise
            read.append(Deliveries(failed=[error]))
    records = [one for some in read for one in some.records]
    failed = [error for some in read for error in some.failed]
    if not records:
        raise failed[0] if failed else EmptyInput(layer=", ".join(path.name for path in paths))
    for failure in failed:
        feedback.reportError(sentence(failure))
    return Deliveries(records, failed, [remark for some in read for remark in some.remarks])


def listed_files(algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> list[Path]:
    """The files, folders and archives of FILES."""
    listed = algorithm.parameterAsFileList(parameters, "FILES", context)  # one empty text where there is none
    return [Path(text) for text in listed if text.strip()]


def read_mappings(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> list[SavedMapping]:
    """The parameter MAPPING: rules, a saved mapping, or a list of saved ones for different files."""
    from citygrid_plugin.core.census.component_mapping import TARGETS  # noqa: PLC0415
    from citygrid_plugin.core.records.saved_mappings import parse_all_saved  # noqa: PLC0415

    return parse_all_saved(mapping_text(algorithm, parameters, "MAPPING", context), TARGETS)


def _read_input(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    mappings: Sequence[SavedMapping],
    progress: Progress,
) -> Deliveries:
    from citygrid_plugin.core.records.saved_mappings import mapping_for  # noqa: PLC0415
    from citygrid_plugin.storage.readers.deliveries import Deliveries  # noqa: PLC0415

    encoding, crs, xy = _reading(mapping_for(mappings, ""), algorithm, parameters, context)
    return Deliveries([read_delivery(algorithm, parameters, context, progress, crs, encoding, xy)])


def _read_files(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    path: Path,
    mappings: Sequence[SavedMapping],
    progress: Progress,
) -> Deliveries:
    from citygrid_plugin.core.records.saved_mappings import mapping_for  # noqa: PLC0415
    from citygrid_plugin.storage.readers.deliveries import read_deliveries  # noqa: PLC0415

    encoding, crs, xy = _reading(mapping_for(mappings, "", path.name), algorithm, parameters, context)
    found = read_deliveries(path, encoding=encoding, crs=crs, xy=xy, progress=progress)
    return replace(found, remarks=[replace(remark, file=remark.file or path.name) for remark in found.remarks])


def _reading(
    mapping: SavedMapping, algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> tuple[str | None, Any, tuple[str, str] | None]:
    """Encoding, CRS and columns with coordinates: the file's own in its mapping, else those of the parameters."""
    import pyproj  # noqa: PLC0415

    encoding = mapping.encoding or algorithm.parameterAsString(parameters, "ENCODING", context).strip()
    crs = pyproj.CRS.from_user_input(mapping.crs) if mapping.crs else stated_crs(algorithm, parameters, context)
    return encoding or None, crs, mapping.xy


def deliveries_of(
    read: Deliveries, mappings: Sequence[SavedMapping], scheme: Scheme
) -> tuple[list[Delivery], list[Remark]]:
    """The records of each file with complete rules; a layer of records not taken becomes its files again.

    Of several files, those that nothing tells the class of are imported all the same: each of their records is
    rejected for it, and none is lost.
    """
    from citygrid_plugin.core.census.census_account import restored  # noqa: PLC0415
    from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415

    originals: list[Original] = []
    remarks: list[Remark] = list(read.remarks)
    several = len(read.records) > 1
    for records in read.records:
        remarks += [replace(remark, file=records.name if several else "") for remark in records.remarks]
        found = restored(records.frame, records.name)
        if found[0].rows is not None:
            remarks.append(Remark("from_rejected", file=records.name if several else ""))
        originals += found
    several = len(originals) > 1
    result = []
    for original in originals:
        delivery, own = _delivery(original, mappings, scheme, several=several)
        result.append(delivery)
        remarks += [replace(remark, file=original.name if several else "") for remark in own]
    _check_rules(result, mappings)
    return result, remarks


def _delivery(
    original: Original, mappings: Sequence[SavedMapping], scheme: Scheme, *, several: bool
) -> tuple[Delivery, list[Remark]]:
    from citygrid_plugin.core.census.census_account import Delivery  # noqa: PLC0415
    from citygrid_plugin.core.census.component_mapping import NoClassColumn, component_mapping  # noqa: PLC0415
    from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415
    from citygrid_plugin.core.records.mapping import rule_columns  # noqa: PLC0415
    from citygrid_plugin.core.records.saved_mappings import mapping_for  # noqa: PLC0415
    from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415

    file, _, layer = original.name.partition(_LAYER)
    mapping = mapping_for(mappings, layer, file)
    rules, remarks = dict(mapping.rules), []
    lacking = [name for name, rule in rules.items() if not set(rule_columns(rule)) <= set(original.frame.columns)]
    if several and lacking:  # one mapping for files of different shapes
        rules = {name: rule for name, rule in rules.items() if name not in lacking}
        remarks.append(Remark("rules_guessed", {"targets": ", ".join(lacking)}))
    try:
        rules, more = component_mapping(original.frame, rules, scheme, layer or PurePosixPath(file).name)
        remarks += more
    except NoClassColumn:
        if not several:
            raise
        remarks.append(Remark("no_class_column"))
    datum = None if mapping.datum is Datum.STATED else mapping.datum
    return Delivery(original.frame, rules, original.name, original.rows, datum), remarks


def _check_rules(deliveries: Sequence[Delivery], mappings: Sequence[SavedMapping]) -> None:
    """Refuse rules for a column that none of several files has: a misspelt name is no file of another shape."""
    from citygrid_plugin.core.records.mapping import rule_columns  # noqa: PLC0415

    if len(deliveries) == 1:
        return
    known = {str(name): None for delivery in deliveries for name in delivery.frame.columns if name != "geometry"}
    for mapping in mappings:
        for rule in mapping.rules.values():
            for column in rule_columns(rule):
                if column not in known:
                    raise UnknownField(layer="FILES", field=column, available=", ".join(known))
