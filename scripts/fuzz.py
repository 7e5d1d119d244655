"""Feeds broken and malicious deliveries to the readers and the census; each in a process that may be ended."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import hostile_packages  # noqa: F401 - fills the list of makers
import hostile_tables  # noqa: F401
from fuzz_inputs import make_case

SEED, COUNT = 1, 10_000
TIMEOUT = 30.0  # seconds an input may take; sound ones take hundredths
_LOADING = 60.0  # seconds more for the first one of a process, which loads the libraries
_MEMORY = 2_500_000_000  # bytes that one input may ask for on top of what the libraries have
_LARGEST_FILE = 700_000_000
ACCEPTABLE = ("records", "nothing taken", "refused")


@dataclass(frozen=True)
class Outcome:
    """What became of one input: one of ``ACCEPTABLE``, or what went wrong, in a word and in full."""

    number: int
    kind: str
    outcome: str
    text: str = ""


def outcomes(numbers: Iterable[int], seed: int = SEED, workers: int = 2) -> Iterator[Outcome]:
    """Check the inputs of these numbers; in the order in which they end."""
    waiting = iter(numbers)
    running = {worker.pipe: worker for worker in (_Worker(seed) for _ in range(workers))}
    try:
        for pipe in list(running):
            if not running[pipe].give(next(waiting, None)):
                running.pop(pipe).end()
        while running:
            wait(list(running), timeout=1)
            for pipe in list(running):
                worker = running[pipe]
                outcome = worker.outcome()
                if outcome is None:
                    continue
                yield outcome
                if not worker.alive:
                    del running[pipe]
                    worker.end()
                    worker = _Worker(seed)
                    running[worker.pipe] = worker
                if not worker.give(next(waiting, None)):
                    running.pop(worker.pipe).end()
    finally:
        for worker in running.values():
            worker.end()


class _Worker:
    """A process that checks one input after the other."""

    def __init__(self, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, seed), daemon=True)
        self._process.start()
        theirs.close()
        self._number, self._until = -1, 0.0
        self._started = False
        self.alive = True

    def give(self, number: int | None) -> bool:
        """Start an input; false where there is none left."""
        if number is None:
            return False
        self._number = number
        self._until = time.monotonic() + TIMEOUT + (0 if self._started else _LOADING)
        self.pipe.send(number)
        return True

    def outcome(self) -> Outcome | None:
        """What became of the input; None while it is under way."""
        if self.pipe.poll():
            try:
                kind, outcome, text = self.pipe.recv()
            except (EOFError, ConnectionResetError):
                self._process.join()
                self.alive = False
                return Outcome(self._number, "?", "died", f"the process ended with {self._process.exitcode}")
            self._started = True
            return Outcome(self._number, kind, outcome, text)
        if time.monotonic() > self._until:
            self.alive = False
            return Outcome(self._number, "?", "hung", f"not done after {TIMEOUT:.0f} s")
        return None

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _work(pipe: Connection, seed: int) -> None:
    """Check the inputs whose numbers come; answer kind, outcome and text of each."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # GDAL tells all that it meets
    from fuzz_check import Checker, Wrong  # noqa: PLC0415 - loads the libraries, which the parent does not need

    with tempfile.TemporaryDirectory(prefix="citygrid-fuzz-") as folder:
        checker = Checker(Path(folder))
        make_case(seed, 0)
        _limit_memory()
        with contextlib.suppress(EOFError):
            while True:
                case = make_case(seed, pipe.recv())
                try:
                    pipe.send((case.kind, checker.check(case), ""))
                except Wrong as wrong:
                    pipe.send((case.kind, wrong.kind, wrong.text))
                except Exception:  # noqa: BLE001 - that is what is looked for
                    pipe.send((case.kind, "traceback", traceback.format_exc()))


def _limit_memory() -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, used + _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))


def _keep(outcome: Outcome, seed: int, folder: Path) -> None:
    """Lay out the input of an outcome, with what went wrong."""
    from fuzz_check import lay_out  # noqa: PLC0415 - loads the libraries

    place = folder / f"{seed}-{outcome.number}-{outcome.outcome.replace(' ', '-')}"
    place.mkdir(parents=True, exist_ok=True)
    case = make_case(seed, outcome.number)
    lay_out(case, place)
    (place / "outcome.txt").write_text(
        f"{case.kind}\n{case.mapping}\n{outcome.text}\n", encoding="utf-8", errors="replace"
    )


def _signature(outcome: Outcome) -> str:
    """What two outcomes with the same cause share."""
    lines = [line.strip() for line in outcome.text.splitlines() if line.strip()]
    places = [line for line in lines if "citygrid_plugin" in line]
    said = lines[-1][:200] if lines and outcome.outcome == "traceback" else ""
    return f"{outcome.outcome}: {places[-1] if places else ''} {said}"


def main() -> int:
    """Run as many inputs as the command line says; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help=f"number of inputs (default {COUNT:,})")
    parser.add_argument("--seed", type=int, default=SEED, help="what the inputs are made from (default 1)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that were not met as they should be")
    options = parser.parse_args()
    start, counts, kinds, wrong = time.monotonic(), Counter(), Counter(), Counter()
    for outcome in outcomes(range(options.first, options.first + options.count), options.seed, options.workers):
        counts[outcome.outcome] += 1
        kinds[outcome.kind.partition("/")[0]] += 1
        if outcome.outcome not in ACCEPTABLE:
            signature = _signature(outcome)
            wrong[signature] += 1
            if wrong[signature] == 1:
                print(f"Input {outcome.number} ({outcome.kind}): {signature}\n{outcome.text}", flush=True)
                if options.keep:
                    _keep(outcome, options.seed, options.keep)
    print(f"Inputs: {counts.total():,} in {time.monotonic() - start:.0f} s, seed {options.seed}")
    for title, table in (("What became of them", counts), ("Kinds", kinds), ("Wrong", wrong)):
        if table:
            print(f"{title}:")
            print("\n".join(f"  {count:7,}  {name}" for name, count in table.most_common()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
