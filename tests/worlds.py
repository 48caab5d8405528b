"""In how many random worlds a property is tried, where the suite's fifty are too few or too many."""

from hypothesis import settings

USUAL = 50


def worlds(count: int) -> settings:
    """So many, and fewer before a commit, by as much as elsewhere (the profile `quick`)."""
    return settings(max_examples=max(1, count * settings().max_examples // USUAL))
