"""A short torture run; tests/long/torture is the long one, under ASan."""
import os

import pytest
from conftest import FRIDAY
from terminal import VT
from torture import Torture

pytestmark = pytest.mark.skipif(not os.path.exists(VT),
                                reason="built without libvterm")


@pytest.mark.parametrize("seed", [1, 2])
def test_torture(friday, server, seed):
    env = {**friday.env, "TERM": "xterm-256color", "COLORTERM": "truecolor",
           "FRIDAY_MODE": "ask"}
    Torture([FRIDAY], env, friday.repo, server, seed).run(60)
