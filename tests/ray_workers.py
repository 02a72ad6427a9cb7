"""Ray Tune chooses networks of a space with two workers; `make test-ray` runs it."""

import pytest

from resnet_viz import Space, report


@pytest.mark.filterwarnings("ignore")  # Ray's own
def test_two_workers_of_ray_tune_choose_networks_of_a_space(tmp_path, monkeypatch) -> None:
    ray = pytest.importorskip("ray")
    tune = pytest.importorskip("ray.tune")
    monkeypatch.setenv("RAY_DISABLE_IMPORT_WARNING", "1")
    space = Space({"stages": [{"blocks": [1, 2], "channels": [32, 48]}]})

    def trainable(config) -> None:
        tune.report({"macs": report(space.at(config)).totals["macs"]})

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        results = tune.Tuner(
            tune.with_resources(trainable, {"cpu": 1}),
            param_space={axis.path: tune.choice(list(axis.values)) for axis in space.axes},
            tune_config=tune.TuneConfig(num_samples=4, metric="macs", mode="min"),
            run_config=tune.RunConfig(storage_path=str(tmp_path), verbose=0),
        ).fit()
    finally:
        ray.shutdown()

    assert not results.errors
    best = results.get_best_result()
    assert report(space.at(best.config)).totals["macs"] == best.metrics["macs"]
