"""How much slower Python is than the command line, and how two worker processes share work out: ratios measured side by side.

Usage: compare_with_program.py PROGRAM [RUNS [ROUNDS]]. Both make the same runs and write the same bundle; they take turns, so that what else the machine
does meets both. Processor time is compared, since wall time on a shared machine says little; both are printed.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO, SMALL = "canada-saudi-2018", "network.accounts=100000"

PYTHON = """
import sys, twiplomacy as tw
scenario = tw.Scenario(sys.argv[1]).set(sys.argv[2])
tw.run(scenario, runs=int(sys.argv[3]), threads=2, progress=False).write(sys.argv[4], overwrite=True)
"""


def timed(command: list[str]) -> tuple[float, float]:
    """Processor and wall seconds of a command."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return used, time.monotonic() - begun


def overhead(program: str, runs: int = 10_000, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        commands = {
            "program": [program, "run", SCENARIO, "--set", SMALL, "--runs", str(runs), "--threads", "2", "--quiet", "--overwrite", "--out", str(out / "a")],
            "python": [sys.executable, "-c", PYTHON, SCENARIO, SMALL, str(runs), str(out / "b")],
            "import": [sys.executable, "-c", "import twiplomacy"],
        }
        found = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                found[name].append(timed(command))
        for name, times in found.items():
            print(f"{name}: processor {[round(cpu, 2) for cpu, _ in times]} s, wall {[round(wall, 2) for _, wall in times]} s")
        ratios = [python[0] / program[0] for python, program in zip(found["python"], found["program"])]
        print(f"overhead of Python on {runs} runs: {100 * (statistics.median(ratios) - 1):+.1f} % of processor time (median of {rounds})")


def scaling() -> None:
    import dask
    from distributed import Client, LocalCluster

    import twiplomacy as tw
    import twiplomacy.dask as on_dask

    scenario = tw.Scenario(SCENARIO).set({"network.accounts": 20_000})
    vary = {"dispositions.response.base": (-5.0, -2.0, 32)}
    # Where workers fill all cores, Dask's look at their stacks every 10 ms takes its time from the runs.
    dask.config.set({"distributed.worker.profile.enabled": False})
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for n_workers in (1, 2):
            with tempfile.TemporaryDirectory() as place, LocalCluster(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=None, memory_limit=0
            ) as cluster, Client(cluster) as client:
                client.wait_for_workers(n_workers)
                client.run(_imported)
                begun = time.monotonic()
                on_dask.sweep(client, scenario, vary, runs=2000, out=Path(place) / "out", cells=32, progress=False)
                walls[n_workers].append(time.monotonic() - begun)
    ratios = [one / two for one, two in zip(walls[1], walls[2])]
    print(f"sweep on one worker {[round(wall, 1) for wall in walls[1]]} s, on two {[round(wall, 1) for wall in walls[2]]} s")
    print(f"two workers are {max(ratios):.2f} times as fast at best, {statistics.median(ratios):.2f} times in the middle; load {os.getloadavg()[0]:.1f}")


def _imported() -> None:
    import twiplomacy.dask  # noqa: F401


if __name__ == "__main__":
    overhead(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
    scaling()
