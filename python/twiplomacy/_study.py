"""Runs, comparisons, sweeps, back-tests and replays."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

from . import _native
from ._errors import TooSlowWarning
from ._plot import Plot
from ._progress import Progress, told
from ._scenario import Scenario, scenario_of, scenarios
from ._table import Table
from ._values import Changes, arms as arm_options, settings, varied

ScenarioLike: TypeAlias = "Scenario | str | Path"
TableFormat: TypeAlias = Literal["parquet", "csv", "both"]
Design: TypeAlias = Literal["grid", "latin-hypercube", "sobol"]
Vary: TypeAlias = "Mapping[str, Any] | Iterable[str]"

OnDecision: TypeAlias = "Callable[[_native.Decision], str | int | _native.Decision | None]"
OnAct: TypeAlias = "Callable[[_native.Act], _native.Act | bool | None]"

_FOLDER = "twiplomacy-"


def run(
    scenario: ScenarioLike,
    runs: int | None = None,
    *,
    seed: int = 1,
    threads: int | None = None,
    precision: Mapping[str, Any] | Iterable[str] = (),
    max_runs: int | None = None,
    progress: Progress = None,
    on_decision: OnDecision | None = None,
    on_act: OnAct | None = None,
) -> RunResult:
    """Simulates a scenario many times.

    The interpreter's lock is released meanwhile; Ctrl-C (or "interrupt" in a notebook) stops between two runs.

    Args:
        scenario: The scenario, or its name.
        runs: Number of runs, 2000 if nothing is said.
        seed: Seed of the network and of all runs.
        threads: Threads; all cores if None. Results do not depend on them.
        precision: Outcomes with half the width that their 95 % intervals may have, such as `{"message.arabic-tweet.answered": "1 %"}`; runs
            until all are as narrow, instead of a number of runs.
        max_runs: Runs at the most with a precision.
        progress: True for a bar, False for none, or a function of the runs done and those expected.
        on_decision: A rule of your own: asked about every decision of a government on a message, before it is taken. It answers the id or
            the position of another rung, or None to let it be. Slow: see `docs/python.md`.
        on_act: The same for every act before it is taken: False for no act, `act.replace(instrument=…)` for another one, None to let it be.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> result = tw.run(scenario, runs=40, seed=3, progress=False)
    >>> result.summary["outcome"][0], len(result.acts) > 0
    ('message.arabic-tweet.posted', True)
    """
    if on_decision is not None or on_act is not None:
        warnings.warn(
            "a function of Python is asked in every run: expect it to take most of the time, on one thread at a time; "
            "as a mechanism in Rust it would cost next to nothing",
            TooSlowWarning,
            stacklevel=2,
        )
    with told(progress, "runs") as tell:
        native = _native.run(
            scenario_of(scenario)._native,
            runs,
            _precision(precision),
            max_runs,
            seed,
            threads,
            tell,
            on_decision,
            on_act,
        )
    if native.n_incomplete:
        warnings.warn(
            f"{native.n_incomplete} of {native.n_runs} runs used up their events and are incomplete: column `stop` names them",
            RuntimeWarning,
            stacklevel=2,
        )
    if native.missed is not None:
        warnings.warn(native.missed, RuntimeWarning, stacklevel=2)
    return RunResult(native)


def _precision(precision: Mapping[str, Any] | Iterable[str]) -> list[str]:
    if isinstance(precision, Mapping):
        return [f"{outcome}={width}" for outcome, width in precision.items()]
    return settings(precision)


class RunResult:
    """The runs of one scenario. A notebook shows the table of outcomes."""

    def __init__(self, native: _native.Runs) -> None:
        self._native = native

    @property
    def scenario(self) -> str:
        """Id of the scenario."""
        return self._native.scenario

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return self._native.n_runs

    @property
    def seed(self) -> int:
        """Seed of the network and of all runs."""
        return self._native.seed

    @property
    def wall_seconds(self) -> float:
        """How long the runs took."""
        return self._native.wall_seconds

    @property
    def precision(self) -> list[str]:
        """How many runs it took to be as precise as was asked for."""
        return self._native.precision

    @cached_property
    def runs(self) -> Table:
        """One row a run, one column an outcome."""
        return Table(self._native.runs())

    @cached_property
    def acts(self) -> Table:
        """One row a diplomatic act: run, time, actor, target, code, instrument, weight, rung, cause."""
        return Table(self._native.acts())

    @cached_property
    def series(self) -> Table:
        """One row a series and time bin, with quantiles over the runs."""
        return Table(self._native.series())

    @cached_property
    def summary(self) -> Table:
        """One row an outcome: mean or probability with its 95 % interval, quantiles, what history recorded and its place among the runs."""
        return Table(self._native.summary())

    def to_dict(self) -> dict[str, Any]:
        """The content of `summary.json`."""
        found: dict[str, Any] = json.loads(self._native.summary_json())
        return found

    @property
    def plots(self) -> list[str]:
        """Names of the plots for which there is data."""
        return self._native.plot_names()

    def plot(self, name: str = "ladder") -> Plot:
        """A plot of the bundle, which a notebook shows inline: `ladder`, `reach`, `cascade`, `tension`, `prices` and more.

        >>> import twiplomacy as tw
        >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
        >>> tw.run(scenario, runs=20, progress=False).plot("reach")
        <Plot 'reach'>
        """
        found = self._native.plot(name)
        if found is None:
            raise KeyError(f"{name} (there are: {', '.join(self.plots)})")
        return Plot(*found)

    def replay(self, run: int) -> Replay:
        """One run again, with all that happened in it and because of what."""
        return Replay(*self._native.replay(run))

    def page(self, films: int = 12) -> bytes:
        """The self-contained HTML page, with so many runs to be watched."""
        return bytes(self._native.page(films))

    def write(
        self, out: str | Path | None = None, *, overwrite: bool = False, tables: TableFormat = "parquet"
    ) -> Path:
        """Writes the bundle: the same bytes as `twiplomacy run` writes, in all files but the manifest.

        Args:
            out: Folder; the first free one of `out/ID`, `out/ID-2` … if None.
            overwrite: Replace the bundle in the folder if there is one.
            tables: File format of the tables.
        """
        return Path(self._native.write(_path(out), overwrite, tables))

    def _repr_html_(self) -> str:
        return _preformatted(self._native.text())

    def __str__(self) -> str:
        return self._native.text()

    def __repr__(self) -> str:
        return f"<RunResult of {self.n_runs} runs of {self.scenario!r}, seed {self.seed}>"


class Replay:
    """One run told as a story."""

    def __init__(self, text: str, story: str, timeline: _native.Table, acts: _native.Table) -> None:
        self._json = text
        self.story = story
        """The story for people: what happened, and below what it was caused by."""
        self.timeline = Table(timeline)
        """One row for everything that happened: time, kind, actor, text, cause."""
        self.acts = Table(acts)
        """The acts of the run."""

    def to_dict(self) -> dict[str, Any]:
        """What `twiplomacy replay --json` prints: `scenario`, `seed`, `run`, `acts`, `timeline`."""
        found: dict[str, Any] = json.loads(self._json)
        return found

    @property
    def outcomes(self) -> dict[str, Any]:
        """The outcomes of the run."""
        run: dict[str, Any] = self.to_dict()["run"]
        return run

    def _repr_html_(self) -> str:
        return _preformatted(self.story)

    def __str__(self) -> str:
        return self.story

    def __repr__(self) -> str:
        run = self.to_dict()
        return f"<Replay of run {run['run']['run']} of {run['scenario']!r}>"


def replay(bundle: str | Path | RunResult, run: int) -> Replay:
    """Repeats one run of a bundle, or of a result, exactly.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> result = tw.run(scenario, runs=20, progress=False)
    >>> told = tw.replay(result, 7)
    >>> told.outcomes["run"], told.timeline["kind"][0]
    (7, 'posted')
    """
    if isinstance(bundle, RunResult):
        return bundle.replay(run)
    return Replay(*_native.replay(Path(bundle), run))


def compare(
    scenario: ScenarioLike,
    arms: Mapping[str, Changes | None] | Iterable[str] | None = None,
    *,
    runs: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress = None,
) -> Comparison:
    """Sets arms beside the scenario as it stands, on common random numbers.

    Args:
        scenario: The scenario, or its name.
        arms: Interventions of the scenario by their ids, or arms of your own with what they set; all interventions if None.
        runs: Number of runs of each arm.
        seed: Seed of the network and of all runs.
        threads: Threads; all cores if None.
        progress: As in `run`.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> comparison = tw.compare(scenario, {"cautious": {"dispositions.response.base": -5}}, runs=50, progress=False)
    >>> frame = comparison.differences.to_pandas().set_index("outcome")
    >>> bool(frame.loc["dyad.SA-CA.peak_rung", "difference"] <= 0)
    True
    """
    with told(progress, "comparison") as tell:
        native = _native.compare(scenario_of(scenario)._native, arm_options(arms), runs, seed, threads, tell)
    for arm in native.hardly_alike:
        warnings.warn(
            f"`{arm}` has another follower network than the baseline, so its runs are paired in their keys but hardly alike",
            RuntimeWarning,
            stacklevel=2,
        )
    return Comparison(native)


class Comparison:
    """Differences between arms and the scenario as it stands."""

    def __init__(self, native: _native.Differences) -> None:
        self._native = native

    @property
    def arms(self) -> list[str]:
        """Names of the arms."""
        return self._native.arms

    @property
    def n_runs(self) -> int:
        """Number of runs of each arm."""
        return self._native.n_runs

    @cached_property
    def differences(self) -> Table:
        """One row an arm and outcome: baseline, arm, paired difference with its 95 % interval, variance reduction, and more."""
        return Table(self._native.differences())

    @cached_property
    def pairs(self) -> Table:
        """One row a run and arm: equal `run` means equal random numbers."""
        return Table(self._native.pairs())

    def to_dict(self) -> dict[str, Any]:
        """The content of `comparison.json`."""
        found: dict[str, Any] = json.loads(self._native.json())
        return found

    def plot(self) -> Plot:
        """The differences of the outcomes that the scenario puts first, with their intervals."""
        found = self._native.plot()
        if found is None:
            raise KeyError("there is nothing to draw")
        return Plot(*found)

    def write(
        self, out: str | Path | None = None, *, overwrite: bool = False, tables: TableFormat = "parquet"
    ) -> Path:
        """Writes the folder that `twiplomacy compare` writes."""
        return Path(self._native.write(_path(out), overwrite, tables))

    def _repr_html_(self) -> str:
        return _preformatted(self._native.text())

    def __str__(self) -> str:
        return self._native.text()

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.arms)} with {self._native.scenario!r}, {self.n_runs} runs each>"


def sweep(
    scenario: ScenarioLike,
    vary: Vary,
    *,
    design: Design = "grid",
    points: int | None = None,
    runs: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    shard: tuple[int, int] | None = None,
    tables: TableFormat = "parquet",
    progress: Progress = None,
) -> SweepResult:
    """Varies parameters and runs the scenario many times at every point.

    Args:
        scenario: The scenario, or its name.
        vary: Paths with their values: a list of values; or a tuple of low, high and, for a grid, number of values, and `"log"` for equal ratios.
        design: How points are chosen: `grid`, `latin-hypercube` or `sobol`.
        points: Number of points of a design that is not a grid.
        runs: Number of runs at each point, 200 if nothing is said. All points have the same random numbers.
        seed: Seed of networks, runs and points.
        threads: Threads; all cores if None.
        out: Folder for the rows, which is kept; a temporary one, which goes with the result, if None.
        overwrite: Replace the sweep in the folder if there is one.
        resume: Go on with the sweep in the folder after a crash or an interrupt.
        shard: `(i, n)` for the share i of n, counted from 1, for `merge` to put together with the others.
        tables: File format of the tables; rows are always kept as Parquet.
        progress: As in `run`.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> found = tw.sweep(scenario, {"dispositions.response.base": [-5, -3]}, runs=20, progress=False)
    >>> found.rows.num_rows, sorted(set(found.points["dispositions.response.base"]))
    (40, [-5, -3])
    """
    temporary = Path(tempfile.mkdtemp(prefix=_FOLDER)) if out is None and shard is None else None
    place = _path(out) if temporary is None else temporary / "sweep"
    holding = "replace" if overwrite else "resume" if resume else "refuse"
    question = Question(vary, design, points, runs, seed)
    try:
        with told(progress, "sweep") as tell:
            written, native = _native.sweep(
                scenario_of(scenario)._native, question, place, holding, shard, tables, threads, tell
            )
    except BaseException:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    if native is not None and native.left_out:
        warnings.warn(
            f"{len(native.left_out)} outcomes exist at some points only and have no columns: {', '.join(native.left_out)}",
            RuntimeWarning,
            stacklevel=2,
        )
    return SweepResult(Path(written), native, temporary)


class Question:
    """What a sweep asks for, as the native half reads it."""

    def __init__(self, vary: Vary, design: str, points: int | None, runs: int | None, seed: int) -> None:
        self.vary, self.design, self.points, self.runs, self.seed = varied(vary), design, points, runs, seed


class SweepResult:
    """The points of a sweep, and where its rows lie; of a share, where it lies."""

    def __init__(self, folder: Path, native: _native.Points | None, temporary: Path | None = None) -> None:
        self._folder, self._native = folder, native
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """The folder that holds it."""
        return self._folder

    @property
    def is_share(self) -> bool:
        """Whether it is a share, which `merge` puts together with the others."""
        return self._native is None

    def _whole(self) -> _native.Points:
        if self._native is None:
            raise ValueError(f"this is a share of a sweep; `twiplomacy.merge` puts it together with the others: {self.folder}")
        return self._native

    @cached_property
    def points(self) -> Table:
        """One row a point and outcome, with statistics over the runs."""
        return Table(self._whole().points())

    @cached_property
    def rows(self) -> Table:
        """One row a run of a point, with the parameters as columns."""
        return Table(self._whole().rows())

    def to_dict(self) -> dict[str, Any]:
        """The content of `sweep.json`."""
        found: dict[str, Any] = json.loads(self._whole().json())
        return found

    @property
    def plots(self) -> list[str]:
        """Names of the plots."""
        return sorted(path.stem for path in (self.folder / "plots").glob("*.svg"))

    def plot(self, outcome: str | None = None) -> Plot:
        """An outcome over the points: the first one drawn if none is named."""
        names = self.plots
        name = names[0] if outcome is None and names else str(outcome).replace(".", "-")
        if name not in names:
            raise KeyError(f"{outcome} (there are: {', '.join(names)})")
        stem = self.folder / "plots" / name
        return Plot(name, stem.with_suffix(".svg").read_bytes(), stem.with_suffix(".png").read_bytes())

    def _repr_html_(self) -> str:
        return _preformatted(str(self))

    def __str__(self) -> str:
        return repr(self) if self._native is None else self._native.text()

    def __repr__(self) -> str:
        return f"<{'Share of a sweep' if self.is_share else 'SweepResult'} in {str(self.folder)!r}>"


def run_share(
    scenario: ScenarioLike,
    shard: tuple[int, int],
    out: str | Path,
    *,
    runs: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    overwrite: bool = False,
    tables: TableFormat = "parquet",
    progress: Progress = None,
) -> Path:
    """Makes the share `shard = (i, n)` of the runs of a scenario and writes it, for `merge` to put together with the others."""
    with told(progress, "share") as tell:
        native = scenario_of(scenario)._native
        return Path(_native.run_share(native, runs, seed, threads, tell, shard, Path(out), overwrite, tables))


def merge(parts: Iterable[str | Path], out: str | Path | None = None, *, overwrite: bool = False) -> SweepResult | Path:
    """Puts the shares of a run or of a sweep together, after checking that they belong together and that none is missing.

    What is written has the same bytes as the whole made at once, in all files but the manifest. Of a sweep the result is given, of a run the
    folder of its bundle.

    >>> import tempfile, twiplomacy as tw
    >>> from pathlib import Path
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> place = Path(tempfile.mkdtemp())
    >>> parts = [tw.run_share(scenario, (i, 2), place / str(i), runs=20, progress=False) for i in (1, 2)]
    >>> tw.merge(parts, place / "whole").name
    'whole'
    """
    folder, native = _native.merge([Path(part) for part in parts], _path(out), overwrite)
    return Path(folder) if native is None else SweepResult(Path(folder), native)


def backtest(
    of: Iterable[ScenarioLike] | ScenarioLike | None = None,
    *,
    changes: Changes | None = None,
    runs: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress = None,
) -> Backtest:
    """Sets what happened beside what is simulated, over several scenarios.

    Args:
        of: Scenarios, or their names; all bundled ones if None.
        changes: What is set in all of them.
        runs: Number of runs of each scenario.
        seed: Seed of networks, of all runs and of the range of the coverage.
        threads: Threads; all cores if None.
        progress: As in `run`.

    >>> import twiplomacy as tw
    >>> found = tw.backtest("canada-saudi-2018", changes={"network.accounts": 20_000}, runs=50, progress=False)
    >>> sorted(set(found.outcomes["verdict"])) in (["miss", "pass"], ["pass"])
    True
    """
    if of is None:
        of = [row["id"] for row in scenarios()]
    elif isinstance(of, (str, Path, Scenario)):
        of = [of]
    chosen = [scenario_of(one) for one in of]
    if changes is not None:
        chosen = [one.set(changes) for one in chosen]
    with told(progress, "back-test") as tell:
        return Backtest(_native.backtest([one._native for one in chosen], runs, seed, threads, tell))


class Backtest:
    """Recorded outcomes beside simulated ones."""

    def __init__(self, native: _native.Scored) -> None:
        self._native = native

    @cached_property
    def outcomes(self) -> Table:
        """One row a recorded outcome: record, quantiles of the runs, its place among them, its score, its role."""
        return Table(self._native.outcomes())

    def to_dict(self) -> dict[str, Any]:
        """What `twiplomacy backtest --json` prints."""
        found: dict[str, Any] = json.loads(self._native.json())
        return found

    @property
    def markdown(self) -> str:
        """The cards of all scenarios."""
        return self._native.markdown()

    def write(self, out: str | Path, *, overwrite: bool = False) -> Path:
        """Writes the folder that `twiplomacy backtest --out` writes."""
        return Path(self._native.write(Path(out), overwrite))

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        found = self.to_dict()
        return f"<Backtest of {len(self.outcomes)} recorded outcomes, {found['n_scored']} of them held out>"


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _preformatted(text: str) -> str:
    import html

    return f"<pre>{html.escape(text)}</pre>"
