"""Identifiers: of one shape, fresh, and the same for the same chance."""

import random

from voiceapp.engine.protocol.identifiers import ALPHABET, LENGTH, Identifiers, Numbered


def test_a_kind_an_underscore_and_letters() -> None:
    kind, _, rest = Identifiers(random.Random(1)).fresh("item").partition("_")
    assert (kind, len(rest)) == ("item", LENGTH)
    assert set(rest) <= set(ALPHABET)


def test_none_comes_twice_and_the_same_chance_gives_the_same() -> None:
    ids, again = Identifiers(random.Random(1)), Identifiers(random.Random(1))
    made = [ids.fresh("resp") for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == [again.fresh("resp") for _ in range(1000)]


def test_numbers_count_for_each_kind() -> None:
    ids = Numbered()
    assert [ids.fresh(kind) for kind in ("item", "item", "resp", "item")] == ["item_1", "item_2", "resp_1", "item_3"]
