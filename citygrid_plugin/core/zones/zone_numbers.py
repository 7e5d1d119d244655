"""The sequence numbers in the codes of responsibility grids, which are never given again (rule: ours)."""

from __future__ import annotations

from collections.abc import Iterable

from citygrid_plugin.core.codes import COMMUNITY_DIGITS, RESPONSIBILITY_TEMPLATE, SequenceOverflow


def number_of(code: str) -> int | None:
    """The sequence number in a code: what follows the community, where that is a number."""
    tail = code[COMMUNITY_DIGITS:]
    return int(tail) if tail.isascii() and tail.isdigit() else None


def highest_numbers(codes: Iterable[str]) -> dict[str, int]:
    """The highest sequence number of each community that codes name; 0 where none has a number."""
    highest: dict[str, int] = {}
    for code in codes:
        community = code[:COMMUNITY_DIGITS]
        highest[community] = max(highest.get(community, 0), number_of(code) or 0)
    return highest


def zone_name(community: str, code: str) -> str:
    """The name of a new zone: its community's name and the number in its code; of a code of others all of it."""
    number = number_of(code)
    return f"{community}{code if number is None else f'{number:02d}'}网格"


def overflow(community: str, number: int) -> SequenceOverflow:
    """What to raise where a community would need a number beyond the last one."""
    template = RESPONSIBILITY_TEMPLATE
    return SequenceOverflow(
        name=community,
        count=number,
        digits=template.sequence_digits,
        capacity=template.capacity,
        remedy="Numbers of responsibility grids are never given again: divide the community.",
    )
