"""The same question has the same bytes as an answer, from Python as from the command line."""

import json

import pytest

import twiplomacy as tw
from conftest import SMALL, assert_same


def manifest(folder):
    found = json.loads((folder / "manifest.json").read_text())
    for of_the_clock in ("wall_seconds", "started_at", "threads"):
        found.pop(of_the_clock)
    return found


def test_a_bundle_is_that_of_the_program_whatever_the_threads(small, program, tmp_path):
    program("run", "canada-saudi-2018", "--runs", 60, "--seed", 5, "--tables", "both", "--out", tmp_path / "program")
    for threads in (1, 2):
        result = tw.run(small, runs=60, seed=5, threads=threads, progress=False)
        written = result.write(tmp_path / f"python-{threads}", tables="both")
        assert_same(written, tmp_path / "program")
        assert manifest(written) == manifest(tmp_path / "program")


def test_an_arm_is_that_of_the_program(small, program, tmp_path):
    program("run", "canada-saudi-2018", "--arm", "private-channel", "--runs", 30, "--out", tmp_path / "program")
    written = tw.run(small.arm("private-channel"), runs=30, progress=False).write(tmp_path / "python")
    assert_same(written, tmp_path / "program")
    assert manifest(written) == manifest(tmp_path / "program")


def test_a_precision_takes_as_many_runs_as_in_the_program(small, program, tmp_path):
    asked = "message.arabic-tweet.answered=8 %"
    program("run", "canada-saudi-2018", "--precision", asked, "--out", tmp_path / "program")
    result = tw.run(small, precision={"message.arabic-tweet.answered": "8 %"}, progress=False)
    assert 400 <= result.n_runs < 2000
    assert_same(result.write(tmp_path / "python"), tmp_path / "program")
    assert manifest(tmp_path / "python") == manifest(tmp_path / "program")


def test_a_comparison_is_that_of_the_program(small, program, tmp_path):
    arms = ["--arm", "private-channel", "--arm", "cautious: dispositions.response.base=-5"]
    program("compare", "canada-saudi-2018", *arms, "--runs", 40, "--out", tmp_path / "program")
    compared = tw.compare(
        small,
        {"private-channel": None, "cautious": {"dispositions.response.base": -5}},
        runs=40,
        progress=False,
    )
    assert_same(compared.write(tmp_path / "python"), tmp_path / "program")
    assert manifest(tmp_path / "python") == manifest(tmp_path / "program")


def test_a_sweep_is_that_of_the_program_and_goes_on_where_it_stopped(small, program, tmp_path):
    vary = ["--vary", "dispositions.response.base=-5:-3:3", "--vary", "dispositions.diffusion.rule=[full,ic]"]
    program("sweep", "canada-saudi-2018", *vary, "--runs", 60, "--out", tmp_path / "program")
    asked = {"dispositions.response.base": (-5, -3, 3), "dispositions.diffusion.rule": ["full", "ic"]}

    def stop(done, expected):
        if done >= expected // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tw.sweep(small, asked, runs=60, threads=1, out=tmp_path / "python", progress=stop)
    with pytest.raises(tw.UsageError, match="is not empty"):
        tw.sweep(small, asked, runs=60, out=tmp_path / "python", progress=False)
    found = tw.sweep(small, asked, runs=60, out=tmp_path / "python", resume=True, progress=False)
    assert_same(found.folder, tmp_path / "program")
    assert manifest(found.folder) == manifest(tmp_path / "program")
    assert found.rows.num_rows == 6 * 60
    assert found.rows.unit("dyad.SA-CA.first_act_hours") == "h"


def test_shares_of_the_program_and_of_python_belong_together(small, program, tmp_path):
    program("run", "canada-saudi-2018", "--runs", 50, "--out", tmp_path / "whole")
    program("run", "canada-saudi-2018", "--runs", 50, "--shard", "1/2", "--out", tmp_path / "1")
    tw.run_share(small, (2, 2), tmp_path / "2", runs=50, progress=False)
    assert_same(tw.merge([tmp_path / "2", tmp_path / "1"], tmp_path / "merged"), tmp_path / "whole")
    with pytest.raises(tw.UsageError, match="shares are missing: 1/2"):
        tw.merge([tmp_path / "2"], tmp_path / "half")


def test_a_back_test_is_that_of_the_program(program, tmp_path):
    names = ["canada-saudi-2018", "tariff-thread-2019"]
    sets = [f"--set={path}={value}" for path, value in SMALL.items()]
    program("backtest", *names, *sets, "--runs", 40, "--out", tmp_path / "program", small=False)
    found = tw.backtest(names, changes=SMALL, runs=40, progress=False)
    assert_same(found.write(tmp_path / "python"), tmp_path / "program")
    assert manifest(tmp_path / "python") == manifest(tmp_path / "program")
    assert len(found.outcomes) == len(found.to_dict()["outcomes"]) > 5


def test_a_replay_is_that_of_the_program_from_a_bundle_as_from_a_result(small, program, tmp_path):
    result = tw.run(small, runs=20, progress=False)
    folder = result.write(tmp_path / "bundle")
    told = json.loads(program("replay", folder, "--run", 7, "--json", small=False))
    assert tw.replay(folder, 7).to_dict() == told == result.replay(7).to_dict()
    assert result.replay(7).story == program("replay", folder, "--run", 7, small=False)
    with pytest.raises(tw.UsageError, match="no run 20"):
        tw.replay(folder, 20)
