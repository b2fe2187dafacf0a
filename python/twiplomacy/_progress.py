"""Progress of long work: nothing, a bar, or what the caller likes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Progress: TypeAlias = "bool | None | Callable[[int, int], object]"
"""True for a bar, False for none, None for a bar where people can see it; or a function of the runs done and those expected."""

_PATIENCE = 1.0


class _Bar:
    """A bar that appears when work takes longer than a moment: that of tqdm where it is installed, else a line of text."""

    def __init__(self, what: str) -> None:
        self._what, self._begun, self._bar, self._shown = what, time.monotonic(), None, False

    def __call__(self, done: int, expected: int) -> None:
        if not self._shown and (time.monotonic() - self._begun < _PATIENCE or done >= expected):
            return
        if not self._shown:
            self._shown = True
            try:
                from tqdm.auto import tqdm
            except ImportError:
                pass
            else:
                self._bar = tqdm(total=expected, desc=self._what, unit="run", leave=False)
        if self._bar is not None:
            self._bar.total = expected
            self._bar.update(done - self._bar.n)
        else:
            print(f"\r{self._what}: {done:,} of {expected:,} runs", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._shown:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


def _is_watched() -> bool:
    """Whether somebody is likely to look: a terminal or a notebook."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    return "ipykernel" in sys.modules


@contextmanager
def told(progress: Progress, what: str) -> Iterator[Callable[[int, int], object] | None]:
    """The function that is told of progress, or None."""
    if callable(progress):
        yield progress
    elif progress or (progress is None and _is_watched()):
        bar = _Bar(what)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield None
