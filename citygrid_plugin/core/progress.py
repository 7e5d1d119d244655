"""How core functions tell how far they are, and learn that the user has cancelled."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]
"""Takes the finished share (0 to 1); raises ``errors.Cancelled`` when the user has cancelled."""


def silent(_share: float) -> None:
    """Progress of a caller who does not ask."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """Progress of a sub-step that fills ``start`` to ``end`` of the whole."""
    return lambda share: progress(start + (end - start) * share)
