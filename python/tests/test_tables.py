"""Tables are Arrow's: shared, typed, and the same as in the files."""

import gc

import pandas
import polars
import pyarrow
import pytest
from pyarrow import parquet

import twiplomacy as tw


@pytest.fixture(scope="module")
def result(small):
    return tw.run(small, runs=50, progress=False)


def test_tables_are_handed_over_on_the_same_memory(result):
    one, two = pyarrow.table(result.runs), pyarrow.table(result.runs)
    assert one.num_rows == 50
    for name in ("events", "message.arabic-tweet.shares", "stop"):
        addresses = [[buffer and buffer.address for buffer in table[name].chunk(0).buffers()] for table in (one, two)]
        assert addresses[0] == addresses[1] and any(addresses[0]), name


def test_tables_outlive_what_they_came_from(small):
    table = pyarrow.table(tw.run(small, runs=10, progress=False).runs)
    assert sum(table["run"].to_pylist()) == 45


def test_all_tables_are_those_of_the_files(result, tmp_path):
    folder = result.write(tmp_path / "bundle")
    for name in ("runs", "acts", "series"):
        file, table = parquet.read_table(folder / f"{name}.parquet"), getattr(result, name)
        assert pyarrow.table(table).equals(file), name
        assert pyarrow.table(table).schema.equals(file.schema), name
    metadata = parquet.read_metadata(folder / "runs.parquet").metadata
    for column in result.runs.column_names[3:]:
        assert metadata[f"unit.{column}".encode()].decode() == result.runs.unit(column)
        assert metadata[f"description.{column}".encode()].decode() == result.runs.description(column)


def test_pandas_and_polars_see_the_same(result):
    frame, other = result.runs.to_pandas(), result.runs.to_polars()
    assert isinstance(frame, pandas.DataFrame) and isinstance(other, polars.DataFrame)
    assert frame.shape == other.shape == (50, len(result.runs.column_names))
    column = "dyad.SA-CA.first_act_hours"
    assert 0 < other[column].null_count() < 50
    assert frame[column].isna().tolist() == other[column].is_null().to_list()
    assert result.runs[column] == other[column].to_list()
    with pytest.raises(KeyError):
        result.runs["nothing"]


def test_the_summary_is_that_of_the_file(result):
    summary = result.summary.to_pandas().set_index("outcome")
    file = result.to_dict()["outcomes"]
    assert list(summary.index) == list(file)
    for outcome, key in (("message.arabic-tweet.answered", "p"), ("dyad.SA-CA.peak_rung", "q95")):
        assert summary.loc[outcome, key] == file[outcome][key]
    assert summary.loc["dyad.SA-CA.peak_rung", "mean_ci_low"] == file["dyad.SA-CA.peak_rung"]["mean_ci"][0]
    assert summary.loc["dyad.SA-CA.peak_rung", "recorded"] == 7


def test_plots_and_tables_show_inline(result, tmp_path):
    plot = result.plot("reach")
    assert plot._repr_svg_().startswith("<svg") and plot._repr_png_().startswith(b"\x89PNG")
    assert plot.save(tmp_path / "reach.svg").read_text() == plot.svg
    assert result.page().startswith(b"<!")
    assert "<table>" in result.acts._repr_html_() and "arabic-tweet" in result._repr_html_()
    with pytest.raises(KeyError, match="ladder"):
        result.plot("nothing")


def test_a_sweep_without_a_folder_leaves_nothing(small):
    found = tw.sweep(small, {"dispositions.response.base": [-5, -2]}, runs=20, progress=False)
    folder = found.folder
    points = found.points.to_pandas()
    means = points.loc[points["outcome"] == "dyad.SA-CA.peak_rung", "mean"].tolist()
    png = found.plot().png
    assert means[0] < means[1] and png.startswith(b"\x89PNG") and folder.exists()
    del found
    gc.collect()
    assert not folder.exists()
