"""Read by mypy, never run: the public names have the types that users rely on."""

import twiplomacy as tw

scenario: tw.Scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000}).arm("private-channel")
result: tw.RunResult = tw.run(scenario, runs=10, progress=False, on_decision=lambda decision: decision.level)
rows: int = result.runs.num_rows
names: list[str] = result.plots
svg: str = result.plot("ladder").svg
told: tw.Replay = tw.replay(result, 1)
comparison: tw.Comparison = tw.compare(scenario, {"cautious": {"dispositions.response.base": -4}}, runs=10)
points: tw.Table = tw.sweep(scenario, {"network.accounts": [1, 2]}, design="grid").points
cards: str = tw.backtest("canada-saudi-2018", runs=10).markdown
hours: float = tw.capacity(runs=1_000_000, cores=64).hours
problems: dict[str, list[tw.Problem]] = tw.validate("mine.toml")
