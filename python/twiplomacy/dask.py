"""Sweeps on many machines: cells of work on a cluster of Dask, put together with the same checks as shares made by hand.

Dask keeps the queue, starts cells again that were lost with a worker, and talks to Slurm, PBS, LSF or Kubernetes (see `docs/clusters.md`). A cell
is a share of the sweep (`shard=(i, n)`), written into a folder of its own that appears under its name as a whole: doing one twice does no harm, and
what is done is not done again.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _native
from ._progress import Progress, told
from ._scenario import Scenario, scenario_of
from ._study import Design, Question, ScenarioLike, SweepResult, TableFormat, Vary, merge
from ._study import sweep as _sweep

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["sweep"]

# The more there are, the less a worker waits for the last cell of another; each costs a few tenths of a second before its first run.
_CELLS_PER_THREAD = 8
_LEAST_CELLS, _MOST_CELLS = 8, 100_000


def sweep(
    client: Client,
    scenario: ScenarioLike,
    vary: Vary,
    *,
    out: str | Path,
    design: Design = "grid",
    points: int | None = None,
    runs: int | None = None,
    seed: int = 1,
    cells: int | None = None,
    threads_per_cell: int = 1,
    retries: int = 3,
    tables: TableFormat = "parquet",
    overwrite: bool = False,
    progress: Progress = None,
) -> SweepResult:
    """Makes a sweep on the workers of `client`; what is written has the same bytes as `twiplomacy.sweep` on one machine writes.

    Args:
        client: A `distributed.Client`.
        scenario: The scenario, or its name.
        vary: As in `twiplomacy.sweep`; so are `design`, `points`, `runs`, `seed`, `tables` and `overwrite`.
        out: Folder for the result, on a disk that all workers see under the same path. Cells lie beside it, in `OUT.cells`, until all are
            there; after an interrupt the same call goes on with them.
        cells: Pieces of work; a few for every thread of the workers if None. A cell is not begun twice on purpose, but may be.
        threads_per_cell: Threads of each cell; with 1, a worker does as many cells at a time as it has threads.
        retries: How often a cell that failed is tried again. One that was lost with its worker does not count; how many workers a cell may
            take down is Dask's setting `distributed.scheduler.allowed-failures`.
        progress: As in `twiplomacy.run`; counts runs.
    """
    scenario = scenario_of(scenario)
    place = Path(out).absolute()
    question = Question(vary, design, points, runs, seed)
    n_points, n_parts = _native.sweep_size(scenario._native, question)
    n_cells = _cells_of(client, n_parts) if cells is None else max(1, min(cells, n_parts))
    folder = place.with_name(place.name + ".cells")
    folder.mkdir(parents=True, exist_ok=True)
    work = {
        "scenario": scenario,
        "vary": question.vary,
        "design": design,
        "points": points,
        "runs": runs,
        "seed": seed,
        "tables": tables,
        "threads": threads_per_cell,
    }
    targets = [folder / f"{index:06}-of-{n_cells:06}" for index in range(1, n_cells + 1)]
    total = n_points * (200 if runs is None else runs)
    with told(progress, "sweep") as tell, _submitted(client, work, targets, retries) as futures:
        _wait(futures, tell, total)
    result = merge(targets, place, overwrite=overwrite)
    assert isinstance(result, SweepResult)
    shutil.rmtree(folder, ignore_errors=True)
    return result


def _cells_of(client: Client, n_parts: int) -> int:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    threads = sum(int(worker["nthreads"]) for worker in workers)
    return min(n_parts, max(_LEAST_CELLS, min(_MOST_CELLS, _CELLS_PER_THREAD * threads)))


@contextmanager
def _submitted(client: Client, work: dict[str, Any], targets: list[Path], retries: int) -> Iterator[list[Future]]:
    """Cells that are under way; given up when the block is left before they have ended."""
    [shared] = client.scatter([work], broadcast=True, hash=False)
    futures = [
        client.submit(_cell, shared, (index, len(targets)), str(target), retries=retries, pure=False)
        for index, target in enumerate(targets, start=1)
    ]
    try:
        yield futures
    finally:
        client.cancel(futures)


def _wait(futures: list[Future], tell: Any, total: int) -> None:
    from distributed import as_completed

    for done, future in enumerate(as_completed(futures), start=1):
        future.result()
        if tell is not None:
            tell(total * done // len(futures), total)


def _cell(work: dict[str, Any], shard: tuple[int, int], target: str) -> str:
    """One share of a sweep, written under its name as a whole. Whoever finds it there has nothing to do."""
    place = Path(target)
    if (place / "manifest.json").exists():
        return target
    begun = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    scenario: Scenario = work["scenario"]
    try:
        _sweep(
            scenario,
            work["vary"],
            design=work["design"],
            points=work["points"],
            runs=work["runs"],
            seed=work["seed"],
            tables=work["tables"],
            threads=work["threads"],
            shard=shard,
            out=begun,
            progress=False,
        )
        try:
            os.rename(begun, place)
        except OSError:
            # Another worker, which had been taken for lost, was faster.
            if not (place / "manifest.json").exists():
                raise
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return target
