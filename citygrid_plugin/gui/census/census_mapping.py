"""Third page of the census wizard: which column fills which field, and which value means which of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QCheckBox, QCompleter, QDialog, QHBoxLayout, QLabel, QPushButton, QStyle

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.mapping_page import RecordsMappingPage, short
from citygrid_plugin.gui.records.rules import rule_of
from citygrid_plugin.gui.records.sources import Sources
from citygrid_plugin.gui.records.values import ValuesDialog
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.census.import_components import ImportComponents

from .census_groups import (
    CLASS_FIELDS,
    Group,
    clash,
    documents,
    grouped,
    remember,
    remembered,
    without_class,
)
from .census_values import our_values

if TYPE_CHECKING:
    from citygrid_plugin.core.records.mapping_presets import Preset
    from citygrid_plugin.core.records.saved_mappings import SavedMapping

TEXTS = {
    "MajorCode": "Code of the major class",
    fields.CLASS_CODE: "Class code",
    fields.CLASS_NAME: "Class name",
    fields.OBJ_ID: "Component id",
    fields.OBJ_NAME: "Name",
    fields.OBJ_STATE: "State",
    fields.INITIAL_DATE: "Initial date",
    fields.END_DATE: "End date",
    fields.DATA_SOURCE: "Source of the data",
    "DeptCode1": "Competent department, code",
    "DeptName1": "Competent department",
    "DeptCode2": "Owner, code",
    "DeptName2": "Owning unit",
    "DeptCode3": "Maintenance, code",
    "DeptName3": "Maintenance",
    fields.NOTE: "Note",
}
"""Fields that a user may fill, in the order of the table."""

_WITH_VALUES = (*CLASS_FIELDS, fields.OBJ_STATE, fields.DATA_SOURCE)
_UNMATCHED = 8  # values that the page names


class MappingPage(RecordsMappingPage):
    """A table of our fields; each is filled from a column, a constant, or a rule of a saved mapping."""

    def __init__(self, sources: Sources, workspace: Path) -> None:
        super().__init__(sources, workspace, {target: tr(text) for target, text in TEXTS.items()}, _WITH_VALUES)
        self._groups: list[Group] = []
        self._clash = ""
        self.group = CompactBox(18)
        self.out = QCheckBox(tr("Leave out"))
        self.out.setToolTip(tr("These records are not taken. They go to the rejected ones, so that none is lost."))
        self.apart = QPushButton(tr("Map each on its own"))
        line = QHBoxLayout()
        for widget in (QLabel(tr("Tables")), self.group, self.apart, self.out):
            line.addWidget(widget)
        self._lay_out(line)
        self.scheme.activated.connect(lambda _index: self._change_scheme())
        self.group.activated.connect(lambda _index: self._show())
        self.out.clicked.connect(self._leave_out)
        self.apart.clicked.connect(lambda _checked=False: self._map_apart())

    # What the wizard asks for

    def initializePage(self) -> None:
        from citygrid_plugin.storage.mapping_files import PRESETS  # noqa: PLC0415

        self._offer_presets({key: tr(text) for key, text in PRESETS.items()})
        # Whoever comes back finds what was chosen.
        self._groups = grouped(self._sources.records, self._groups, self.chosen_scheme, self._sources.memory)
        self._list_groups(next((number for number, group in enumerate(self._groups) if group.is_wrong), 0))

    def isComplete(self) -> bool:
        taken = [group for group in self._groups if not group.is_out]
        return bool(taken) and not any(group.is_wrong for group in taken) and not self._clash

    def text(self) -> str:
        """MAPPING of the algorithm: a document for each table."""
        return json.dumps(documents(self._groups, self._sources.all), ensure_ascii=False)

    def remember(self) -> None:
        """Keep the mappings for the next deliveries of these shapes."""
        remember(self._sources.memory, self._groups, self.chosen_scheme)

    # The group shown

    @property
    def _group(self) -> Group | None:
        index = self.group.currentIndex()
        return self._groups[index] if 0 <= index < len(self._groups) else None

    def _list_groups(self, current: int) -> None:
        """Name the groups, and show one of them."""
        self.group.clear()
        self.group.addItems([group.title for group in self._groups])
        self.group.setCurrentIndex(current)
        self._offer_classes()
        self._show()

    def _offer_classes(self) -> None:
        """Classes to choose from where one is entered for all records."""
        for target in CLASS_FIELDS:
            texts = [text for text, _ in our_values(target, self.chosen_scheme)]
            completer = QCompleter(texts, self.table.lines[target])
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self.table.lines[target].setCompleter(completer)

    def _complete(self, group: Group, rules: dict[str, Any]) -> None:
        """Give a group other rules, with what they leave out guessed; tables that lack a class then stand apart."""
        group.rules = rules
        parts = group.without_lacking(group.complete(self.chosen_scheme), self.chosen_scheme)
        if parts == [group]:
            self._show()
            return
        at = self._groups.index(group)
        self._groups[at : at + 1] = parts
        self._list_groups(at)

    def _show(self, note: str = "") -> None:
        """Show the rules of the group; ``note`` is said first."""
        group = self._group
        if group is None:
            return
        columns = group.columns
        for target in TEXTS:
            is_asked = group.lacks_class and target in CLASS_FIELDS and not group.is_out
            rule = rule_of(group.rules, target)
            self.table.show_rule(target, rule, columns, group.samples(target), is_asked=is_asked)
        self.table.setEnabled(not group.is_out)
        self.preset.setEnabled(not group.is_out)
        self.load.setEnabled(not group.is_out)
        self.apart.setVisible(len(group.tables) > 1)
        self.out.setVisible(len(self._groups) > 1)
        self.out.setChecked(group.is_out)
        for number, each in enumerate(self._groups):
            self.group.setItemIcon(number, self._sign(each))
        self._clash = clash(documents(self._groups, self._sources.all))
        self.told.setText("\n".join(filter(None, (note, *self._remarks(group)))))
        self.completeChanged.emit()

    def _sign(self, group: Group) -> QIcon:
        if group.is_wrong:
            return self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        return self.style().standardIcon(QStyle.StandardPixmap.SP_DialogDiscardButton) if group.is_out else QIcon()

    def _remarks(self, group: Group) -> Iterator[str]:
        """What is to be done, in this group and then in others."""
        if group.is_out:
            yield tr("These records are not taken. They go to the rejected ones, so that none is lost.")
        else:
            yield group.message or self._unmatched(group)
        others = [each for each in self._groups if each.is_wrong and each is not group]
        if others:
            yield tr("“{table}” is not ready yet: choose it at “Tables”.").format(table=others[0].title)
        if all(each.is_out for each in self._groups):
            yield tr("All tables are left out, so there is nothing to import.")
        if self._clash:
            yield tr(
                "Two files are called “{name}”, but are read or mapped in different ways. Rename one of them."
            ).format(name=self._clash)

    def _unmatched(self, group: Group) -> str:
        """The values that mean nothing to us, the most frequent first."""
        counts = group.unknown_values(self.chosen_scheme)
        if not counts:
            return ""
        labels = {target: tr(text) for target, text in TEXTS.items()}
        shown = ", ".join(
            f"{labels.get(target, target)} “{short(value)}” ({count:,})"
            for (target, value), count in counts.most_common(_UNMATCHED)
        )
        if len(counts) == 1:
            return tr("One value is not known: {values}. “Values…” says what it means.").format(values=shown)
        return tr("{count} values are not known: {values}. “Values…” says what they mean.").format(
            count=f"{len(counts):,}", values=shown + (" …" if len(counts) > _UNMATCHED else "")
        )

    # What the user changes

    def _change(self, target: str) -> None:
        group = self._group
        if group is None:
            return
        try:
            rule = self.table.rule(target, rule_of(group.rules, target))
        except CityGridError as error:
            self._show(sentence(error))
            return
        is_open = self.table.is_empty_constant(target)
        if "value" in rule:
            rule = {"value": self._constant(target, rule["value"])}
        self._complete(group, {**group.rules, target: rule})
        if is_open:
            self.table.lines[target].setFocus()

    def _constant(self, target: str, text: str) -> str:
        """What was entered, or the value of the entry that was chosen."""
        return dict(our_values(target, self.chosen_scheme)).get(text, text) if target in CLASS_FIELDS else text

    def _change_scheme(self, note: str = "") -> None:
        """In another scheme, classes have other codes and names; the rest stays."""
        for group in self._groups:
            rules = remembered(self._sources.memory, group.columns, self.chosen_scheme)
            in_every_scheme = without_class(rules)
            group.rules = without_class(group.rules) | {
                target: rule for target, rule in rules.items() if target not in in_every_scheme
            }
            group.complete(self.chosen_scheme)
        self._offer_classes()
        self._show(note)

    def _leave_out(self, checked: bool) -> None:
        group = self._group
        if group is not None:
            group.is_out = checked
            self._show()

    def _map_apart(self) -> None:
        group = self._group
        if group is not None:
            at = self._groups.index(group)
            self._groups[at : at + 1] = group.apart(self.chosen_scheme)
            self._list_groups(at)

    def _take_preset(self) -> None:
        """Rules of a preset, fitted to the table and the scheme."""
        from citygrid_plugin.storage.mapping_files import preset  # noqa: PLC0415

        group, name, title = self._group, self.preset.currentData(), self.preset.currentText()
        self.preset.setCurrentIndex(0)
        if group is None or not name:
            return
        chosen = preset(name)
        fitted = chosen.fitted(group.columns, self.chosen_scheme)
        if not _fits(chosen, fitted.rules, group.columns):
            self._show(tr("Nothing in this table fits the preset “{name}”.").format(name=title))
            return
        self._complete(group, fitted.rules)

    # Dialogs

    def _ask_values(self, target: str) -> None:
        group = self._group
        if group is None:
            return
        rule = rule_of(group.rules, target)
        try:
            counts = group.value_counts(target, self.chosen_scheme)
        except CityGridError as error:
            self._show(sentence(error))
            return
        known, given = our_values(target, self.chosen_scheme), rule.get("values", {})
        dialog = ValuesDialog(rule.get("field", tr(TEXTS[target])), counts, known, given, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._complete(group, {**group.rules, target: {**rule, "values": dialog.values()}})
        dialog.deleteLater()

    def load_from(self, path: Path) -> None:
        from citygrid_plugin.storage.mapping_files import load_mapping  # noqa: PLC0415

        group = self._group
        if group is None:
            return
        try:
            mapping = load_mapping(path)
        except CityGridError as error:
            self._show(sentence(error))
            return
        note = self._follow(mapping, group)
        self._complete(group, dict(mapping.rules))
        if note:
            self._show(note)

    def _follow(self, mapping: SavedMapping, group: Group) -> str:
        """Take over what a mapping says beside its rules; returns what is to be said of it."""
        before = self.scheme.currentIndex()
        notes = [self._follow_scheme(mapping)]
        if self.scheme.currentIndex() != before:
            self._change_scheme()
        if mapping.datum and any(source.datum != mapping.datum for source, _ in group.tables):
            for source, _ in group.tables:
                source.choose_datum(int(mapping.datum))
            datum = tr(ImportComponents.DATUMS[mapping.datum])
            notes.append(tr("The coordinates now count as {datum}, as the mapping says.").format(datum=datum))
        return " ".join(filter(None, notes))

    def save_to(self, path: Path) -> None:
        if self._group is not None:
            super().save_to(path)

    def mapping(self, name: str = "") -> SavedMapping:
        """The mapping of the group."""
        return self._groups[self.group.currentIndex()].saved(self.chosen_scheme, name)


def _fits(preset: Preset, rules: dict[str, Any], columns: list[str]) -> bool:
    """Whether a preset finds anything: a column that it names, or tags of OpenStreetMap."""
    from citygrid_plugin.core.records.expressions import TAG_COLUMNS  # noqa: PLC0415
    from citygrid_plugin.core.records.mapping import rule_columns  # noqa: PLC0415

    tags = {*preset.tags, *TAG_COLUMNS} if preset.tags else set()
    return bool(tags & set(columns)) or any(rule_columns(rule) for rule in rules.values())
