"""Simulates how a message spreads, how governments hear it and answer, and how markets price it.

A scenario is loaded, perhaps changed, and run many times; what comes of it are tables and plots:

>>> import twiplomacy as tw
>>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
>>> result = tw.run(scenario, runs=50, progress=False)
>>> result.runs.num_rows
50

Tables are handed over to pandas, polars and pyarrow without copying (Arrow's C stream interface). The same scenario, seed and runs give the
same bytes as the command line program of the same name, on any number of threads.
"""

from ._errors import Problem, RunError, ScenarioError, TooSlowWarning, UsageError
from ._native import Act, COMMIT, Decision, VERSION
from ._plot import Plot
from ._scenario import Scenario, scenarios, template, validate
from ._study import (
    Backtest,
    Comparison,
    Replay,
    RunResult,
    SweepResult,
    backtest,
    compare,
    merge,
    replay,
    run,
    run_share,
    sweep,
)
from ._table import Table
from ._capacity import Capacity, Cost, capacity, measure_cost

__version__: str = VERSION

__all__ = [
    "Act",
    "Backtest",
    "COMMIT",
    "Capacity",
    "Comparison",
    "Cost",
    "Decision",
    "Plot",
    "Problem",
    "Replay",
    "RunError",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "SweepResult",
    "Table",
    "TooSlowWarning",
    "UsageError",
    "backtest",
    "capacity",
    "compare",
    "measure_cost",
    "merge",
    "replay",
    "run",
    "run_share",
    "scenarios",
    "sweep",
    "template",
    "validate",
]
