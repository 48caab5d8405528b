"""Pictures, shown in each way a person may: what the model's server gets, and what stays in the talk."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import check
from tests.browser.visitor import Visitor, wait
from tests.conftest import upstream_settings
from tests.servers import bridged
from voiceapp.conversation.history import PICTURE_GONE
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.wire.up import MAX_PICTURE_BYTES

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]

# A photograph of noise, which compresses badly, with a camera's EXIF of where it was taken.
PHOTO = """async ([width, height, type]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  const context = canvas.getContext("2d")
  const pixels = context.createImageData(width, height)
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = i % 4 === 3 ? 255 : (i * 2654435761 >>> 7) & 255
  context.putImageData(pixels, 0, 0)
  const blob = await new Promise(done => canvas.toBlob(done, type, 0.95))
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}"""
GIVE = """([event, files, texts, selector]) => {
  const data = new DataTransfer()
  for (const [base64, type] of files) {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
    data.items.add(new File([bytes], "photo", { type }))
  }
  for (const [type, text] of Object.entries(texts)) data.setData(type, text)
  const target = document.querySelector(selector)
  const made = event === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true })
  return !target.dispatchEvent(made)
}"""
# Who writes is answered; of what is heard, nothing.
WRITTEN = {"on": [{"when": "response.create", "do": [{"say": {"text": "You wrote to me.", "ms": 100}}]}]}
EXIF = b"\xff\xe1\x00\x1aExif\x00\x00GPS: 35.0116, 135"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, ScriptedServer]]:
    with ExitStack() as stack:
        upstream = stack.enter_context(ScriptedServer(WRITTEN))
        settings = upstream_settings(upstream, VOICEAPP_UPSTREAM_PICTURES="yes")
        app = stack.enter_context(bridged(settings))
        yield app.url, upstream


def photo(page: Page, width: int, height: int, kind: str = "image/jpeg") -> bytes:
    made = base64.b64decode(page.evaluate(PHOTO, [width, height, kind]))
    return made[:2] + EXIF + made[2:] if kind == "image/jpeg" else made


def give(
    page: Page, event: str, content: bytes, kind: str = "image/jpeg", into: str = "#message", **texts: str
) -> bool:
    """Whether the page took it, so that the browser does nothing with it."""
    return give_all(page, event, [(content, kind)], into, {f"text/{name}": text for name, text in texts.items()})


def give_all(page: Page, event: str, files: list[tuple[bytes, str]], into: str, texts: dict[str, str]) -> bool:
    given = [[base64.b64encode(content).decode(), kind] for content, kind in files]
    taken: bool = page.evaluate(GIVE, [event, given, texts, into])
    return taken


def seen(upstream: ScriptedServer, count: int) -> list[bytes]:
    """The pictures that came in the latest call."""

    def pictures() -> list[str]:
        events = list(upstream.connections[-1].events)
        items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
        parts = [part for item in items for part in item.get("content", []) if part["type"] == "input_image"]
        return [part["image_url"].removeprefix("data:image/jpeg;base64,") for part in parts]

    upstream.wait_for(lambda _: len(pictures()) >= count, timeout=20)
    return [base64.b64decode(picture) for picture in pictures()]


def wait_for(page: Page, selector: str, count: int) -> None:
    wait(page, f"document.querySelectorAll({selector!r}).length === {count}", 20)


def wait_shown(page: Page, count: int) -> None:
    wait_for(page, "#transcript .picture img", count)


def test_it_arrives_however_it_is_shown_made_small_and_without_where_it_was_taken(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    url, upstream = served
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    shown = photo(page, 1200, 900)
    assert EXIF in shown
    give(page, "paste", shown)
    wait_shown(page, 1)
    give(page, "drop", photo(page, 300, 600, "image/png"), "image/png")
    wait_shown(page, 2)
    page.click("#pictures-toggle")
    # Of the menu, and of pictures in the talk.
    check(page)
    with page.expect_file_chooser() as chooser:
        page.click("#picture-choose")
    chooser.value.set_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo(page, 640, 480)})
    wait_shown(page, 3)
    pictures = seen(upstream, 3)
    sizes = [size_of(each) for each in pictures]
    assert sizes[0] in ((1024, 768), (512, 384))
    assert sizes[1:] == [(300, 600), (640, 480)]
    for picture in pictures:
        assert len(picture) <= MAX_PICTURE_BYTES
        assert b"Exif" not in picture


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height, from the frame's header."""
    stream = io.BytesIO(jpeg[2:])
    while marker := stream.read(2):
        length = int.from_bytes(stream.read(2))
        body = stream.read(length - 2)
        if 0xC0 <= marker[1] <= 0xC3:
            return int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
    raise AssertionError("no frame")


