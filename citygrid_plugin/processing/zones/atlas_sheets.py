"""What stands on the pages of an atlas of responsibility grids: overviews, index, and a page a zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.zones import atlas as rules
from citygrid_plugin.core.zones.atlas import Contents, Rect, Sheet
from citygrid_plugin.core.zones.responsibility_list import (
    COMMUNITY_OWNER,
    COMMUNITY_PHONE,
    COMPONENTS,
    ENDED,
    NO_OWNER,
    STREET_OWNER,
    STREET_PHONE,
    by_street,
)
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.days import dashed

from . import atlas_map as maps
from .atlas_layers import DIVISIONS, Layers, Numbers
from .atlas_map import View
from .atlas_matter import Matter, Wishes
from .atlas_page import (
    GREY,
    INK,
    WARNING,
    Column,
    Pages,
    row_height,
)

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer

    from citygrid_plugin.core.spatial.coverage import Indices

    from .atlas_layers import Extent

_HECTARE, _LARGE = 10_000, 1_000_000  # m²; what is larger is told in km²
_LEAST_NUMBER = 6.0  # points; smaller numbers are not read, so each street gets an overview of its own
_FAINT = 90  # of 255: alpha of bands in the legend


@dataclass
class Atlas:
    """Draws the pages one after the other. ``misfits``: the codes of zones that the wished scale does not hold."""

    matter: Matter
    wishes: Wishes
    maps: maps.MapMaker
    misfits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        matter = self.matter
        self._table, self._drawn = matter.table, matter.drawn
        self._unit = rules.sheet(self.wishes.paper, landscape=True).unit
        self._overviews = self._plan_overviews()
        self._index_sheet = rules.sheet(self.wishes.paper, landscape=self.wishes.landscape is not False)
        listed = np.flatnonzero(matter.wanted)
        rows = max(int(_table_room(self._index_sheet).height / row_height(self._unit)) - 2, 1)
        self._index = [listed[start : start + rows] for start in range(0, len(listed), rows)] or [listed]
        self.contents = Contents(len(self._overviews), len(self._index), len(self._drawn))
        self._page = np.zeros(len(self._table), dtype=np.intp)  # 0: no page
        self._page[self._drawn] = [self.contents.page_of(place) for place in range(len(self._drawn))]
        self._layers = Layers(self.maps, matter, self._unit)

    def draw(self, pages: Pages) -> Iterator[None]:
        """Draw all pages; yields after each."""
        for overview in self._overviews:
            self._draw_overview(pages, overview)
            yield
        for rows in self._index:
            self._draw_index(pages, rows)
            yield
        for zone in self._drawn:
            self._draw_zone(pages, int(zone))
            yield

    # Frame

    def _begin(self, pages: Pages, sheet: Sheet, title: str, subtitle: str, right: str, below: str) -> None:
        """Open a page with its header and footer."""
        pages.begin(sheet, self.wishes.paper)
        unit, head, foot = sheet.unit, sheet.header, sheet.footer
        wide = head.width * 0.66
        pages.title(Rect(head.x, head.y, wide, 8.6 * unit), title, 17 * unit)
        pages.text(Rect(head.x, head.y + 8.8 * unit, wide, 4.6 * unit), subtitle, 9.5 * unit, color=GREY)
        side = Rect(head.x + wide, head.y, head.width - wide, 8.6 * unit)
        pages.text(side, right, 12 * unit, bold=True, right=True)
        place = Rect(side.x, head.y + 8.8 * unit, side.width, 4.6 * unit)
        pages.text(place, below, 9.5 * unit, color=GREY, right=True)
        pages.line((head.x, head.bottom), (head.right, head.bottom), 0.5, INK)
        third = foot.width / 3
        pages.text(Rect(foot.x, foot.y, third * 1.5, foot.height), self.matter.crs_title, 7 * unit, color=GREY)
        date = tr("Date: {date}").format(date=dashed(self.matter.day))
        pages.text(Rect(foot.x + 1.5 * third, foot.y, third * 0.8, foot.height), date, 7 * unit, color=GREY)
        number = tr("Page {page} of {pages}").format(page=pages.count, pages=self.contents.pages)
        pages.text(Rect(foot.right - third * 0.7, foot.y, third * 0.7, foot.height), number, 8 * unit, right=True)

    def _draw_map(self, pages: Pages, sheet: Sheet, box: Extent, layers: Sequence[QgsMapLayer], scale: int) -> None:
        """A map with scale bar and arrow."""
        unit, room = sheet.unit, sheet.map
        bar = rules.scale_bar(scale, min(0.36 * room.width, 62 * unit))
        bar_place = Rect(room.x + 1.5, room.bottom - 12.6 * unit - 1.5, bar.length + 16 * unit, 12.6 * unit)
        arrow_place = Rect(room.right - 9 * unit - 1.5, room.y + 1.5, 9 * unit, 14 * unit)
        self.maps.draw(pages, View(room, box, layers, (bar_place, arrow_place)))
        pages.scale_bar(bar_place, bar, f"1:{scale}", unit)
        pages.north_arrow(arrow_place, tr("N"), unit)

    # Overviews

    def _plan_overviews(self) -> list[_Overview]:
        """One of all, and where its numbers would be too small, one of each street."""
        whole = self._overview(self._drawn, "", numbered=True)
        groups = by_street(self._table.iloc[self._drawn].assign(Zone=self._drawn))
        if whole.number_size >= _LEAST_NUMBER or len(groups) == 1:
            return [whole]
        streets = [
            self._overview(rows["Zone"].to_numpy(), name or tr("Without a street"), numbered=True)
            for name, rows in groups
        ]
        return [self._overview(self._drawn, "", numbered=False), *streets]

    def _overview(self, zones: Indices, street: str, *, numbered: bool) -> _Overview:
        bounds = shapely.total_bounds(self.matter.outline[zones])
        size = bounds[2] - bounds[0], bounds[3] - bounds[1]
        sheet = self._sheet(*size)
        scale = rules.fitting_scale(*size, sheet.map)
        number_size = rules.number_size(self.matter.outline[zones], scale)
        return _Overview(zones, street, sheet, bounds, scale, number_size, numbered)

    def _sheet(self, width: float, height: float) -> Sheet:
        lying = self.wishes.landscape
        if lying is None:
            lying = rules.lies(width, height, self.wishes.paper)
        return rules.sheet(self.wishes.paper, landscape=lying)

    def _draw_overview(self, pages: Pages, overview: _Overview) -> None:
        sheet, rows = overview.sheet, self._table.iloc[overview.zones]
        title = overview.street or tr("Overview of the responsibility grids")
        subtitle = tr("{count} responsibility grids; the numbers are those of their pages")
        if not overview.numbered:
            subtitle = tr("{count} responsibility grids; their numbers stand on the overviews of the streets")
        right = tr("Map of the responsibility grids")
        self._begin(pages, sheet, title, subtitle.format(count=len(rows)), right, self._streets_named(rows))
        box = rules.extent(_middle(overview.bounds), sheet.map, overview.scale)
        numbers = Numbers(self._page, overview.number_size, overview.numbered, bool(overview.street))
        layers = self._layers.overview(overview.zones, box, numbers)
        self._draw_map(pages, sheet, box, layers, overview.scale)
        self._overview_panel(pages, overview, rows)

    def _streets_named(self, rows: pd.DataFrame) -> str:
        names = [name for name in rows[fields.STREET_NAME].unique() if name]
        return names[0] if len(names) == 1 else tr("{count} streets").format(count=len(names)) if names else ""

    def _overview_panel(self, pages: Pages, overview: _Overview, rows: pd.DataFrame) -> None:
        sheet, unit = overview.sheet, overview.sheet.unit
        panel = sheet.panel
        left, middle, right = _columns(sheet)
        y = pages.heading(left, tr("Summary"), unit)
        y = pages.facts(_below(left, y), self._sums(rows), unit)
        box = (
            Rect(middle.x, panel.y, right.right - middle.x, panel.height)
            if sheet.below
            else _below(panel, y + 3 * unit)
        )
        y = pages.heading(box, tr("Streets") if not overview.street else tr("Communities"), unit)
        box = _below(box, y)
        lines = self._parts(overview)
        room = int(box.height / row_height(unit)) - 1
        if len(lines) > room:
            more = tr("… and {count} more; see the index").format(count=len(lines) - room + 1)
            lines = [*lines[: room - 1], (more, "", "", "")]
        columns = [
            Column("", 4), Column(tr("Grids"), 1.5, right=True), Column(tr("No owner"), 2, right=True),
            Column(tr("Pages"), 2.5, right=True),
        ]  # fmt: skip
        pages.table(box, columns, lines, unit)

    def _sums(self, rows: pd.DataFrame) -> list[tuple[str, str]]:
        """Names and values of the sums of some zones, as far as they are known."""
        found = [(tr("Responsibility grids"), f"{len(rows):,}"), (tr("Area"), _area(rows[fields.AREA].sum()))]
        for name, title in ((fields.CELLS, tr("Unit grids")), (COMPONENTS, tr("Components"))):
            if rows[name].notna().any():
                found.append((title, f"{rows[name].sum():,.0f}"))
        found.append((tr("Without an owner"), f"{int(rows[NO_OWNER].sum()):,}"))
        return found

    def _parts(self, overview: _Overview) -> list[tuple[str, str, str, str]]:
        """Rows of streets, or of the communities of one: name, zones, zones without owner, pages."""
        rows = self._table.iloc[overview.zones].assign(Page=self._page[overview.zones])
        key, name = DIVISIONS[bool(overview.street)]
        result = []
        for _, group in rows.groupby(rows[key].where(rows[key] != "", rows[name]).to_numpy(), sort=False):
            first, last = int(group["Page"].min()), int(group["Page"].max())
            title = str(group[name].iloc[0] or group[key].iloc[0]) or "–"
            span = str(first) if first == last else f"{first}–{last}"
            result.append((title, f"{len(group):,}", f"{int(group[NO_OWNER].sum()):,}", span))
        return result

    # Index

    def _draw_index(self, pages: Pages, rows: Indices) -> None:
        sheet, unit = self._index_sheet, self._unit
        count = int(self.matter.wanted.sum())
        subtitle = tr("{count} responsibility grids").format(count=count)
        self._begin(pages, sheet, tr("Index of the responsibility grids"), subtitle, "", "")
        titles = {
            tr("Page"): 1.1, tr("Code"): 3.4, tr("Responsibility grid"): 4.4, tr("Street"): 2.8, tr("Community"): 3.0,
            tr("Owner"): 3.0, tr("Phone"): 3.0, tr("Area (ha)"): 2.4,
        }  # fmt: skip
        table = self._table.iloc[rows]
        counted = bool(table[COMPONENTS].notna().any())
        if counted:
            titles[tr("Components")] = 2.0
        numbers = (tr("Page"), tr("Area (ha)"), tr("Components"))
        columns = [Column(title, share, right=title in numbers) for title, share in titles.items()]
        lines = [
            [
                str(page) if page else "–", row.RGID, row.RGName, row.StrName, row.CommName,
                row.Owner or tr("No owner"), row.Phone, _hectares(row.Area), *([_count(row.Components)] * counted),
            ]
            for page, row in zip(self._page[rows], table.itertuples(), strict=True)
        ]  # fmt: skip
        colors = [WARNING if absent else INK for absent in table[NO_OWNER]]
        pages.table(_table_room(sheet), columns, lines, unit, color=colors)

    # Zones

    def _draw_zone(self, pages: Pages, zone: int) -> None:
        row = self._table.iloc[zone]
        west, south, east, north = shapely.bounds(self.matter.outline[zone])
        size = east - west, north - south
        sheet = self._sheet(*size)
        scale = self.wishes.scale
        if not scale or not rules.fits(*size, sheet.map, scale):
            if scale:
                self.misfits.append(row[fields.RGID] or row[fields.RG_NAME] or str(self._page[zone]))
            scale = rules.fitting_scale(*size, sheet.map)
        title = row[fields.RG_NAME] or row[fields.RGID] or "–"
        place = "  ".join(name for name in (row[fields.STREET_NAME], row[fields.COMMUNITY_NAME]) if name)
        self._begin(pages, sheet, title, place, row[fields.RGID], tr("Responsibility grid map"))
        box = rules.extent(((west + east) / 2, (south + north) / 2), sheet.map, scale)
        counts = self.matter.counts_of(zone)
        shown = self._shown_classes(pages, sheet, counts, row)
        layers = self._layers.zone(zone, box, scale / 1000, set(shown["Key"]))
        self._draw_map(pages, sheet, box, layers, scale)
        self._zone_panel(pages, sheet, row, counts, shown)

    def _facts(self, row: pd.Series) -> list[tuple[str, str]]:
        facts = [
            (tr("Street"), row[fields.STREET_NAME] or "–"),
            (tr("Community"), row[fields.COMMUNITY_NAME] or "–"),
            (tr("Code"), row[fields.RGID] or "–"),
            (tr("Area"), _area(row[fields.AREA])),
        ]
        for name, title in ((fields.CELLS, tr("Unit grids")), (COMPONENTS, tr("Components"))):
            if pd.notna(row[name]):
                facts.append((title, _count(row[name])))
        if pd.notna(row[fields.WORKLOAD]):
            facts.append((tr("Workload"), f"{row[fields.WORKLOAD]:,.2f}".rstrip("0").rstrip(".")))
        return facts

    def _people(self, row: pd.Series) -> list[tuple[str, str]]:
        people = [(tr("Post"), row[fields.POST]), (tr("Phone"), row[fields.PHONE]), (tr("Term"), _period(row))]
        for title, name, phone in (
            (tr("Community owner"), COMMUNITY_OWNER, COMMUNITY_PHONE),
            (tr("Street owner"), STREET_OWNER, STREET_PHONE),
        ):
            people.append((title, "  ".join(part for part in (row[name], row[phone]) if part)))
        return [(title, value) for title, value in people if value]

    def _zone_panel(
        self, pages: Pages, sheet: Sheet, row: pd.Series, counts: pd.DataFrame, shown: pd.DataFrame
    ) -> None:
        unit = sheet.unit
        left, middle, right = _columns(sheet)
        y = pages.heading(left, tr("Responsibility grid"), unit)
        y = pages.facts(_below(left, y), self._facts(row), unit)
        y = self._owner(pages, middle if sheet.below else _below(left, y + 2.5 * unit), row, unit)
        if self.matter.around.components is not None:
            box = right if sheet.below else _below(right, y + 2.5 * unit)
            self._component_table(pages, box, counts, shown, unit)
        self._legend(pages, left, unit)

    def _owner(self, pages: Pages, box: Rect, row: pd.Series, unit: float) -> float:
        """Who answers for a zone; returns where what follows begins."""
        y = pages.heading(box, tr("Owner"), unit)
        name, note = row[fields.OWNER] or tr("No owner"), tr("The period is over or has not begun")
        color = WARNING if row[NO_OWNER] else INK
        pages.title(Rect(box.x, y, box.width, 6 * unit), name, 12 * unit, color=color)
        y += 6.4 * unit
        if row[ENDED]:
            pages.text(Rect(box.x, y, box.width, 4.4 * unit), note, 7.5 * unit, color=WARNING)
            y += 4.5 * unit
        return pages.facts(_below(box, y), self._people(row), unit)

    def _shown_classes(self, pages: Pages, sheet: Sheet, counts: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
        """The classes that a page lists by name: as many as are wished and have room; the rest are the others."""
        unit = sheet.unit
        room = sheet.panel.height - 6 * unit
        if not sheet.below:
            facts = pages.facts_height([*self._facts(row), *self._people(row)], sheet.panel.width, unit)
            room -= facts + (4.5 * int(row[ENDED]) + 2 * 6 + 6.4 + 2 * 2.5) * unit + self._legend_height(unit)
        most = min(self.wishes.classes, int(room / row_height(unit)) - 2)  # without the titles and the sum
        return counts if len(counts) <= most else counts.iloc[: max(most - 1, 0)]

    def _component_table(self, pages: Pages, box: Rect, counts: pd.DataFrame, shown: pd.DataFrame, unit: float) -> None:
        y = pages.heading(box, tr("Components"), unit)
        looks = [self.matter.look_of(key) for key in shown["Key"]]
        lines = [
            ("", f"{code} {name}".strip() or tr("Without a class"), f"{count:,}")
            for code, name, count in zip(
                shown[fields.CLASS_CODE], shown[fields.CLASS_NAME], shown["Count"], strict=True
            )
        ]
        rest = counts.iloc[len(shown) :]
        if len(rest):
            others = tr("Others ({count} classes)").format(count=len(rest))
            lines.append(("", others, f"{rest['Count'].sum():,}"))
            looks.append(maps.OTHER_LOOK)
        lines.append(("", tr("Total"), f"{counts['Count'].sum():,}"))

        def symbol(number: int, cell: Rect) -> None:
            if number < len(looks):
                maps.draw_look(pages, looks[number], cell.x + cell.width / 2, cell.y + cell.height / 2)

        columns = [Column("", 1), Column(tr("Class"), 7), Column(tr("Number"), 2.2, right=True)]
        pages.table(_below(box, y), columns, lines, unit, first=symbol, bold=[len(lines) - 1])

    # Legend

    def _legend_lines(self) -> list[tuple[str, str, float, bool]]:
        """(title, colour, width, faint) of the limits that the maps show."""
        around = self.matter.around
        lines = [
            (tr("This grid"), maps.ZONE, 0.8, False),
            (tr("Neighbours"), maps.NEIGHBOUR, 0.3, False),
        ]
        if around.grid is not None:
            lines.append((tr("Unit grids"), maps.CELL, 0.25, False))
        if around.communities is not None:
            lines.append((tr("Communities"), maps.COMMUNITY, maps.COMMUNITY_BAND, True))
        if around.streets is not None:
            lines.append((tr("Streets"), maps.STREET, maps.STREET_BAND, True))
        return lines

    def _legend_height(self, unit: float) -> float:
        return (6 + 4.4 * ((len(self._legend_lines()) + 1) // 2) + 2.5) * unit

    def _legend(self, pages: Pages, panel: Rect, unit: float) -> None:
        height = self._legend_height(unit)
        box = Rect(panel.x, panel.bottom - height + 2.5 * unit, panel.width, height)
        y = pages.heading(box, tr("Limits"), unit)
        half = panel.width / 2
        for number, (title, color, width, faint) in enumerate(self._legend_lines()):
            x, middle = panel.x + half * (number % 2), y + (number // 2 + 0.5) * 4.4 * unit
            ink = f"#{_FAINT:02x}{color[1:]}" if faint else color
            pages.line((x + 0.5, middle), (x + 8 * unit, middle), width, ink)
            pages.text(Rect(x + 9.5 * unit, middle - 2.2 * unit, half - 10 * unit, 4.4 * unit), title, 7.5 * unit)


@dataclass(frozen=True)
class _Overview:
    """A map of many zones: all, or those of a street."""

    zones: Indices
    street: str
    sheet: Sheet
    bounds: np.ndarray
    scale: int
    number_size: float
    numbered: bool


def _middle(bounds: np.ndarray) -> tuple[float, float]:
    return float(bounds[0] + bounds[2]) / 2, float(bounds[1] + bounds[3]) / 2


def _columns(sheet: Sheet) -> tuple[Rect, Rect, Rect]:
    """The three columns of a panel below the map; beside the map each is the panel."""
    panel = sheet.panel
    if not sheet.below:
        return panel, panel, panel
    gap = 5 * sheet.unit
    width = (panel.width - 2 * gap) / 3
    lefts = (panel.x + number * (width + gap) for number in range(3))
    first, second, third = (Rect(left, panel.y, width, panel.height) for left in lefts)
    return first, second, third


def _below(box: Rect, y: float) -> Rect:
    """What is left of a box from a height on."""
    return Rect(box.x, y, box.width, box.bottom - y)


def _table_room(sheet: Sheet) -> Rect:
    """The room of a table that has the page for itself."""
    return Rect(sheet.header.x, sheet.map.y, sheet.header.width, sheet.footer.y - sheet.map.y - 1)


def _area(metres: float) -> str:
    """An area in square metres and hectares, a large one in square kilometres."""
    if pd.isna(metres):
        return "–"
    if metres >= _LARGE:
        return tr("{kilometres} km²").format(kilometres=f"{metres / 1e6:,.2f}")
    return tr("{metres} m² ({hectares} ha)").format(metres=f"{metres:,.0f}", hectares=_hectares(metres))


def _hectares(metres: float) -> str:
    return "–" if pd.isna(metres) else f"{metres / _HECTARE:,.2f}"


def _count(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:,.0f}"


def _period(row: pd.Series) -> str:
    begin, end = row[fields.FROM_DATE], row[fields.TO_DATE]
    return f"{begin or '…'} – {end or '…'}" if begin or end else ""
