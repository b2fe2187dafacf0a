"""Reads the tables that the program writes with pandas, polars and DuckDB, and compares them with the CSV files beside them.

Usage: check_tables.py FOLDER…, folders that `run` or `sweep` wrote with `--tables both`.
"""

import csv
import json
import math
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow.parquet as parquet

# What CSV has no types for: the readers disagree on empty text, so it is compared as missing.
MISSING = (None, "")


def rows_of_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        return next(reader), list(reader)


def plain(value):
    """A value of any reader as Python has it; missing is None."""
    if value is None or value is pandas.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def same(text, value):
    """Whether a field of the CSV file and a value of the Parquet file are the same, numbers to the last bit."""
    value = plain(value)
    if value in MISSING or text == "":
        return text == "" and value in MISSING
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, (int, float)):
        return float(text) == float(value)
    return text == value


def compare(reader, path, names, columns, expected):
    head, rows = expected
    assert list(names) == head, f"{reader}, {path}: columns {list(names)[:5]}… are not {head[:5]}…"
    for index, name in enumerate(head):
        column = columns[index]
        assert len(column) == len(rows), f"{reader}, {path}: {len(column)} rows are not {len(rows)}"
        for number, (row, value) in enumerate(zip(rows, column)):
            assert same(row[index], value), f"{reader}, {path}: `{name}`, row {number}: {value!r} is not {row[index]!r}"


def by_pandas(path):
    frame = pandas.read_parquet(path)
    return frame.columns, [frame[name].tolist() for name in frame.columns]


def by_polars(path):
    frame = polars.read_parquet(path)
    return frame.columns, [column.to_list() for column in frame.iter_columns()]


def by_duckdb(path):
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    return found.columns, [list(column) for column in zip(*found.fetchall())] or [[] for _ in found.columns]


def metadata_of(path):
    """Units and descriptions as pyarrow and DuckDB see them: both must see the same."""
    by_arrow = {key.decode(): value.decode() for key, value in (parquet.read_metadata(path).metadata or {}).items()}
    by_duck = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
    by_duck = {bytes(key).decode(): bytes(value).decode() for key, value in by_duck}
    assert {key: value for key, value in by_arrow.items() if key != "ARROW:schema"} == by_duck, path
    return by_duck


def check_metadata(path, names):
    metadata = metadata_of(path)
    for name in names:
        assert metadata.get(f"description.{name}"), f"{path}: `{name}` has no description"
    numbers = [name for name in names if name.startswith(("message.", "dyad.", "market."))]
    for name in numbers:
        assert metadata.get(f"unit.{name}"), f"{path}: `{name}` has no unit"
    return len(numbers)


def check(path):
    expected = rows_of_csv(path.with_suffix(".csv"))
    for reader in (by_pandas, by_polars, by_duckdb):
        names, columns = reader(path)
        compare(reader.__name__[3:], path, names, columns, expected)
    return len(expected[1]), check_metadata(path, expected[0])


def check_sweep(folder):
    """All parts read at once, as people do, are the rows of the plan; parameters are columns."""
    pattern = str(folder / "runs" / "part-*.parquet")
    summary = json.loads((folder / "sweep.json").read_text())
    n_points, n_runs = len(summary["points"]), summary["runs"]
    paths = [parameter["path"] for parameter in summary["parameters"]]
    frame = polars.read_parquet(pattern)
    assert frame.height == n_points * n_runs, (frame.height, n_points, n_runs)
    # Part by part: with CSV files beside them the folder as a whole is no Parquet data set.
    whole = pandas.concat([pandas.read_parquet(part) for part in sorted(folder.glob("runs/part-*.parquet"))])
    assert len(whole) == frame.height and all(path in whole.columns for path in paths)
    outcome = next(name for name in frame.columns if name.endswith(".answered"))
    columns = ", ".join(f'"{path}"' for path in paths)
    grouped = duckdb.sql(
        f'SELECT point, {columns}, avg("{outcome}"::INT) FROM read_parquet(\'{pattern}\') GROUP BY ALL ORDER BY point'
    ).fetchall()
    assert len(grouped) == n_points
    for row, point in zip(grouped, summary["points"]):
        assert list(row[1 : 1 + len(paths)]) == [point["values"][path] for path in paths], (row, point["values"])
        assert abs(row[-1] - point["outcomes"][outcome]["p"]) < 1e-12, (row, outcome)


def main(folders):
    n_files = 0
    for folder in map(Path, folders):
        files = sorted(folder.glob("**/*.parquet"))
        assert files, f"{folder} has no Parquet files"
        n_numbers = 0
        for path in files:
            n_rows, n_found = check(path)
            assert n_rows > 0, f"{path} has no rows"
            n_numbers += n_found
        assert n_numbers > 20, f"{folder}: only {n_numbers} columns are outcomes"
        if (folder / "sweep.json").exists():
            check_sweep(folder)
        n_files += len(files)
    versions = f"pandas {pandas.__version__}, polars {polars.__version__}, DuckDB {duckdb.__version__}"
    print(f"{n_files} files read alike by {versions}")


if __name__ == "__main__":
    main(sys.argv[1:])
