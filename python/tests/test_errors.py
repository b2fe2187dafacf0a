"""Mistakes are told with the same place and hint as by the command line."""

import pytest

import twiplomacy as tw


def refused(call):
    with pytest.raises(tw.UsageError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("network.acounts", 3, "hint: did you mean `accounts`?"),
        ("network.accounts", "many", "allowed: a whole number"),
        ("network.accounts", 2.5, "allowed: a whole number"),
        ("dispositions.sharing.homophily", -1, "allowed:"),
        ("scenario.horizon", "3 parsecs", "allowed:"),
    ],
)
def test_a_wrong_value_is_told_as_by_the_program(program, path, value, line):
    text = f'"{value}"' if isinstance(value, str) else value
    told = program("run", "canada-saudi-2018", "--set", f"{path}={text}", small=False, status=2)
    error = refused(lambda: tw.Scenario("canada-saudi-2018").set(path, value))
    assert isinstance(error, tw.ScenarioError) and isinstance(error, ValueError)
    assert str(error) == told.rstrip("\n")
    assert line in told
    [problem] = error.problems
    assert problem.source == "--set" and problem.place in told


def test_all_problems_of_a_file_come_at_once_each_at_its_place(program, tmp_path):
    file = tmp_path / "wrong.toml"
    text = tw.template("wrong").replace("[network]", "[netwrok]").replace('horizon = "', 'horizon = "x')
    file.write_text(text)
    told = program("validate", file, small=False, status=2)
    error = refused(lambda: tw.Scenario(file))
    assert len(error.problems) >= 2
    assert str(error) == told.strip("\n")
    assert all(problem.place in told and problem.source == str(file) for problem in error.problems)
    assert tw.validate(file) == {str(file): error.problems}


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (["run", "canada-saudi"], lambda: tw.Scenario("canada-saudi")),
        (["run", "nothing-like-it"], lambda: tw.Scenario("nothing-like-it")),
        (["compare", "canada-saudi-2018", "--arm", "private-chanel"], lambda: tw.compare("canada-saudi-2018", ["private-chanel"])),
        (["compare", "canada-saudi-2018", "--arm", "Up!"], lambda: tw.compare("canada-saudi-2018", ["Up!"])),
        (
            ["run", "canada-saudi-2018", "--precision", "message.arabic-tweet.answerd=1 %"],
            lambda: tw.run("canada-saudi-2018", precision={"message.arabic-tweet.answerd": "1 %"}),
        ),
        (
            ["sweep", "canada-saudi-2018", "--vary", "dispositions.response.bass=[1]"],
            lambda: tw.sweep("canada-saudi-2018", {"dispositions.response.bass": [1]}),
        ),
        (
            ["sweep", "canada-saudi-2018", "--vary", "dispositions.response.base=-4:-2", "--design", "sobol"],
            lambda: tw.sweep("canada-saudi-2018", {"dispositions.response.base": (-4, -2)}, design="sobol"),
        ),
        (["replay", "nowhere", "--run", "1"], lambda: tw.replay("nowhere", 1)),
    ],
)
def test_what_was_asked_for_wrongly_is_told_as_by_the_program(program, arguments, call):
    told = program(*arguments, small=False, status=2).rstrip("\n")
    error = refused(call)
    text = str(error)
    # Problems of texts bring their own heading.
    assert (text if text.startswith("error: ") else "error: " + text) == told
    assert ("hint: " in told) == (error.hint is not None)


def test_wrong_types_are_refused_before_anything_runs(small):
    for call in (lambda: tw.Scenario(3), lambda: tw.run(small, runs="many"), lambda: tw.run(small, runs=2.5)):
        with pytest.raises(TypeError):
            call()
    assert "type `object`" in str(refused(lambda: small.set({"network.accounts": object()})))
    assert refused(lambda: tw.sweep(small, {"network.accounts": [1]}, design="spiral")).hint.startswith("allowed: `grid`")
    with pytest.raises(OverflowError):
        tw.run(small, runs=-1)


def test_a_scenario_says_what_it_is_and_survives_a_pickle(small):
    import pickle

    arm = small.arm("private-channel").set("dispositions.response.base", -4)
    again = pickle.loads(pickle.dumps(arm))
    assert (again.text, again.world_text, again.overrides, again.applied) == (
        arm.text,
        arm.world_text,
        arm.overrides,
        "private-channel",
    )
    assert again["dispositions.response.base"] == -4
    with pytest.raises(KeyError):
        small["network.nothing"]
    assert small.parameters().num_rows > 100 and "Purpose" in small.describe()
