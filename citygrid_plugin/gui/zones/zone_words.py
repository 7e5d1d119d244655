"""What a step does to responsibility grids, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from citygrid_plugin.i18n import tr

from .zone_table import number, share

if TYPE_CHECKING:
    from citygrid_plugin.core.zones.zone_plan import Effect

    from .zone_layer import ZoneLayer

_LINES: Final = 4  # zones that a description names


def describe(zones: ZoneLayer, mean: float, effects: Sequence[Effect]) -> str:
    """What a step does to zones, a line each; where nothing changes, what they are. ``mean`` workload; 0 for none."""
    lines = [_line(zones, mean, effect) for effect in effects[:_LINES]]
    if len(effects) > _LINES:
        lines.append(tr("… and {count} more").format(count=len(effects) - _LINES))
    return "\n".join(lines)


def _line(zones: ZoneLayer, mean: float, effect: Effect) -> str:
    before, after = effect.before, effect.after
    name = zones.name_of(effect.code)
    title = f"{name} ({effect.code[-3:]})" if name else effect.code
    deviation = share(after.workload / mean - 1) if mean else ""
    if before == after:
        text = tr("{zone}: {cells} unit grids, workload {workload} ({share})").format(
            zone=title, cells=number(after.cells), workload=number(after.workload), share=deviation
        )
    else:
        text = tr("{zone}: {before} → {cells} unit grids, workload {old} → {workload} ({share})").format(
            zone=title,
            before=number(before.cells),
            cells=number(after.cells),
            old=number(before.workload),
            workload=number(after.workload),
            share=deviation,
        )
    if after.parts > 1:
        parts = tr("falls apart into {count} parts") if effect.breaks else tr("in {count} parts")
        text += " – " + parts.format(count=after.parts)
    return text
