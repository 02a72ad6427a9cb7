"""Test the best networks of a space against all its networks, counted one by one."""

import itertools
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz import (
    RequestError,
    Space,
    fit,
    latency,
    memory,
    pareto,
    report,
    sample,
    search,
)
from resnet_viz.cli import run

TOTALS = ("params", "macs", "activations", "layers")

ANYNETX = {
    "blocks": {"from": 1, "to": 16},
    "channels": {"from": 8, "to": 1024, "step": 8},
    "block": "bottleneck",
    "expansion": [1, 2, 4],
    "group_width": [1, 2, 4, 8, 16, 32],
    "stride": 2,
}
"""A stage of AnyNetX (Radosavovic et al. 2020, section 3.2)."""


@st.composite
def spaces(draw) -> Space:
    widths = st.lists(st.sampled_from([8, 16, 24, 32]), min_size=1, max_size=3, unique=True)
    kinds = st.sampled_from(["basic", "bottleneck", ["basic", "bottleneck"]])
    stages = [
        {
            "blocks": draw(st.sampled_from([1, [1, 3], [2, 1, 4]])),
            "channels": draw(widths),
            "stride": draw(st.integers(1, 2)),
            "block": draw(kinds),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    stem = {"channels": draw(st.sampled_from([8, [8, 16]])), "kernel": 3, "pool": False}
    data = {"stages": stages, "stem": stem, "head": {"classes": 10}}
    data["input"] = draw(st.sampled_from([[3, 32, 32], [3, [16, 32], [16, 32]]]))
    data["attention"] = draw(st.sampled_from(["none", "se_inner"]))
    data["rules"] = draw(st.sampled_from([[], ["widths_do_not_fall"]]))
    return Space(data)


@settings(max_examples=12)
@given(spaces(), st.sampled_from(TOTALS), st.sampled_from([-1, 1]), st.integers(1, 5))
def test_the_best_are_those_of_all_networks_counted(space, goal, sign, k) -> None:
    totals = [report(spec, depth="network").totals for spec in space.specs()]
    if not totals:
        with pytest.raises(RequestError, match="no network"):
            search(space)
        return
    budgets = {name: sorted(t[name] for t in totals)[len(totals) // 2] for name in TOTALS[:2]}
    expected = sorted(
        (sign * t[goal] for t in totals if all(t[n] <= most for n, most in budgets.items())),
        reverse=True,
    )
    asked = {"maximise" if sign > 0 else "minimise": goal}
    if not expected:
        with pytest.raises(RequestError, match="smallest in this space"):
            search(space, k=k, **asked, **budgets)
        return
    found = search(space, k=k, **asked, **budgets)

    assert found.proved
    assert [sign * getattr(row, goal) for row in found.rows] == expected[:k]
    assert len(set(found.specs)) == len(found.specs)


@settings(max_examples=3)
@given(spaces(), st.sampled_from(["memory", "latency"]), st.sampled_from([-1, 1]))
def test_bytes_and_time_are_limited_as_their_commands_count_them(space, limited, sign) -> None:
    def amount(spec) -> float:
        if limited == "memory":
            return memory(spec, batch=2).totals["total_training"]
        return latency(spec, device="rtx4090", batch=2).step_ms

    amounts = {spec: amount(spec) for spec in space.specs()}
    if not amounts:
        return
    most = sorted(amounts.values())[len(amounts) // 2] * (1 if limited == "memory" else 1.001)
    inside = {spec: report(spec).totals["macs"] for spec, a in amounts.items() if a <= most}
    goal = {"maximise": "macs"} if sign > 0 else {"minimise": "macs"}
    found = search(space, batch=2, **goal, **{limited: most})

    assert found.proved
    assert found.rows[0].macs == (max if sign > 0 else min)(inside.values())
    assert getattr(found.rows[0], limited) == pytest.approx(amount(found.best))
    extreme = {"maximise": limited} if sign > 0 else {"minimise": limited}
    best = search(space, batch=2, **extreme)

    assert best.proved
    expected = (max if sign > 0 else min)(amounts.values())
    assert getattr(best.rows[0], limited) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=6)
@given(spaces())
def test_the_front_is_that_of_all_networks_counted(space) -> None:
    totals = [report(spec, depth="network").totals for spec in space.specs()]
    points = {(t["params"], t["macs"]) for t in totals}
    if points:
        front = {
            (p, m)
            for p, m in points
            if not any(q >= p and n <= m and (q, n) != (p, m) for q, n in points)
        }

        assert {(row.params, row.macs) for row in pareto(space).rows} == front


@pytest.fixture(scope="module")
def anynetx() -> Space:
    return Space({"stem": "simple_stem_in", "stages": [dict(ANYNETX) for _ in range(4)]})


@pytest.mark.parametrize("goal", ["params", "macs"])
def test_the_largest_of_ten_to_the_18_networks_under_two_budgets_is_proved(anynetx, goal) -> None:
    found = search(anynetx, macs="1G", params="5M", maximise=goal)

    assert anynetx.size == (16 * 128 * 3 * 6) ** 4
    assert found.proved
    assert report(found.best).totals[goal] == getattr(found.rows[0], goal)
    assert found.rows[0].params <= 5_000_000
    assert found.rows[0].macs <= 10**9


@settings(max_examples=8)
@given(spaces())
def test_what_is_drawn_counts_as_report_counts_it(space) -> None:
    if not list(space.specs()):
        return
    drawn = sample(space, 12, seed=3)

    for i, spec in enumerate(drawn):
        totals = report(spec, depth="network").totals
        assert {name: drawn.totals[name][i] for name in TOTALS} == {n: totals[n] for n in TOTALS}
    assert list(sample(space, 12, seed=3)) == list(drawn)


def test_every_member_is_drawn_about_as_often() -> None:
    # Three members with widths that must not fall; the standard deviation of each count is 26
    stage = {"blocks": 1, "channels": [16, 32], "stride": 2}
    space = Space({"stages": [stage, stage], "rules": ["widths_do_not_fall"]})
    drawn = list(sample(space, 3_000))

    assert set(drawn) == set(space.specs())
    assert all(850 < drawn.count(spec) < 1_150 for spec in space.specs())


def test_a_family_that_fits_keeps_its_proportions() -> None:
    found = fit("resnet50", macs="1G", params="10M")
    widths = [stage.channels for stage in found.best.stages]

    assert found.rows[0].macs <= 10**9
    assert found.rows[0].params <= 10**7
    assert all(1.8 < after / before < 2.2 for before, after in itertools.pairwise(widths))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit("resnet18", params="1K"), "no member of the family .*smallest in this space"),
        (lambda: fit("resnet18"), "no budget is given"),
        (lambda: search(Space.around("resnet18"), macs="1 Gs"), "^macs: '1 Gs' .must be a number"),
        (
            lambda: search(Space.around("resnet18"), macs="2G:1G"),
            "^macs: '2G:1G' .must not go down",
        ),
        (
            lambda: search(Space.around("resnet18"), macs="3G:4G", flops="1G"),
            "^macs and flops contradict each other",
        ),
        (lambda: search(Space.around("resnet18"), mcas="1G"), "unknown budget: 'mcas'.*'macs'"),
        (lambda: search(Space.around("resnet18"), maximise="speed"), "unknown goal: 'speed'"),
        (lambda: search(Space.around("resnet18"), k=0), "^k: 0 .must be an integer from 1"),
        (lambda: search(7), "^space: 7 .must be a Space"),
        (
            lambda: search(Space.around("resnet18"), latency="5 parsecs"),
            "^latency: '5 parsecs' .must be a time above 0, as 5ms",
        ),
        (lambda: search(Space.around("resnet18"), memory="2 boxes"), "^memory size: '2 boxes'"),
        (lambda: search(Space.around("resnet18"), latency=5, batch=0), "^batch: 0 .must be"),
        (lambda: search(Space.around("resnet18"), latency=5, device="abacus"), "unknown device"),
        (
            lambda: pareto(Space.around("resnet18"), ("macs", "memory")),
            "memory is the largest of several sums",
        ),
        (lambda: pareto(Space.around("resnet18"), ("macs", "flops")), "two different totals"),
    ],
)
def test_a_wrong_request_is_one_line(call, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        call()


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"blocks": [], "channels": 64}, r"^stages\[0\].blocks: an empty set"),
        (
            {"blocks": {"from": 1, "to": 4, "step": 0}, "channels": 64},
            "step: 0 .must be an integer",
        ),
        ({"blocks": {"from": 1}, "channels": 64}, "has no 'to' .a space must be finite"),
        ({"blocks": {"from": 4, "to": 1}, "channels": 64}, "from 4 to 1 is empty"),
        ({"blocks": {"from": 1, "to": 10**9}, "channels": 64}, "1000000000 values"),
        ({"blocks": [[1]], "channels": 64}, r"^stages\[0\].blocks: \[1\] in a set"),
        ({"blocks": 1, "channles": [64]}, "unknown key 'channles'"),
    ],
)
def test_a_space_that_is_none_is_refused(stage, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Space({"stages": [stage]})


@pytest.mark.parametrize("format", ["yaml", "toml", "json"])
def test_a_space_in_a_file_is_searched_from_the_command_line(format, tmp_path, capsys) -> None:
    space = Space({"stages": [{"blocks": [1, 2], "channels": {"from": 16, "to": 64, "step": 16}}]})
    path = tmp_path / f"space.{format}"
    path.write_text(space.dumps(format), encoding="utf-8")

    assert Space.load(path) == space
    assert run(["search", str(path), "--params", "100K", "--maximise", "macs"]) == 0
    assert "proved: no network of the space is better" in capsys.readouterr().out
    assert run(["search", str(path), "--params", "1", "--maximise", "macs"]) == 2
    assert "smallest in this space" in capsys.readouterr().err


def test_a_search_that_is_stopped_says_the_best_so_far(monkeypatch) -> None:
    from resnet_viz.spaces.labels import Pass

    space = Space({"stages": [{"blocks": [1, 2], "channels": [16, 32]}], "norm": ["batch", "none"]})
    first = Pass.run

    def stop_after_one(self) -> bool:
        if self.outcome.choices:
            raise KeyboardInterrupt
        return first(self)

    monkeypatch.setattr(Pass, "run", stop_after_one)
    found = search(space, maximise="layers", k=20)

    assert found.interrupted
    assert not found.proved
    assert "stopped; the best so far: not proved" in str(found)


def test_a_family_leaves_out_what_its_groups_make_illegal() -> None:
    found = fit("resnext50_32x4d", macs=3 * 10**9)

    assert found.rows[0].macs == report(found.best).totals["macs"] <= 3 * 10**9
    assert "no network of the family is better" in str(found)


def test_optuna_chooses_networks_of_a_space() -> None:
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = Space(
        {"stages": [{"blocks": [1, 2], "channels": [32, 48], "groups": [1, 3]}], "norm": "batch"}
    )
    macs = []

    def objective(trial) -> float:
        spec = space.suggest(trial)
        macs.append(report(spec).totals["macs"])
        return float(macs[-1])

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=12)

    assert study.best_value == min(macs)
    best = report(space.suggest(optuna.trial.FixedTrial(study.best_params))).totals
    assert best["macs"] == study.best_value


WORKER = """
import sys
import optuna
from resnet_viz import Space, report

optuna.logging.set_verbosity(optuna.logging.ERROR)
space = Space.load(sys.argv[1])
study = optuna.load_study(study_name="space", storage=sys.argv[2])
study.optimize(lambda trial: report(space.suggest(trial)).totals["macs"], n_trials=4)
"""


def test_two_workers_share_the_trials_of_a_space_through_optunas_storage(tmp_path) -> None:
    optuna = pytest.importorskip("optuna")
    space = Space({"stages": [{"blocks": [1, 2], "channels": [32, 48]}]})
    file, storage = tmp_path / "space.json", f"sqlite:///{tmp_path}/trials.db"
    file.write_text(space.dumps("json"), encoding="utf-8")
    study = optuna.create_study(study_name="space", storage=storage)
    commands = [sys.executable, "-c", WORKER, str(file), storage]
    workers = [subprocess.Popen(commands) for _ in range(2)]

    assert [worker.wait(120) for worker in workers] == [0, 0]
    assert len(study.trials) == 8
    best = space.suggest(optuna.trial.FixedTrial(study.best_params))
    assert report(best).totals["macs"] == study.best_value
