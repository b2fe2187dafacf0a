"""What the tests have in common: a small scenario, and the program to compare with."""

import os
import subprocess
from pathlib import Path

import pytest

import twiplomacy as tw

SMALL = {"network.accounts": 20_000}


@pytest.fixture(scope="session")
def small() -> tw.Scenario:
    return tw.Scenario("canada-saudi-2018").set(SMALL)


@pytest.fixture(scope="session")
def program():
    """Runs the command line program; the arguments that make the scenario small are added after the first two."""
    path = os.environ.get("TWIPLOMACY_PROGRAM")
    if not path:
        pytest.skip("TWIPLOMACY_PROGRAM does not name the program to compare with")

    def call(*arguments, small=True, status=0):
        words = [str(word) for word in arguments]
        if small:
            words[2:2] = [f"--set={key}={value}" for key, value in SMALL.items()]
        ended = subprocess.run([path, *words], capture_output=True, text=True, timeout=300)
        assert ended.returncode == status, ended.stderr
        return ended.stdout if status == 0 else ended.stderr

    return call


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder but the manifest."""
    files = (path for path in Path(folder).rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_same(one: Path, two: Path) -> None:
    """Both folders hold the same files, byte for byte."""
    first, second = contents(one), contents(two)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert first
