"""Tables of a census delivery that the wizard maps alike, with their rules and what is still wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.rules import columns_of, lacking_column, recalled, rule_of, samples, value_counts
from citygrid_plugin.gui.records.sources import Source
from citygrid_plugin.i18n import sentence, tr

if TYPE_CHECKING:
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.readers.records import Records

CLASS_FIELDS = (fields.CLASS_CODE, fields.CLASS_NAME)  # either of them says of which class a record is
_SKIP = {"skip": True}
_COLUMNS_NAMED = 8


@dataclass(eq=False)
class Group:
    """Tables with the same columns. ``is_out``: their records are not taken; ``message``: what is wrong."""

    tables: list[tuple[Source, Records]]
    rules: dict[str, Any] = field(default_factory=dict)
    is_out: bool = False
    message: str = ""
    lacks_class: bool = False

    @property
    def columns(self) -> list[str]:
        """Of the tables."""
        return columns_of(self.tables[0][1])

    @property
    def title(self) -> str:
        """What the tables are called together."""
        names = [records.name for _, records in self.tables]
        return (
            names[0] if len(names) == 1 else tr("{name} and {count} more").format(name=names[0], count=len(names) - 1)
        )

    @property
    def is_wrong(self) -> bool:
        """Whether something is to be done before the tables can be taken."""
        return bool(self.message) and not self.is_out

    @property
    def asked(self) -> dict[str, Any]:
        """The rules for the algorithm; records without a class are rejected, so none of those left out is lost."""
        return {**self.rules, **dict.fromkeys(CLASS_FIELDS, _SKIP)} if self.is_out else self.rules

    def lasting(self, scheme: Scheme) -> dict[str, Any]:
        """The rules without the class that only the name of a file says."""
        from citygrid_plugin.core.census.component_mapping import lasting_rules  # noqa: PLC0415

        return lasting_rules(self.rules, scheme, self.tables[0][1].title)

    def complete(self, scheme: Scheme) -> list[Records]:
        """Guess what the rules leave out. Returns the tables that nothing tells the class of; then there is a message.

        An empty constant is none.
        """
        given = {target: _SKIP if rule == {"value": ""} else rule for target, rule in self.rules.items()}
        found: dict[str, Any] = {}
        lacking: list[Records] = []
        self.message, self.lacks_class = "", False
        try:
            for _, records in self.tables:
                guessed = _guessed(records, given, scheme, lacking)
                found = {**guessed, **found}
        except CityGridError as error:
            self.message = sentence(error)
        self.message = lacking_column(self.rules, self.columns, self.title) or self.message
        is_named_by_files = len(self.tables) > 1 and "value" in rule_of(found, fields.CLASS_CODE)
        if is_named_by_files and fields.CLASS_CODE not in given:
            del found[fields.CLASS_CODE]  # each file is named after its own class
        self.rules = {**found, **self.rules}
        if lacking and not self.message:
            self.message, self.lacks_class = self._asks_for_class(), True
        return lacking

    def _asks_for_class(self) -> str:
        text = tr(
            "Nothing says of which class the records of “{table}” are. Choose a column for “Class code” or “Class "
            "name”, or a constant and one class (columns: {columns})."
        )
        names = self.columns
        shown = ", ".join((*names[:_COLUMNS_NAMED], *(["…"] if len(names) > _COLUMNS_NAMED else ())))
        return text.format(table=self.title, columns=shown)

    def without_lacking(self, lacking: Sequence[Records], scheme: Scheme) -> list[Group]:
        """The group; where only some of its tables lack a class, these apart: what is chosen is for them alone."""
        if not lacking or len(lacking) == len(self.tables):
            return [self]
        those = {id(records) for records in lacking}
        rules = {target: rule for target, rule in self.rules.items() if target not in CLASS_FIELDS}
        told = Group([table for table in self.tables if id(table[1]) not in those], self.lasting(scheme), self.is_out)
        parts = [told, *(Group([table], dict(rules)) for table in self.tables if id(table[1]) in those)]
        for part in parts:
            part.complete(scheme)
        return parts

    def apart(self, scheme: Scheme) -> list[Group]:
        """A group for each of the tables."""
        parts = [Group([table], self.lasting(scheme), self.is_out) for table in self.tables]
        for part in parts:
            part.complete(scheme)
        return parts

    def samples(self, target: str) -> str:
        """The first different values that a field gets."""
        return samples(self.tables[0][1].frame, self.rules, target)

    def unknown_values(self, scheme: Scheme) -> Counter[tuple[str, str]]:
        """How many records have each value, by field, that means nothing to us."""
        from citygrid_plugin.core.census.component_mapping import known_values  # noqa: PLC0415
        from citygrid_plugin.core.records.mapping import unmatched  # noqa: PLC0415

        counts: Counter[tuple[str, str]] = Counter()
        for _, records in self.tables:
            found = unmatched(records.frame, self.rules, known_values(scheme, self.rules), records.name)
            counts.update({(row.Target, row.Value): row.Count for row in found.itertuples()})
        return counts

    def value_counts(self, target: str, scheme: Scheme) -> list[tuple[str, int, bool]]:
        """Values before it is told what they mean: how many records have each, and whether we know what that is.

        Unknown ones come first, then the most frequent.

        Raises ``UnknownField``.
        """
        from citygrid_plugin.core.census.component_mapping import known_values  # noqa: PLC0415

        known = known_values(scheme, self.rules)[target]
        return value_counts([records for _, records in self.tables], self.rules, target, known)

    def saved(self, scheme: Scheme, name: str = "") -> SavedMapping:
        """The mapping to be kept, with the datum where the tables have one in common."""
        from citygrid_plugin.core.records.saved_mappings import SavedMapping, fingerprint  # noqa: PLC0415
        from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415

        data = {source.datum for source, _ in self.tables}
        datum = Datum(data.pop()) if len(data) == 1 else Datum.STATED
        return SavedMapping(self.lasting(scheme), name, scheme.id, datum=datum, columns=fingerprint(self.columns))


def _columns(records: Records) -> list[str]:
    return [str(name) for name in records.frame.columns]


def _guessed(records: Records, given: Mapping[str, Any], scheme: Scheme, lacking: list[Records]) -> dict[str, Any]:
    """The completed rules of a table; one that nothing tells the class of is added to ``lacking``."""
    from citygrid_plugin.core.census.component_mapping import NoClassColumn, component_mapping  # noqa: PLC0415

    try:
        return component_mapping(records.frame, given, scheme, records.title)[0]
    except NoClassColumn:
        lacking.append(records)
    any_class = {**given, fields.CLASS_CODE: {"value": "?"}}  # the other fields are guessed all the same
    found, _ = component_mapping(records.frame, any_class, scheme, records.title)
    return {target: rule for target, rule in found.items() if target not in CLASS_FIELDS}


def grouped(
    tables: Iterable[tuple[Source, Records]], before: Sequence[Group], scheme: Scheme, memory: Path
) -> list[Group]:
    """Tables with the same columns together, with the rules of ``before``, or those of the last such delivery.

    Tables that were mapped apart stay apart.
    """
    old = {(s.path, r.name, tuple(_columns(r))): group for group in before for s, r in group.tables}
    alike = {tuple(_columns(group.tables[0][1])): group for group in reversed(before)}
    groups: dict[tuple[Any, ...], Group] = {}
    for source, records in tables:
        columns = tuple(_columns(records))
        known = old.get((source.path, records.name, columns)) or alike.get(columns)
        key = (columns, id(known))
        if key not in groups:
            rules = known.lasting(scheme) if known else remembered(memory, columns, scheme)
            groups[key] = Group([], rules, known is not None and known.is_out)
        groups[key].tables.append((source, records))
    return [part for group in groups.values() for part in group.without_lacking(group.complete(scheme), scheme)]


def remembered(memory: Path, columns: Sequence[str], scheme: Scheme) -> dict[str, Any]:
    """The rules that were used for such tables before, if it was with this scheme, for columns as they are now."""
    from citygrid_plugin.core.census.component_mapping import TARGETS  # noqa: PLC0415

    before = recalled(memory, columns, TARGETS)
    return dict(before.rules) if before is not None and before.scheme == scheme.id else {}


def remember(memory: Path, groups: Iterable[Group], scheme: Scheme) -> None:
    """Keep the mappings for the next deliveries of these shapes; not a class that was entered for this one."""
    from citygrid_plugin.storage import mapping_files  # noqa: PLC0415

    with suppress(CityGridError):  # a memory is a help; the import is done
        for group in groups:
            if not group.is_out:
                saved = group.saved(scheme)
                rules = {t: rule for t, rule in saved.rules.items() if t not in CLASS_FIELDS or "value" not in rule}
                mapping_files.remember(memory, replace(saved, rules=rules), group.columns)


def without_class(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Rules that hold in every scheme."""
    return {target: rule for target, rule in rules.items() if target not in (*CLASS_FIELDS, "MajorCode")}


def documents(groups: Sequence[Group], sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Saved mappings: how each source is read, and how each table is mapped."""
    from citygrid_plugin.core.records.saved_mappings import SavedMapping  # noqa: PLC0415
    from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415

    reading = {
        source: SavedMapping(
            {}, file=source.path.name, encoding=source.encoding, crs=source.crs, xy=source.xy, datum=Datum(source.datum)
        )
        for source in sources
    }
    tables = [
        replace(reading[source], rules=group.asked, file=records.file, table=records.layer)
        for group in groups
        for source, records in group.tables
        if source in reading
    ]
    named = {(mapping.file, mapping.table) for mapping in tables}
    whole = [mapping for mapping in reading.values() if (mapping.file, "") not in named]
    return [mapping.as_dict() for mapping in (*whole, *tables)]


def clash(mappings: Iterable[Mapping[str, Any]]) -> str:
    """The name of a file that two different mappings are for: the algorithm could not tell them apart."""
    seen: dict[tuple[str, str], Mapping[str, Any]] = {}
    for mapping in mappings:
        key = mapping.get("file", ""), mapping.get("table", "")
        if seen.setdefault(key, mapping) != mapping:
            return str(key[0])
    return ""
