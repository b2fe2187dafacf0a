"""Long work leaves the interpreter free, tells how far it has come, and stops when asked to."""

import signal
import subprocess
import sys
import threading
import time

import pytest

import twiplomacy as tw

ENDLESS = """
import sys, twiplomacy as tw
scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
def begun(done, expected):
    print("begun", flush=True)
try:
    tw.run(scenario, runs=10_000_000, threads=1, progress=begun)
except KeyboardInterrupt:
    print("stopped", flush=True)
    # The interpreter still works.
    print(tw.run(scenario, runs=5, progress=False).n_runs, flush=True)
"""


def test_an_interrupt_stops_between_two_runs():
    process = subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        asked = time.monotonic()
        rest, _ = process.communicate(timeout=60)
        assert rest.splitlines()[-2:] == ["stopped", "5"]
        assert time.monotonic() - asked < 30
    finally:
        process.kill()


def test_progress_is_told_and_its_errors_stop_the_work(small):
    seen = []
    tw.run(small, runs=300, progress=lambda done, expected: seen.append((done, expected)))
    assert seen[-1] == (300, 300) and seen == sorted(seen)

    def refuse(done, expected):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tw.run(small, runs=10_000_000, progress=refuse)


def test_other_threads_of_python_go_on_meanwhile(small):
    turns, done = 0, threading.Event()

    def count():
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    counting = threading.Thread(target=count)
    counting.start()
    before = turns
    tw.run(small, runs=500, threads=1, progress=False)
    during = turns - before
    done.set()
    counting.join()
    assert during > 20, during


def test_results_of_threads_of_python_do_not_mix(small):
    found = {}
    seeds = (1, 2, 3)
    work = [threading.Thread(target=lambda seed=seed: found.update({seed: tw.run(small, runs=20, seed=seed, progress=False)})) for seed in seeds]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    for seed in seeds:
        assert found[seed].to_dict() == tw.run(small, runs=20, seed=seed, progress=False).to_dict()
