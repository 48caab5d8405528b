"""The random tests for as long as one likes: `python -m tests.fuzz [SECONDS] [NAME ...]`, or ten minutes.

Each target is a property of the suite, run again and again with other random worlds; whatever one finds is printed as
small as it can be made, and kept in `.hypothesis` to be tried first from then on.
"""

import importlib
import random
import sys
import time
from collections.abc import Callable

import hypothesis

SECONDS = 600.0

# By name: the module and its property. A property of one's own is one more line.
TARGETS = {
    "link": ("tests.net.test_link_orders", "test_a_link_ends_once_with_its_cause_and_leaves_nothing"),
    "http": ("tests.net.test_http_orders", "test_whatever_strangers_do_the_next_is_served_and_nothing_is_left"),
    "frames": ("tests.net.test_websocket_oracle", "test_same_events_on_damaged_frames"),
    "noise": ("tests.net.test_websocket_oracle", "test_same_events_on_noise"),
    "packets": ("tests.page.test_packets", "test_a_packet_is_good_or_refused_and_nothing_falls_over"),
    "upstream": ("tests.conversation.test_any_upstream", "test_nobody_waits_for_ever"),
    "ways": ("tests.call.test_fast_path", "test_both_ways_have_the_same_effects"),
    "log": ("tests.upstream.test_explanation", "test_it_takes_anything"),
}


def rounds(target: Callable[[], None], until: float) -> int:
    """Run the property until then; how often. Raises what it finds."""
    done = 0
    while not done or time.monotonic() < until:
        hypothesis.seed(random.getrandbits(64))(target)()
        done += 1
    return done


def main(arguments: list[str]) -> int:
    numbers = [each for each in arguments if each.replace(".", "").isdigit()]
    names = [each for each in arguments if each not in numbers] or list(TARGETS)
    unknown = sorted(set(names) - set(TARGETS))
    if unknown:
        print(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
        return 2
    share = (float(numbers[0]) if numbers else SECONDS) / len(names)
    # What the suite itself says of time and health.
    importlib.import_module("tests.conftest")
    for name in names:
        module, test = TARGETS[name]
        done = rounds(getattr(importlib.import_module(module), test), time.monotonic() + share)
        print(f"{name}: {done} rounds, nothing found", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
