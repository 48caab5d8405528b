"""Pictures over the whole server: as the page shows them, so the model's server gets them."""

import base64
import itertools
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.call.calling import Served, serving
from tests.page_client import PageClient
from voiceapp.wire.up import MAX_PART_CHARACTERS, MAX_PICTURE_BYTES


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(VOICEAPP_UPSTREAM_PICTURES="yes") as served:
        yield served


def jpeg(size: int) -> str:
    return base64.b64encode(b"\xff\xd8\xff\xe0" + secrets.token_bytes(size - 4)).decode()


def show(page: PageClient, numbers: Iterator[int], item: str, picture: str) -> None:
    parts = [picture[start : start + MAX_PART_CHARACTERS] for start in range(0, len(picture), MAX_PART_CHARACTERS)]
    for part, data in enumerate(parts, 1):
        n = next(numbers)
        page.emit("picture", {"n": n, "item": item, "part": part, "parts": len(parts), "data": data})
        page.expect("ack", lambda taken, n=n: taken >= n)


def seen(events: list[dict[str, Any]]) -> list[str]:
    items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
    parts = [part for item in items for part in item.get("content", []) if part["type"] == "input_image"]
    return [part["image_url"].removeprefix("data:image/jpeg;base64,") for part in parts]


def test_the_largest_and_a_small_one_arrive_as_they_were_shown(served: Served) -> None:
    with PageClient(served.url) as page:
        page.start()
        connection, numbers = len(served.server.connections), itertools.count(1)
        pictures = [jpeg(MAX_PICTURE_BYTES), jpeg(1_000)]
        for count, picture in enumerate(pictures):
            show(page, numbers, f"picture_{count:08}", picture)
        place = page.expect("item", lambda *args: args[-1]["id"] == "picture_00000001")[-1]
        assert (place["kind"], place["role"]) == ("picture", "user")
        recorded = served.server.connections[connection - 1]
        served.server.wait_for(lambda _: len(seen(list(recorded.events))) == 2, timeout=10)
        assert seen(list(recorded.events)) == pictures


def test_sound_finds_its_way_between_the_parts(served: Served) -> None:
    with PageClient(served.url) as page:
        page.start()
        page.emit("picture", {"n": 1, "item": "picture_aaaaaaaa", "part": 1, "parts": 2, "data": "/9j/4AAQ"})
        page.talk(5, first=2)
        page.emit("picture", {"n": 7, "item": "picture_aaaaaaaa", "part": 2, "parts": 2, "data": "SkZJRg=="})
        page.expect("item", lambda *args: args[-1]["id"] == "picture_aaaaaaaa")


def test_what_is_no_picture_is_refused_in_words_and_the_call_goes_on(served: Served) -> None:
    with PageClient(served.url) as page:
        page.start()
        page.emit("picture", {"n": 1, "item": "picture_aaaaaaaa", "part": 1, "parts": 1, "data": "iVBORw0KGgo="})
        assert "JPEG" in page.expect("notice", lambda *args: args[-1]["code"] == "bad_event")[-1]["message"]
        page.emit("text", {"n": 2, "text": "Hello"})
        page.expect("item", lambda *args: args[-1]["kind"] == "text")


def test_more_than_a_person_shows_is_refused(served: Served) -> None:
    with PageClient(served.url) as page:
        page.start()
        for n in range(1, 14):
            part = {"item": f"picture_{n:08}", "part": 1, "parts": 1, "data": "/9j/4AAQSkZJRg=="}
            page.emit("picture", {"n": n, **part})
        page.expect("notice", lambda *args: args[-1]["code"] == "too_fast")


def test_a_model_that_sees_none_is_shown_none() -> None:
    with serving() as (server, url), PageClient(url) as page:
        page.start()
        show(page, itertools.count(1), "picture_aaaaaaaa", jpeg(1_000))
        page.expect("notice", lambda *args: args[-1]["code"] == "pictures_unseen")
        assert seen(list(server.connections[0].events)) == []


@pytest.mark.parametrize("close", [{"close": 1009, "reason": "message too big"}, {"drop": "rst"}])
def test_a_server_that_ends_its_session_on_a_picture_does_not_end_the_call(close: dict[str, Any]) -> None:
    on_picture = {"when": "conversation.item.create", "match": {"item.role": "user"}, "do": [close]}
    with serving({"on": [on_picture]}, VOICEAPP_UPSTREAM_PICTURES="yes") as (server, url), PageClient(url) as page:
        page.start()
        show(page, itertools.count(1), "picture_aaaaaaaa", jpeg(1_000))
        page.expect("notice", lambda *args: args[-1]["code"] == "picture_refused")
        page.expect("transcript", lambda *args: args[-1].get("removed"))
        page.wait(lambda: len(page.named("renewed")) == 2)
        assert [len(seen(list(connection.events))) for connection in server.connections] == [1, 1, 0]
        assert page.named("ended") == []