def test_the_camera_is_open_only_while_its_dialog_is_and_whoever_looks_at_it_shows_nothing_unseen(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    url, upstream = served
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    videos = "window.testTracks.filter(({ kind, readyState }) => kind === 'video' && readyState === 'live').length"
    page.click("#pictures-toggle")
    page.click("#picture-take")
    page.wait_for_selector("dialog.camera[open]")
    assert page.evaluate(videos) == 1
    check(page)
    for event in ("dragover", "drop", "paste"):
        assert give(page, event, small(page), "image/png", into="dialog.camera"), event
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.camera", state="detached")
    assert page.evaluate(videos) == 0, "after Escape"
    assert (outbox(page), page.locator("#transcript .picture").count()) == (0, 0), "what was given meanwhile"
    page.click("#pictures-toggle")
    page.click("#picture-take")
    page.wait_for_function("() => document.querySelector('dialog.camera video')?.videoWidth > 0")
    page.keyboard.press("Enter")
    wait_shown(page, 1)
    assert page.evaluate(videos) == 0, "after a picture was taken"
    assert len(seen(upstream, 1)) == 1


KEPT = """() => new Promise(done => {
  const opening = indexedDB.open("voiceapp-talks")
  opening.onsuccess = () => {
    const all = opening.result.transaction("talks").objectStore("talks").getAll()
    all.onsuccess = () => { opening.result.close(); done(JSON.stringify(all.result)) }
  }
})"""


def test_it_is_there_after_a_reload_and_in_the_talk_that_is_kept(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    url, upstream = served
    visitor = visit(url, choices={"keep": "text"})
    page = visitor.page
    visitor.call_until_live()
    give(page, "paste", photo(page, 200, 100))
    wait_shown(page, 1)
    visitor.type("What is this?")
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.reload()
    wait_shown(page, 1)
    in_tab = (
        "() => Object.entries(sessionStorage).filter(([_, text]) => text.includes('data:image')).map(([key]) => key)"
    )
    assert page.evaluate(in_tab) == ["voiceapp.pictures"]
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    assert page.evaluate(in_tab) == [], "nothing of it stays in the tab once the call is over"
    wait_shown(page, 1)
    visitor.reload()
    visitor.press("Show past talks")
    page.click("[data-talk]")
    page.wait_for_selector("#talk-detail .picture img")
    check(page)
    page.select_option(".export", "json")
    with page.expect_download() as download:
        page.click(".export + button")
    entries = json.loads(Path(download.value.path()).read_bytes())["entries"]
    assert [entry["picture"][:23] for entry in entries if entry["kind"] == "picture"] == ["data:image/jpeg;base64,"]
    # Whoever goes on with it is told that there was one.
    page.click("#talk-detail .go-on")
    visitor.wait_for_phase("live")
    wait_shown(page, 1)
    events = upstream.connections[-1].events
    told = [event["item"]["content"][0] for event in events if event["type"] == "conversation.item.create"]
    assert {"type": "input_text", "text": PICTURE_GONE} in told


def test_of_a_talk_that_is_not_kept_nothing_of_it_is_kept(visit: Visit, served: tuple[str, ScriptedServer]) -> None:
    visitor = visit(served[0], choices={"keep": "text"})
    page = visitor.page
    visitor.call_until_live()
    give(page, "paste", photo(page, 200, 100))
    wait_shown(page, 1)
    visitor.type("What is this?")
    page.wait_for_function(f"async () => (await ({KEPT})()).includes('data:image')")
    page.evaluate(
        """() => {
          const keep = document.querySelector('[data-choice="keep"]')
          keep.value = "nothing"
          keep.dispatchEvent(new Event("change", { bubbles: true }))
        }"""
    )
    page.wait_for_function(f"async () => (await ({KEPT})()) === '[]'")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    page.wait_for_timeout(300)
    assert page.evaluate(KEPT) == "[]"
    assert "data:image" not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_where_no_model_sees_it_the_page_says_so_and_no_file_takes_its_place(
    visit: Visit, serve: Callable[[str], tuple[str, Any]]
) -> None:
    page = visit(serve("hello")[0]).page
    assert page.locator("#pictures-toggle").count() == 0
    for event in ("dragover", "drop"):
        assert give(page, event, b"%PDF-1.7", "application/pdf", into="#transcript"), event
    give(page, "paste", small(page), "image/png")
    page.wait_for_selector('[data-code="pictures_unseen"]')


def upright(jpeg: bytes, orientation: int) -> bytes:
    """With what a camera writes that was held otherwise."""
    tag = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2) + b"\x00\x00"
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + tag + b"\x00\x00\x00\x00"
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + jpeg[2:]


def small(page: Page, width: int = 40, height: int = 20) -> bytes:
    return photo(page, width, height, "image/png")


def outbox(page: Page) -> int:
    return page.locator("#pictures-outbox [data-picture]").count()


def test_several_are_shown_in_their_order_and_upright(visit: Visit, served: tuple[str, ScriptedServer]) -> None:
    url, upstream = served
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    widths = [900, 20, 400, 30]
    give_all(page, "drop", [(small(page, width, 10), "image/png") for width in widths], "#transcript", {})
    # Of a camera that was held otherwise.
    plain = base64.b64decode(page.evaluate(PHOTO, [80, 40, "image/jpeg"]))
    held = [(upright(plain, orientation), "image/jpeg") for orientation in (1, 3, 6, 8)]
    give_all(page, "drop", held, "#transcript", {})
    wait_shown(page, 8)
    sizes = [size_of(each) for each in seen(upstream, 8)]
    assert sizes[:4] == [(width, 10) for width in widths]
    assert sizes[4:] == [(80, 40), (80, 40), (40, 80), (40, 80)]


def test_before_a_call_a_picture_waits_and_may_be_taken_away_and_what_is_none_takes_the_place_of_nothing(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    visitor = visit(served[0], "ja")
    page = visitor.page
    # Words with a picture of them are words.
    cells = small(page)
    assert not give(page, "paste", cells, "image/png", plain="1 2", html="<table><td>1<td>2</table>")
    assert not give(page, "paste", cells, "image/png", plain="1 2", rtf="{}")
    # In a field of the settings it is nothing that is said.
    assert not give(page, "paste", cells, "image/png", into="#talks-search")
    assert outbox(page) == 0
    assert give(page, "paste", cells, "image/png", html='<img src="https://elsewhere.example/">')
    assert give(page, "paste", cells, "image/png", plain="photo.png")
    assert give(page, "paste", cells, "image/png", into="body", plain="1 2", html="<table><td>1<td>2</table>")
    wait_for(page, "#pictures-outbox [data-picture]", 3)

    unreadable = '[data-code="picture_unreadable"]'
    give(page, "paste", b"no picture")
    page.wait_for_selector(unreadable)
    page.click(f"{unreadable} > .dismiss")
    page.wait_for_selector(unreadable, state="detached")
    # No file that is dropped takes the place of the page.
    for event in ("dragover", "drop"):
        assert give(page, event, b"%PDF-1.7", "application/pdf", into="#transcript"), event
    page.wait_for_selector(unreadable)
    assert give(page, "drop", cells, ""), "of no kind, as some systems name it"
    wait_for(page, "#pictures-outbox [data-picture=waiting]", 4)

    check(page)
    visitor.reload()
    wait_for(page, "#pictures-outbox [data-picture=waiting] img", 4)
    page.click("#pictures-outbox button")
    wait_for(page, "#pictures-outbox [data-picture]", 3)


def test_escape_closes_what_is_open_and_does_not_also_stop_the_assistant(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    url, upstream = served
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    upstream.do({"hear": {}}, {"say": {"ms": 20_000, "item": "a9"}}, connection=len(upstream.connections))
    page.wait_for_selector('body[data-turn="assistant"]')
    opened = "() => document.querySelector('dialog[open], :popover-open')"
    for button in ("#picture-take", "#pictures-toggle", "#languages-toggle"):
        page.evaluate("selector => document.querySelector(selector).click()", button)
        page.wait_for_function(opened)
        page.keyboard.press("Escape")
        page.wait_for_function(f"() => !({opened})()")
        cut = "data-cut" in page.locator('[data-item="a9"]').evaluate("row => row.getAttributeNames()")
        assert (cut, page.evaluate("document.body.dataset.turn")) == (False, "assistant"), button
    page.keyboard.press("Escape")
    page.wait_for_selector('[data-item="a9"][data-cut]')


def test_a_camera_is_asked_for_once_and_one_that_is_taken_away_is_said(
    visit: Visit, served: tuple[str, ScriptedServer]
) -> None:
    page = visit(served[0]).page
    page.evaluate("() => { for (const _ of [1, 2, 3]) document.getElementById('picture-take').click() }")
    page.wait_for_selector("dialog.camera[open]")
    assert page.locator("dialog.camera").count() == 1
    page.evaluate(
        "() => { for (const track of window.testTracks) { track.stop(); track.dispatchEvent(new Event('ended')) } }"
    )
    page.wait_for_selector("dialog.camera", state="detached")
    page.wait_for_selector('[data-code="camera_missing"]')
    page.evaluate("() => { window.testDenied = true }")
    page.evaluate("() => document.getElementById('picture-take').click()")
    page.wait_for_selector('[data-code="camera_denied"]')
