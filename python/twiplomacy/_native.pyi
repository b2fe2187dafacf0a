"""The native half of the package; use what `twiplomacy` offers instead."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

VERSION: str
COMMIT: str | None

_Tell = Callable[[int, int], object] | None
_Picture = tuple[str, bytes, bytes]

class UsageError(ValueError):
    message: str
    hint: str | None

class ScenarioError(UsageError):
    problems: list[Any]

class RunError(RuntimeError):
    message: str
    hint: str | None

@final
class Table:
    num_rows: int
    column_names: list[str]
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def metadata(self, name: str) -> dict[str, str] | None: ...
    def column(self, name: str) -> list[Any] | None: ...

@final
class Decision:
    """What a government is about to decide on a message."""

    run: int
    hours: float
    time: str
    state: str
    author: str
    message: str
    understood: str
    intent: float
    tension: float
    rung: str
    level: int
    ladder: list[str]
    draw: float

@final
class Act:
    """An act that is about to be taken."""

    run: int
    hours: float
    time: str
    actor: str
    target: str
    code: str
    instrument: str | None
    rung: str
    level: int
    weight: float
    cause: str | None
    draw: float
    def replace(self, *, instrument: str | None = None, code: str | None = None) -> Act: ...

@final
class Loaded:
    id: str
    title: str
    arm: str | None
    text: str
    world_text: str
    overrides: list[tuple[str, str]]
    warnings: str
    interventions: list[tuple[str, str]]
    @staticmethod
    def open(name: str, world: str | Path | None = None) -> Loaded: ...
    @staticmethod
    def from_texts(
        name: str, text: str, world: list[tuple[str, str]] | None, set: list[str], arm: str | None = None
    ) -> Loaded: ...
    def texts(self) -> tuple[str, str, list[tuple[str, str]], list[str], str | None]: ...
    def changed(self, set: list[str], arm: str | None = None) -> Loaded: ...
    def value(self, path: str) -> str | None: ...
    def describe(self, seed: int) -> str: ...
    def parameters(self) -> Table: ...
    def outcomes(self, seed: int) -> Table: ...
    def check(self, seed: int) -> None: ...
    def save(self, scenario: Path, world: Path | None) -> None: ...

@final
class Runs:
    scenario: str
    n_runs: int
    seed: int
    wall_seconds: float
    n_incomplete: int
    precision: list[str]
    missed: str | None
    highlighted: list[str]
    warnings: str
    network: tuple[int, int]
    def runs(self) -> Table: ...
    def acts(self) -> Table: ...
    def series(self) -> Table: ...
    def summary(self) -> Table: ...
    def summary_json(self) -> str: ...
    def text(self) -> str: ...
    def plot_names(self) -> list[str]: ...
    def plot(self, name: str) -> _Picture | None: ...
    def page(self, films: int) -> bytes: ...
    def replay(self, run: int) -> tuple[str, str, Table, Table]: ...
    def write(self, out: Path | None, overwrite: bool, tables: str) -> Path: ...

@final
class Differences:
    scenario: str
    arms: list[str]
    n_runs: int
    hardly_alike: list[str]
    def json(self) -> str: ...
    def json_bytes(self) -> bytes: ...
    def differences(self) -> Table: ...
    def pairs(self) -> Table: ...
    def text(self) -> str: ...
    def plot(self) -> _Picture | None: ...
    def write(self, out: Path | None, overwrite: bool, tables: str) -> Path: ...

@final
class Points:
    folder: Path
    left_out: list[str]
    def json(self) -> str: ...
    def text(self) -> str: ...
    def points(self) -> Table: ...
    def rows(self) -> Table: ...

@final
class Scored:
    def json(self) -> str: ...
    def markdown(self) -> str: ...
    def outcomes(self) -> Table: ...
    def write(self, out: Path, overwrite: bool) -> Path: ...

def bundled() -> list[tuple[str, str, int, str, float]]: ...
def cores() -> int: ...
def template(id: str) -> str: ...
def run(
    scenario: Loaded,
    runs: int | None,
    precision: Sequence[str],
    max_runs: int | None,
    seed: int,
    threads: int | None,
    progress: _Tell,
    on_decision: Callable[[Decision], object] | None,
    on_act: Callable[[Act], object] | None,
) -> Runs: ...
def run_share(
    scenario: Loaded,
    runs: int | None,
    seed: int,
    threads: int | None,
    progress: _Tell,
    shard: tuple[int, int],
    out: Path,
    overwrite: bool,
    tables: str,
) -> Path: ...
def compare(
    scenario: Loaded, arms: Sequence[str], runs: int, seed: int, threads: int | None, progress: _Tell
) -> Differences: ...
def sweep(
    scenario: Loaded,
    question: Any,
    out: Path | None,
    holding: str,
    shard: tuple[int, int] | None,
    tables: str,
    threads: int | None,
    progress: _Tell,
) -> tuple[Path, Points | None]: ...
def sweep_size(scenario: Loaded, question: Any) -> tuple[int, int]: ...
def merge(folders: Sequence[Path], out: Path | None, overwrite: bool) -> tuple[Path, Points | None]: ...
def replay(bundle: Path, run: int) -> tuple[str, str, Table, Table]: ...
def backtest(
    scenarios: Sequence[Loaded], runs: int, seed: int, threads: int | None, progress: _Tell
) -> Scored: ...
