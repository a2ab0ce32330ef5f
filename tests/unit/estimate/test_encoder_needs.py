"""What a job with an encoder asks a queue for."""

import pytest
from mtlcurves.gradients.needs import minutes, run_seconds


@pytest.mark.parametrize("encoder", ["ecfp", "gcn"])
def test_a_network_that_is_compared_at_many_levels_asks_for_the_time_of_their_batches(study_of, encoder):
    def asked(batches, view="masked"):
        masked = {"levels": [1.0, 0.5], "batches": batches}
        section = {"encoders": [encoder], "sweeps": {"masked": masked}, "training": {"epochs": 3}}
        return run_seconds(study_of(grid={}, recipes={"main": {}}, gradients=section), encoder, view)

    assert asked(100, "full") == asked(10_000, "full")
    few, more, most = (asked(n) - asked(n, "full") for n in (100, 200, 10_000))
    assert few > 0 and more == pytest.approx(2 * few)
    # 20,000 steps, whatever else is done in one
    assert most > 20_000 * 0.005 and minutes(asked(10_000)) > minutes(asked(100))
