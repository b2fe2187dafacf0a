"""Sweeps on several worker processes, one of which is killed on the way."""

import os
import signal
import threading
import time

import pytest

import twiplomacy as tw
import twiplomacy.dask as on_dask
from conftest import assert_same


@pytest.fixture
def client():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster, distributed.Client(cluster) as client:
        yield client


def asked():
    return {"dispositions.response.base": (-5.0, -2.0, 12)}


def test_a_sweep_of_which_a_worker_is_killed_has_the_bytes_of_one_on_one_machine(client, small, tmp_path):
    whole = tw.sweep(small, asked(), runs=200, out=tmp_path / "whole", progress=False)
    out = tmp_path / "cluster"
    killed = []

    def kill():
        # When some cells are done and others are under way.
        while len([name for name in os.listdir(out.parent / "cluster.cells") if name[0] != "."]) < 3:
            time.sleep(0.02)
        victim = next(iter(client.run(os.getpid).values()))
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    (tmp_path / "cluster.cells").mkdir()
    killer = threading.Thread(target=kill)
    killer.start()
    seen = []
    found = on_dask.sweep(
        client, small, asked(), runs=200, out=out, cells=12, progress=lambda done, expected: seen.append((done, expected))
    )
    killer.join()
    assert len(killed) == 1 and len(seen) == 12 and seen[-1] == (2400, 2400)
    assert_same(found.folder, whole.folder)
    assert found.to_dict() == whole.to_dict()
    assert not (tmp_path / "cluster.cells").exists()


def test_cells_that_are_done_are_not_done_again(client, small, tmp_path):
    cells = tmp_path / "out.cells"
    for index in (1, 2):
        tw.sweep(small, asked(), runs=50, shard=(index, 3), out=cells / f"{index:06}-of-000003", progress=False)
    before = {path: path.stat().st_mtime_ns for path in cells.rglob("*.parquet")}
    times = []
    original = on_dask.merge

    def watched(parts, *rest, **options):
        times.append({path: path.stat().st_mtime_ns for path in before})
        return original(parts, *rest, **options)

    on_dask.merge = watched
    try:
        found = on_dask.sweep(client, small, asked(), runs=50, out=tmp_path / "out", cells=3)
    finally:
        on_dask.merge = original
    assert before and times == [before]
    assert found.rows.num_rows == 600


def test_cells_of_another_question_are_not_taken_for_its_own(client, small, tmp_path):
    cells = tmp_path / "out.cells"
    tw.sweep(small, asked(), runs=50, seed=9, shard=(1, 3), out=cells / "000001-of-000003", progress=False)
    with pytest.raises(tw.UsageError, match="do not belong together"):
        on_dask.sweep(client, small, asked(), runs=50, out=tmp_path / "out", cells=3)


def test_mistakes_show_before_anything_is_sent(client, small, tmp_path):
    with pytest.raises(tw.ScenarioError, match="did you mean `base`"):
        on_dask.sweep(client, small, {"dispositions.response.bass": [1]}, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
