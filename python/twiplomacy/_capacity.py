"""What a study takes: computed from measured cost of a run."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal

from ._errors import UsageError
from ._scenario import Scenario, scenario_of
from ._study import ScenarioLike, run

@dataclass(frozen=True)
class Cost:
    """Measured cost of the runs of one scenario at one size, on one thread."""

    accounts: int
    """Simulated accounts."""
    network: Literal["stored", "computed"]
    """Whether the follower network is drawn and stored (a sample), or computed where it is looked at (full size)."""
    seconds_per_run: float
    """Processor time of a run."""
    setup_seconds: float
    """Processor time before the first run, once for each process."""
    memory_mib: float
    """Memory of a process with one thread."""
    basis: str
    """How it was measured."""


_HOW = "processor time on one thread (docs/capacity.md)"

MEASURED: dict[str, tuple[Cost, ...]] = {
    "canada-saudi-2018": (
        Cost(100_000, "stored", 0.00264, 1.1, 163, _HOW),
        Cost(1_000_000, "stored", 0.0192, 17.0, 1548, _HOW),
        Cost(10_000_000, "computed", 0.0772, 0.15, 40, _HOW),
        Cost(116_150_532, "computed", 0.509, 0.15, 116, _HOW),
    ),
}
"""Measured costs by scenario, by size; the last one is full size."""

BYTES_PER_RUN = 1200
"""Bytes that a run of that scenario leaves on the disk in the tables of runs and acts, as Parquet."""


@dataclass(frozen=True)
class Capacity:
    """What a number of runs takes.

    >>> import twiplomacy as tw
    >>> ten, thousand = (tw.capacity(runs=1_000_000, accounts="full", cores=cores) for cores in (10, 1000))
    >>> thousand.hours < ten.hours / 90
    True
    """

    runs: int
    """Number of runs."""
    cores: int
    """Processors that work at a time."""
    cost: Cost
    """Cost of one run."""
    core_hours: float
    """Hours of one processor."""
    hours: float
    """Hours by the clock, if all processors work to the end."""
    memory_gib: float
    """Memory of all processes together, one a processor."""
    disk_gib: float
    """Space for the tables."""

    def __str__(self) -> str:
        return (
            f"{self.runs:,} runs of {self.cost.accounts:,} accounts: {self.core_hours:,.1f} core-hours, {self.hours:,.1f} h on "
            f"{self.cores:,} cores, {self.memory_gib:,.1f} GiB of memory, {self.disk_gib:,.2f} GiB on the disk"
        )


def capacity(
    runs: int = 1_000_000,
    accounts: int | str = "full",
    *,
    cores: int = 1,
    scenario: str = "canada-saudi-2018",
    cost: Cost | None = None,
    efficiency: float = 0.95,
) -> Capacity:
    """What a study of so many runs takes on so many cores, from measured cost (`docs/capacity.md`).

    Args:
        runs: Number of runs, over all points and arms.
        accounts: Simulated accounts, or `"full"` for every account of the publics. Between two measured sizes of the same kind the cost is
            interpolated in logarithms; others are refused.
        cores: Processors.
        scenario: One whose cost was measured.
        cost: Cost measured on your own machine by `measure_cost`, instead.
        efficiency: Share of the time of all processors that goes into runs; 0.95 is what two threads reach.

    >>> import twiplomacy as tw
    >>> small, large = (tw.capacity(runs=1000, accounts=n).core_hours for n in (100_000, 1_000_000))
    >>> small < large
    True
    """
    if runs < 1 or cores < 1 or not 0 < efficiency <= 1:
        raise _refused("nothing to do", "allowed: at least one run and one core, and an efficiency above 0 and up to 1")
    if cost is None:
        cost = _of(scenario, accounts)
    seconds = runs * cost.seconds_per_run / efficiency + cores * cost.setup_seconds
    return Capacity(
        runs=runs,
        cores=cores,
        cost=cost,
        core_hours=seconds / 3600,
        hours=seconds / 3600 / cores,
        memory_gib=cores * cost.memory_mib / 1024,
        disk_gib=runs * BYTES_PER_RUN / 2**30,
    )


def measure_cost(scenario: ScenarioLike, runs: int = 200, seed: int = 1) -> Cost:
    """The cost of a scenario as it is, on this machine, on one thread; memory is not measured.

    >>> import twiplomacy as tw
    >>> cost = tw.measure_cost(tw.Scenario("canada-saudi-2018").set("network.accounts", 20_000), runs=20)
    >>> tw.capacity(1000, cost=cost).hours > 0
    True
    """
    chosen: Scenario = scenario_of(scenario)
    begun = time.process_time()
    result = run(chosen, runs=1, seed=seed, threads=1, progress=False)
    first = time.process_time() - begun
    begun = time.process_time()
    run(chosen, runs=1 + runs, seed=seed, threads=1, progress=False)
    per_run = max(0.0, time.process_time() - begun - first) / runs
    accounts, _ = result._native.network
    network: Literal["stored", "computed"] = "computed" if chosen.overrides.get("network.scale") == '"full"' else "stored"
    return Cost(accounts, network, per_run, max(0.0, first - per_run), math.nan, f"{runs} runs on this machine")


def _of(scenario: str, accounts: int | str) -> Cost:
    if scenario not in MEASURED:
        raise _refused(f"the cost of `{scenario}` was not measured", f"allowed: {', '.join(f'`{name}`' for name in MEASURED)}; or measure it with `measure_cost`")
    costs = MEASURED[scenario]
    if accounts == "full":
        return costs[-1]
    exact = [cost for cost in costs if cost.accounts == accounts]
    if exact:
        return exact[0]
    for low, high in zip(costs, costs[1:]):
        if isinstance(accounts, int) and low.accounts < accounts < high.accounts and low.network == high.network:
            return _between(low, high, accounts)
    kinds = {kind: [cost.accounts for cost in costs if cost.network == kind] for kind in ("stored", "computed")}
    ranges = ", ".join(f"{min(sizes):,} to {max(sizes):,} ({kind} network)" for kind, sizes in kinds.items())
    raise _refused(f"the cost of {accounts!r} accounts was not measured", f"allowed: {ranges}, or `full`")


def _between(low: Cost, high: Cost, accounts: int) -> Cost:
    share = math.log(accounts / low.accounts) / math.log(high.accounts / low.accounts)

    def between(one: float, two: float) -> float:
        return one * math.pow(two / one, share)

    return Cost(
        accounts,
        low.network,
        between(low.seconds_per_run, high.seconds_per_run),
        between(low.setup_seconds, high.setup_seconds),
        between(low.memory_mib, high.memory_mib),
        f"between {low.accounts:,} and {high.accounts:,} accounts: {_HOW}",
    )


def _refused(message: str, hint: str) -> UsageError:
    error = UsageError(f"{message}\n\nhint: {hint}")
    error.message, error.hint = message, hint
    return error
