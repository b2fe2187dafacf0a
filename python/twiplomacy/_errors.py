"""What can go wrong. The texts are those of the command line; what they are made of can be read one by one."""

from __future__ import annotations

from dataclasses import dataclass

from ._native import RunError, ScenarioError, UsageError

__all__ = ["Problem", "RunError", "ScenarioError", "TooSlowWarning", "UsageError"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a text.

    >>> import twiplomacy as tw
    >>> try:
    ...     tw.Scenario("canada-saudi-2018").set({"network.acounts": 20_000})
    ... except tw.ScenarioError as error:
    ...     problem = error.problems[0]
    >>> problem.hint
    'did you mean `accounts`?'
    """

    message: str
    """What is wrong."""
    source: str
    """The text: a file, or `--set` for a value laid over a scenario."""
    line: int
    """Line in it, from 1."""
    column: int
    """Column in the line, from 1, in characters."""
    path: str
    """Path of the key, such as `network.accounts`; empty for the whole text."""
    allowed: str | None
    """What would be right."""
    hint: str | None
    """What to do."""

    @property
    def place(self) -> str:
        """Source, line and column."""
        return f"{self.source}:{self.line}:{self.column}"


class TooSlowWarning(UserWarning):
    """A function of Python is asked about every decision or act: runs take longer, and threads wait for each other."""
