"""Which values the fields of components have, for the wizard of the census."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citygrid_plugin.core import fields

if TYPE_CHECKING:
    from citygrid_plugin.core.schemes import Scheme


def our_values(target: str, scheme: Scheme) -> list[tuple[str, str]]:
    """The values that a field may have, each with the text that shows it."""
    from citygrid_plugin.core.census.component_words import SOURCES, STATES  # noqa: PLC0415
    from citygrid_plugin.core.schemes import COMPONENT  # noqa: PLC0415

    names = scheme.names(COMPONENT)
    if target == fields.CLASS_CODE:
        return [(f"{code} {name}", code) for code, name in names.items()]
    if target == fields.CLASS_NAME:
        return [(f"{code} {name}", name) for code, name in names.items()]
    return [(value, value) for value in (STATES if target == fields.OBJ_STATE else SOURCES)]
