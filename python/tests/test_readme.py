"""What the README promises."""

import re
from pathlib import Path

import pandas

import twiplomacy as tw

ROOT = Path(__file__).resolve().parents[2]


def test_the_five_lines_of_the_readme_give_a_data_frame_and_a_plot():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"<!-- python -->\n```python\n(.*?)```", text, re.DOTALL).group(1)
    lines = code.splitlines()
    assert len(lines) == 5
    names = {}
    exec("\n".join(lines[:-1]), names)
    frame, plot = names["frame"], eval(lines[-1], names)
    assert isinstance(frame, pandas.DataFrame) and len(frame) == 2000
    assert isinstance(plot, tw.Plot) and plot._repr_svg_().startswith("<svg")


def test_the_capacity_page_holds_the_figures_that_the_function_computes_with():
    from twiplomacy._capacity import MEASURED

    page = (ROOT / "docs/capacity.md").read_text(encoding="utf-8")
    for scenario, costs in MEASURED.items():
        for cost in costs:
            row = f"| {cost.accounts:,} | {cost.network} | {cost.seconds_per_run * 1000:.3g} ms | {cost.setup_seconds:.2g} s | {cost.memory_mib:,.0f} MiB |"
            assert row in page, row
    for accounts, cores in (("full", 1), ("full", 64), ("full", 1000)):
        assert str(tw.capacity(runs=1_000_000, accounts=accounts, cores=cores)) in page


def test_capacity_is_arithmetic_and_refuses_what_was_not_measured():
    import pytest

    one, ten = (tw.capacity(runs=10**6, accounts=100_000, cores=cores) for cores in (1, 10))
    assert one.hours > 9 * ten.hours and ten.memory_gib == 10 * one.memory_gib
    cost = one.cost
    assert abs(one.core_hours - (1e6 * cost.seconds_per_run / 0.95 + cost.setup_seconds) / 3600) < 1e-9
    between = tw.capacity(runs=10**6, accounts=300_000).cost
    assert cost.seconds_per_run < between.seconds_per_run < tw.capacity(accounts=1_000_000).cost.seconds_per_run
    assert tw.capacity(accounts=30_000_000).cost.network == "computed"
    for wrong in ({"accounts": 50}, {"accounts": 3_000_000}, {"accounts": 10**9}, {"scenario": "nothing"}, {"runs": 0}, {"accounts": "half"}):
        with pytest.raises(tw.UsageError) as error:
            tw.capacity(**wrong)
        assert error.value.hint.startswith("allowed: ")
