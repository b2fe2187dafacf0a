"""Scenarios: loaded, looked at, changed, checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import _native
from ._errors import Problem, ScenarioError, UsageError
from ._table import Table
from ._values import Changes, settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Scenario:
    """What is simulated: a scenario file on a world, with what was changed in both.

    A scenario does not change; what changes it gives another one. Mistakes raise `ScenarioError`, which holds all of them with place, value,
    what is allowed and a hint.

    Args:
        source: Id of a bundled scenario, or a file.
        world: World to use instead of the bundled one: a file, or a folder of files.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018")
    >>> scenario.title
    'Canada and Saudi Arabia, August 2018'
    >>> small = scenario.set({"network.accounts": 20_000, "dispositions.response.base": -4})
    >>> small["network.accounts"], small.overrides
    (20000, {'network.accounts': '20000', 'dispositions.response.base': '-4'})
    """

    def __init__(self, source: str | Path, world: str | Path | None = None) -> None:
        if not isinstance(source, (str, Path)):
            raise TypeError(f"a scenario is named by a text or a path, not by `{type(source).__name__}`")
        self._native = _native.Loaded.open(str(source), world)

    @classmethod
    def from_text(cls, text: str, name: str = "scenario.toml") -> Scenario:
        """The scenario that `text` spells out, on the bundled world; `name` is how errors call it.

        >>> import twiplomacy as tw
        >>> tw.Scenario.from_text(tw.template("my-episode")).id
        'my-episode'
        """
        return cls._of(_native.Loaded.from_texts(name, text, None, [], None))

    @classmethod
    def _of(cls, native: _native.Loaded) -> Scenario:
        scenario = cls.__new__(cls)
        scenario._native = native
        return scenario

    def set(self, changes: Changes | str, value: Any = None) -> Scenario:
        """The same with values laid over it, as the option `--set` of the command line does it.

        Args:
            changes: Paths of scenario or world with their values; or one path, with `value`; or texts `PATH=VALUE`.
            value: The value, if `changes` is one path.

        >>> import twiplomacy as tw
        >>> tw.Scenario("canada-saudi-2018").set("network.accounts", 30_000)["network.accounts"]
        30000
        """
        if isinstance(changes, str) and (value is not None or "=" not in changes):
            changes = {changes: value}
        return self._of(self._native.changed(settings(changes), None))

    def arm(self, name: str) -> Scenario:
        """The same with one of its interventions applied.

        >>> import twiplomacy as tw
        >>> tw.Scenario("canada-saudi-2018").arm("private-channel").applied
        'private-channel'
        """
        return self._of(self._native.changed([], name))

    def full_size(self) -> Scenario:
        """The same with every account of the publics by itself, where else one stands for many."""
        return self.set("network.scale", "full")

    def __getitem__(self, path: str) -> Any:
        """The value at a path of scenario or world; quantities and times are texts.

        >>> import twiplomacy as tw
        >>> tw.Scenario("canada-saudi-2018")["network.accounts"]
        100000
        """
        text = self._native.value(path)
        if text is None:
            raise KeyError(path)
        return _plain(text)

    @property
    def id(self) -> str:
        """Its id."""
        return self._native.id

    @property
    def title(self) -> str:
        """Its title."""
        return self._native.title

    @property
    def applied(self) -> str | None:
        """The intervention that was applied."""
        return self._native.arm

    @property
    def interventions(self) -> dict[str, str]:
        """Ids of its interventions with their titles: the arms that `compare` knows."""
        return dict(self._native.interventions)

    @property
    def overrides(self) -> dict[str, str]:
        """Paths that were set, with their values as files write them."""
        return dict(self._native.overrides)

    @property
    def warnings(self) -> str:
        """What is odd about it but not wrong; empty if nothing is."""
        return self._native.warnings

    @property
    def text(self) -> str:
        """The scenario file as simulated."""
        return self._native.text

    @property
    def world_text(self) -> str:
        """The world as simulated."""
        return self._native.world_text

    def parameters(self) -> Table:
        """Every parameter that says what it rests on: path, value, range, basis, source, meaning."""
        return Table(self._native.parameters())

    def outcomes(self, seed: int = 1) -> Table:
        """What is measured in every run: outcome, unit, kind, description.

        >>> import twiplomacy as tw
        >>> table = tw.Scenario("canada-saudi-2018").set("network.accounts", 20_000).outcomes()
        >>> "message.arabic-tweet.answered" in table["outcome"]
        True
        """
        return Table(self._native.outcomes(seed))

    def describe(self, seed: int = 1) -> str:
        """What will be simulated, in Markdown, in the order of the ODD protocol."""
        return self._native.describe(seed)

    def validate(self, seed: int = 1) -> Scenario:
        """Checks what only shows when network and outcomes are built; gives the scenario back."""
        self._native.check(seed)
        return self

    def save(self, path: str | Path, world: str | Path | None = None) -> Path:
        """Writes the scenario file as simulated to `path` and, if asked for, the world; neither file may exist."""
        self._native.save(Path(path), None if world is None else Path(world))
        return Path(path)

    def _repr_markdown_(self) -> str:
        changes = "".join(f"\n- `{path} = {value}`" for path, value in self.overrides.items())
        return f"**{self.id}**: {self.title}{changes}"

    def __repr__(self) -> str:
        changed = f", {len(self.overrides)} changes" if self.overrides else ""
        return f"<Scenario {self.id!r}{changed}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, self._native.texts()


def _rebuilt(name: str, text: str, world: list[tuple[str, str]], set: list[str], arm: str | None) -> Scenario:
    return Scenario._of(_native.Loaded.from_texts(name, text, world, set, arm))


def _plain(text: str) -> Any:
    return tomllib.loads(f"value = {text}")["value"]


def scenario_of(scenario: Scenario | str | Path) -> Scenario:
    """A scenario, or the one of that name."""
    return scenario if isinstance(scenario, Scenario) else Scenario(scenario)


def scenarios() -> list[dict[str, Any]]:
    """The bundled scenarios: id, title, tier, start, horizon in days.

    >>> import twiplomacy as tw
    >>> "tariff-thread-2019" in [scenario["id"] for scenario in tw.scenarios()]
    True
    """
    keys = ("id", "title", "tier", "start", "horizon_days")
    return [dict(zip(keys, row)) for row in _native.bundled()]


def template(id: str = "my-scenario") -> str:
    """A commented scenario that runs as it is, to write one's own from."""
    return _native.template(id)


def validate(*sources: str | Path, world: str | Path | None = None) -> dict[str, list[Problem]]:
    """All problems of scenario files, without raising; a file without any has an empty list.

    >>> import twiplomacy as tw
    >>> tw.validate("canada-saudi-2018")
    {'canada-saudi-2018': []}
    """
    return {str(source): list(_problems(source, world)) for source in sources}


def _problems(source: str | Path, world: str | Path | None) -> Iterator[Problem]:
    try:
        Scenario(source, world).validate()
    except ScenarioError as error:
        yield from error.problems
    except UsageError as error:
        yield Problem(error.message, str(source), 1, 1, "", None, error.hint)
