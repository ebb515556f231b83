"""Reading a workspace: nothing more than is needed, and no further than somebody waits."""

from __future__ import annotations

import itertools
import signal
import threading
from time import sleep

import pytest
from engine_world import World

SEGMENT = {"conditions": {"attribute": "plan", "is": "x"}}


def test_an_interrupt_ends_a_reading(world: World) -> None:
    world.seed(segments=[{"id": n, "name": f"s{n}", "type": "dynamic"} for n in range(1, 401)])

    main, steps = threading.main_thread().ident, itertools.count(1)
    assert main is not None

    def tick() -> None:
        if next(steps) == 60:
            signal.pthread_kill(main, signal.SIGINT)
        sleep(0.002)

    world.tick = tick
    with world.open() as session, pytest.raises(KeyboardInterrupt):
        session.import_()
    assert len(world.sent) < 200
