"""The garbage collector runs again after it was held, whoever drew at the same time."""

import gc
import threading

from resnet_viz.memory import no_collection


def test_the_collector_is_held_and_let_go():
    with no_collection():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_threads_that_overlap_leave_the_collector_running():
    entered, leave = threading.Event(), threading.Event()

    def draw_long():
        with no_collection():
            entered.set()
            leave.wait(10)

    first = threading.Thread(target=draw_long)
    with no_collection():
        first.start()
        entered.wait(10)
    leave.set()
    first.join(10)

    assert gc.isenabled()
