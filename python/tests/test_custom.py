"""Rules written in Python."""

import warnings

import pytest

import twiplomacy as tw

pytestmark = pytest.mark.filterwarnings("ignore::twiplomacy.TooSlowWarning")


def run(small, **rules):
    return tw.run(small, runs=40, progress=False, **rules)


def test_a_rule_that_objects_to_nothing_changes_nothing(small):
    seen = []
    watched = run(small, on_decision=lambda decision: seen.append(decision), on_act=lambda act: None)
    assert watched.to_dict() == run(small).to_dict()
    assert {decision.run for decision in seen} == set(range(40))
    decision = seen[0]
    assert decision.ladder[decision.level] == decision.rung and 0 <= decision.draw < 1
    assert decision.time.startswith("2018-") and decision.state in ("SA", "CA")


def test_decisions_and_acts_are_what_the_rules_say(small):
    silent = run(small, on_decision=lambda decision: "none")
    assert all(level == 0 for level in silent.acts["rung"])
    calmer = run(small, on_decision=lambda decision: min(decision.level, 3))
    assert max(calmer.runs["dyad.SA-CA.peak_rung"]) == 3 < max(run(small).runs["dyad.SA-CA.peak_rung"])
    plain = run(small)
    tool = next(instrument for instrument in plain.acts["instrument"] if instrument)
    without = run(small, on_act=lambda act: act.instrument != tool)
    assert tool not in without.acts["instrument"]
    other = run(small, on_act=lambda act: act.replace(code="111") if act.instrument == tool else None)
    assert tool not in other.acts["instrument"]
    assert other.acts["code"].count("111") > plain.acts["code"].count("111")
    harsher = run(small, on_act=lambda act: act.replace(instrument="expel-ambassador") if act.level else None)
    assert "expel-ambassador" in harsher.acts["instrument"]


def test_threads_replays_and_bundles_follow_the_rules(small, tmp_path):
    def rule(decision):
        return "none" if decision.draw < 0.5 else None

    one, two = (tw.run(small, runs=40, threads=threads, on_decision=rule, progress=False) for threads in (1, 2))
    assert one.to_dict() == two.to_dict() != run(small).to_dict()
    for index in (3, 8):
        replayed = two.replay(index)
        acts = [row for row in zip(two.acts["run"], two.acts["time_ms"], two.acts["code"]) if row[0] == index]
        assert list(zip(replayed.acts["run"], replayed.acts["time_ms"], replayed.acts["code"])) == acts
    assert (two.write(tmp_path / "bundle") / "summary.json").exists()


def test_errors_and_wrong_answers_of_rules_are_told(small):
    def broken(_):
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        run(small, on_decision=broken)
    with pytest.raises(tw.UsageError) as error:
        run(small, on_decision=lambda decision: "nothing-like-it")
    assert "no rung `nothing-like-it`" in str(error.value) and "allowed: `none`" in error.value.hint
    for wrong in (-1, 99, 1.5, [], True):
        with pytest.raises(tw.UsageError, match="`on_decision` can't answer"):
            run(small, on_decision=lambda decision: wrong)
    with pytest.raises(tw.UsageError, match="`on_act` can't answer"):
        run(small, on_act=lambda act: "no")
    with pytest.raises(tw.UsageError) as error:
        run(small, on_act=lambda act: act.replace(instrument="expel-ambasador"))
    assert "did you mean `expel-ambassador`?" in error.value.hint


def test_the_cost_is_told(small):
    with pytest.warns(tw.TooSlowWarning, match="as a mechanism in Rust"):
        run(small, on_act=lambda act: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(small)
