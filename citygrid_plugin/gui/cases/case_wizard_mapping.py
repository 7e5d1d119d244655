"""Page of the wizard that loads cases: which column fills which field, and what stages and sources are called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtWidgets import QDialog

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.mapping_page import RecordsMappingPage, short
from citygrid_plugin.gui.records.rules import columns_of, lacking_column, recalled, rule_of, samples, value_counts
from citygrid_plugin.gui.records.sources import Source, Sources
from citygrid_plugin.gui.records.values import ValuesDialog
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.style_parts import FIELD_TITLES

if TYPE_CHECKING:
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.storage.readers.records import Records

_TARGETS = (
    fields.CASE_ID, fields.REPORTED, fields.STAGE, fields.CLASS_CODE, fields.CLASS_NAME, fields.KIND, fields.DEPARTMENT,
    fields.FILED, fields.DEADLINE, fields.FINISHED, fields.TIME_LIMIT, fields.FILING_CONDITION, fields.SUSPENDED_FROM,
    fields.SUSPENDED_TO, fields.HANDLED, fields.RETURNS, fields.ACCURATE, fields.SOURCE, fields.TEXT, fields.OBJ_ID,
    fields.BGID, fields.RGID, fields.STREET_NAME, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE,
)  # fmt: skip
"""What a mapping can fill (``core.cases.cases.TARGETS``, which loads pandas), the most important first."""

_WITH_VALUES = (fields.STAGE, fields.SOURCE, fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME)
_PLACES = (fields.OBJ_ID, fields.BGID, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE)  # a case without coordinates
_NAMED = 6  # values that the page names


class CaseMappingPage(RecordsMappingPage):
    """A table of our fields; what could be told from names is filled in, and nothing has to be changed."""

    def __init__(self, sources: Sources, workspace: Path, preset: Callable[[], str]) -> None:
        """``preset``: the id of the one that the source itself speaks for; empty for none."""
        texts = {target: tr(FIELD_TITLES[target]) for target in _TARGETS}
        super().__init__(sources, workspace, texts, _WITH_VALUES)
        self._usual = preset
        self._columns: list[str] = []
        self.rules: dict[str, Any] = {}
        self._brought: SavedMapping | None = None  # of a source that was loaded before
        self._lay_out()
        self.scheme.activated.connect(lambda _index: self._show())

    # What the wizard asks for

    def initializePage(self) -> None:
        from citygrid_plugin.storage.mapping_files import CASE_PRESETS  # noqa: PLC0415 - loads pandas

        self._offer_presets({key: tr(text) for key, text in CASE_PRESETS.items()})
        columns = columns_of(self._records)
        if columns != self._columns or self._brought is not None:
            self._columns = columns
            self._begin(self._brought)
            self._brought = None
        self._show()

    def isComplete(self) -> bool:
        return bool(self._sources.records) and not self._wrong()

    def bring(self, parameters: dict[str, Any]) -> None:
        """Take over the mapping of a source that was loaded before."""
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415
        from citygrid_plugin.core.records.saved_mappings import parse_saved  # noqa: PLC0415

        self.scheme.setCurrentIndex(int(parameters.get("SCHEME", 0)))
        with suppress(CityGridError):  # then it is guessed anew
            self._brought = parse_saved(str(parameters.get("MAPPING", "")), TARGETS)

    def mapping(self, name: str = "") -> SavedMapping:
        """The mapping to be kept and used, with how the source is read."""
        from citygrid_plugin.core.records.saved_mappings import SavedMapping, fingerprint  # noqa: PLC0415
        from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415

        source = self._source
        return SavedMapping(
            dict(self.rules),
            name,
            self.chosen_scheme.id,
            source.encoding,
            source.crs,
            Datum(source.datum),
            source.xy,
            fingerprint(self._columns),
        )

    def parameters(self) -> dict[str, Any]:
        """MAPPING and SCHEME of the algorithm."""
        mapping = self.mapping()
        text = json.dumps(mapping.as_dict(), ensure_ascii=False)
        return {"MAPPING": text, "SCHEME": self.scheme.currentIndex(), "SOURCE_DATUM": int(mapping.datum)}

    def remember(self) -> None:
        """Keep the mapping for the next list with these columns."""
        from citygrid_plugin.storage import mapping_files  # noqa: PLC0415

        with suppress(CityGridError):  # a memory is a help; the cases are loaded
            mapping_files.remember(self._sources.memory, self.mapping(), self._columns)

    # The rules

    @property
    def _source(self) -> Source:
        return self._sources.records[0][0]

    @property
    def _records(self) -> Records:
        return self._sources.records[0][1]

    def _begin(self, brought: SavedMapping | None) -> None:
        """The rules of the last time where there are some, and what names tell."""
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415

        before = brought or recalled(self._sources.memory, self._columns, TARGETS)
        self.rules = {**self._guessed(), **(before.rules if before is not None else {})}
        if before is not None and brought is None:
            self._follow_scheme(before)

    def _guessed(self) -> dict[str, Any]:
        from citygrid_plugin.core.cases.cases import SYNONYMS  # noqa: PLC0415
        from citygrid_plugin.core.records.mapping import guess_mapping  # noqa: PLC0415

        guessed = dict(guess_mapping(self._columns, SYNONYMS))
        usual = self._usual()
        return {**guessed, **self._fitted(usual)} if usual else guessed

    def _fitted(self, preset: str) -> dict[str, Any]:
        """The rules of a preset for this table and the scheme."""
        from citygrid_plugin.storage.mapping_files import case_preset  # noqa: PLC0415

        return dict(case_preset(preset).fitted(self._columns, self.chosen_scheme).rules)

    def _wrong(self) -> str:
        """What has to be changed before the list can be read."""
        return lacking_column(self.rules, self._columns, self._records.name)

    def _show(self, note: str = "") -> None:
        """Show the rules; ``note`` is said first."""
        for target in _TARGETS:
            told = samples(self._records.frame, self.rules, target)
            self.table.show_rule(target, rule_of(self.rules, target), self._columns, told)
        self.told.setText("\n".join(filter(None, (note, *self._remarks()))))
        self.completeChanged.emit()

    def _remarks(self) -> Iterator[str]:
        if wrong := self._wrong():
            yield wrong
            return
        frame = self._records.frame
        if not frame.geometry.notna().any() and not any(self._is_filled(target) for target in _PLACES):
            yield tr(
                "Nothing says where the cases are: go back and choose the columns with coordinates, or choose a column "
                "for the unit grid, the component or the community here."
            )
        if not self._is_filled(fields.REPORTED) and not self._is_filled(fields.FILED):
            yield tr("No column says when a case was reported or filed, so no deadline can be computed.")
        if not self._is_filled(fields.STAGE) and not self._is_filled(fields.FINISHED):
            yield tr("No column says in which stage a case is or when it was finished, so all count as open.")
        yield self._unknown()

    def _is_filled(self, target: str) -> bool:
        return bool(rule_of(self.rules, target)) and "skip" not in rule_of(self.rules, target)

    def _unknown(self) -> str:
        """The words for stages and sources that mean nothing to us, the most frequent first."""
        from citygrid_plugin.core.records.mapping import unmatched  # noqa: PLC0415

        known = {target: tells for target, tells in self._known().items() if target in (fields.STAGE, fields.SOURCE)}
        found = unmatched(self._records.frame, self.rules, known, self._records.name)
        if not len(found):
            return ""
        shown = ", ".join(
            f"{tr(FIELD_TITLES[row.Target])} “{short(row.Value)}” ({row.Count:,})"
            for row in found.sort_values("Count", ascending=False, kind="stable").head(_NAMED).itertuples()
        )
        text = tr(
            "Not known, so kept as they are, and such a stage counts as unfinished: {values}. “Values…” changes it."
        )
        return text.format(values=shown + (" …" if len(found) > _NAMED else ""))

    def _known(self) -> dict[str, Any]:
        from citygrid_plugin.core.cases.case_values import known_values  # noqa: PLC0415
        from citygrid_plugin.storage.case_tables import source_words, stage_words  # noqa: PLC0415

        return dict(known_values(self.chosen_scheme, stage_words(), source_words()))

    # What the user changes

    def _change(self, target: str) -> None:
        try:
            rule = self.table.rule(target, rule_of(self.rules, target))
        except CityGridError as error:
            self._show(sentence(error))
            return
        is_open = self.table.is_empty_constant(target)
        self.rules[target] = rule
        self._show()
        if is_open:
            self.table.lines[target].setFocus()

    def _ask_values(self, target: str) -> None:
        dialog = self.values_dialog(target)
        if dialog is None:
            return
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.rules[target] = {**rule_of(self.rules, target), "values": dialog.values()}
            self._show()
        dialog.deleteLater()

    def values_dialog(self, target: str) -> ValuesDialog | None:
        """The dialog that asks what the values of a field mean; None where they cannot be told, which is said."""
        import numpy as np  # noqa: PLC0415

        from citygrid_plugin.core.cases.case_values import our_values, understood  # noqa: PLC0415
        from citygrid_plugin.storage.case_tables import source_words, stage_words  # noqa: PLC0415

        rule = rule_of(self.rules, target)
        try:
            counts = value_counts([self._records], self.rules, target, self._known()[target])
        except CityGridError as error:
            self._show(sentence(error))
            return None
        theirs = np.array([value for value, _, _ in counts], dtype=object)
        usual = understood(target, theirs, stage_words(), source_words()) if len(theirs) else {}
        column = rule.get("field", tr(FIELD_TITLES[target]))
        return ValuesDialog(column, counts, our_values(target, self.chosen_scheme), rule.get("values", {}), self, usual)

    def _take_preset(self) -> None:
        """Rules of a preset, fitted to the table and the scheme."""
        from citygrid_plugin.core.records.mapping import rule_columns  # noqa: PLC0415

        name, title = self.preset.currentData(), self.preset.currentText()
        self.preset.setCurrentIndex(0)
        if not name:
            return
        fitted = self._fitted(name)
        if not any(rule_columns(rule) for rule in fitted.values()):
            self._show(tr("Nothing in this table fits the preset “{name}”.").format(name=title))
            return
        self.rules = {**self._guessed(), **fitted}
        self._show()

    def load_from(self, path: Path) -> None:
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415
        from citygrid_plugin.storage.mapping_files import load_mapping  # noqa: PLC0415

        try:
            mapping = load_mapping(path, TARGETS)
        except CityGridError as error:
            self._show(sentence(error))
            return
        note = self._follow_scheme(mapping)
        if mapping.datum:
            self._source.choose_datum(int(mapping.datum))
        self.rules = {**self._guessed(), **mapping.rules}
        self._show(note)
