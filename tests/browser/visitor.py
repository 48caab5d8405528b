"""A person at the page: a Chromium with a fake microphone, what they do, and what they see and hear."""

import base64
import contextlib
import json
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page, Playwright

from tests.browser.wire import Wire

# From here on voice and words stand beside each other.
WIDE = 864
CHROMIUM = Path(__file__).with_name("chromium.sh")
# The same engine without what only a window needs, where it is installed: a sixth less to compute. It knows no choice
# of devices, no wake lock, and no permission that is asked for.
HEADLESS = shutil.which("chromium-headless-shell")
# What the page did to the microphone, what it broke of its own rules, and where it makes sound.
WATCH = """
(() => {
  window.testTracks = []
  window.testViolations = []
  window.testContexts = []
  const Context = window.AudioContext
  window.AudioContext = class extends Context {
    constructor(options) {
      super(options)
      window.testContexts.push(this)
    }
  }
  addEventListener("securitypolicyviolation", event => window.testViolations.push(event.violatedDirective))
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async wishes => {
    if (window.testDenied) throw new DOMException("", "NotAllowedError")
    const stream = await ask(wishes)
    window.testTracks.push(...stream.getTracks())
    return stream
  }
})()
"""
# Beside the loudspeaker, everything also goes to a recorder, which takes a tenth of what a call does.
TAP = """
(() => {
  const connect = AudioNode.prototype.connect
  const taps = new WeakMap()
  window.testPieces = []
  const tap = context => {
    const made = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
    window.testRecorder = new MediaRecorder(made.stream)
    window.testRecorder.ondataavailable = ({ data }) => window.testPieces.push(data)
    window.testRecorder.start(100)
    taps.set(context, made)
    return made
  }
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) connect.call(this, taps.get(this.context) ?? tap(this.context))
    return connect.call(this, target, ...rest)
  }
})()
"""
NO_WORKER = 'Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined })'
# Of the options of a context, those whose contexts go from one visitor to the next; and those that each has its own
# contexts for, since they cannot be given to one that there is.
OF_A_PAGE = frozenset({"viewport", "permissions", "color_scheme", "reduced_motion", "forced_colors"})
OF_A_CONTEXT = frozenset({"has_touch", "is_mobile"})
# What it is without them.
VIEWPORT = {"width": 1280, "height": 720}
MEDIA = {"media": "null", "color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"}
TIMEOUT_MS = 30_000
# The recording as 16 kHz PCM16 in base64.
HEARD = """async () => {
  const recorder = window.testRecorder
  const stopped = new Promise(resolve => { recorder.onstop = resolve })
  recorder.stop()
  await stopped
  const sound = await new Blob(window.testPieces).arrayBuffer()
  const { length } = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(sound.slice(0))
  const samples = (await new OfflineAudioContext(1, length, 16000).decodeAudioData(sound)).getChannelData(0)
  const pcm = Int16Array.from(samples, sample => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))))
  let text = ""
  for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte)
  return btoa(text)
}"""
# A look is passed on by four processes, and twenty in a second take as much as half a call: so the page waits.
HOLDS = """async ms => {
  const end = performance.now() + ms
  while (!(CONDITION)) {
    if (performance.now() > end) return false
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return true
}"""
STATS = "window.voiceapp.stats()"
STATS_LATER = f"ms => new Promise(resolve => setTimeout(() => resolve({STATS}), ms))"
ENTRIES = """entries => entries.map(entry => ({
  item: entry.dataset.item, role: entry.dataset.role, final: "final" in entry.dataset, cut: "cut" in entry.dataset,
  text: entry.querySelector(".words").textContent
}))"""


@contextlib.contextmanager
def chromium(
    playwright: Playwright, microphone: Path | None = None, flags: Sequence[str] = (), whole: bool = False
) -> Iterator[Browser]:
    """With no file the fake microphone beeps once a second; a file plays once, and must end with silence.

    `whole`: as people have it, with all that belongs to its windows.
    """
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", *flags]
    if microphone:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    program = "chromium" if whole or HEADLESS is None else HEADLESS
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, chromium_sandbox=False, args=flags, env={**os.environ, "CHROMIUM": program}
    )
    try:
        yield browser
    finally:
        browser.close()


def wait(page: Page, condition: str, seconds: float = 10) -> None:
    """Until it holds on the page, whose own rules forbid what Playwright would do."""
    assert page.evaluate(HOLDS.replace("CONDITION", condition), seconds * 1000), condition


# A browser, the address of an app, whether a wire is between them, and what a context is made with.
Profile = tuple[Browser, str, bool, frozenset[tuple[str, Any]]]


class Profiles:
    """
    Browser contexts with their pages, which go from one visitor of an app to the next: what the page's hundred files
    hold stays compiled, so opening it takes a quarter. Nothing else of the visitor before is there.
    """

    def __init__(self) -> None:
        self._free: defaultdict[Profile, list[Page]] = defaultdict(list)
        self._storage: dict[Page, CDPSession] = {}
        # Of those that have one: it stays with its page.
        self._wires: dict[Page, Wire] = {}

    def take(self, profile: Profile, viewport: Any = VIEWPORT, permissions: Sequence[str] = (), **media: Any) -> Page:
        browser, url, wired, device = profile
        free = self._free[profile]
        page = free.pop() if free else browser.new_context(**dict(device)).new_page()
        if page.viewport_size != viewport:
            page.set_viewport_size(viewport)
        page.set_default_timeout(TIMEOUT_MS)
        page.emulate_media(**{**MEDIA, **media})
        if permissions:
            page.context.grant_permissions(permissions)
        if page not in self._storage:
            self._storage[page] = page.context.new_cdp_session(page)
        self._storage[page].send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
        if wired:
            self.wire(page).reset()
        return page

    def wire(self, page: Page) -> Wire:
        if page not in self._wires:
            self._wires[page] = Wire(page)
        return self._wires[page]

    def give_back(self, profile: Profile, visitor: "Visitor") -> None:
        _, url, _, _ = profile
        context, page = visitor.context, visitor.page
        context.set_offline(False)
        for other in context.pages:
            if other != page:
                other.close()
        context.clear_permissions()
        try:
            if page.is_closed():
                self._storage.pop(page, None)
                self._wires.pop(page, None)
                page = context.new_page()
            else:
                visitor.let_go()
            # Where nothing goes on. Elsewhere than with the app it would be another process.
            page.goto(f"{url}/healthz")
        except Error:
            # The app is gone.
            context.close()
            return
        self._free[profile].append(page)

    def have(self, context: BrowserContext) -> bool:
        return any(page.context == context for free in self._free.values() for page in free)


class Visitor:
    """One browser context with one page; every error the console shows is kept. `records`: what is to be `heard`."""

    def __init__(
        self,
        browser: Browser,
        choices: Mapping[str, Any] | None = None,
        room: str = "",
        worker: bool = False,
        records: bool = False,
        page: Page | None = None,
        **options: Any,
    ) -> None:
        self.wire: Wire
        self.page: Page = page or browser.new_context(**options).new_page()
        self.context = self.page.context
        self.errors: list[str] = []
        # Words of errors that are no fault of the page's.
        self.forgiven: tuple[str, ...] = ()
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "console": lambda message: self._console(message.type, message.text, message.location["url"]),
            "pageerror": lambda error: self.errors.append(str(error)),
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)
        scripts = [WATCH, TAP if records else "", room]
        if not worker:
            scripts.append(NO_WORKER)
        # A phone shows the voice, unless the words were asked for, as most tests do.
        narrow = self.page.viewport_size is not None and self.page.viewport_size["width"] < WIDE
        if chosen := {**({"text": True} if narrow else {}), **(choices or {})}:
            scripts.append(f"localStorage.voiceapp ??= JSON.stringify({json.dumps(chosen)})")
        self._script = self.page.add_init_script(";\n".join(scripts))

    def _console(self, kind: str, text: str, place: str) -> None:
        # Whoever speaks in the moment in which a line closes speaks into it: the browser says so, and nothing is lost.
        # And on the bare page between two visitors it looks for an icon, maybe for so long that the next one is here.
        harmless = "already in CLOSING or CLOSED state" in text or place.endswith("/favicon.ico")
        if kind in ("error", "warning") and not harmless:
            self.errors.append(text)

    def let_go(self) -> None:
        """The page is no longer this visitor's, nor is what it holds of them."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("sessionStorage.clear()")
        self.page.unroute_all()
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self._script.close()

    def close(self) -> None:
        self.context.close()

    def leave(self, close: Callable[["Visitor"], None] = close) -> list[str]:
        """The errors and broken rules there were; and the page is closed."""
        violations = self.page.evaluate("window.testViolations")
        close(self)
        errors = [each for each in self.errors if not any(words in each for words in self.forgiven)]
        return [*errors, *violations]

    def forgive(self, *words: str) -> None:
        """The browser itself reports a line that it could not open, or that broke, and sound that needs a touch."""
        own = (
            "WebSocket",
            "ERR_",
            "An unknown error occurred when fetching the script",
            "AudioContext was not allowed",
        )
        self.forgiven += (*own, *words)

    def forgive_an_unmade_line(self) -> None:
        """A call or a check is left so soon that its line may not be made yet, which the browser reports."""
        self.forgiven += ("WebSocket is closed before the connection is established",)

    # What they do

    def open(self, url: str, language: str = "en") -> None:
        self.page.goto(f"{url}/?lang={language}")
        self.page.wait_for_selector("body[data-ready]")

    def reload(self) -> None:
        """Its `load` comes before the words are there, and so before the page is."""
        self.page.reload()
        # Nobody has touched the page that was loaded again.
        self.forgiven += ("AudioContext was not allowed",)
        self.page.wait_for_selector("body[data-ready]")

    def call(self) -> None:
        self.page.click("#call")

    def call_until_live(self) -> None:
        self.call()
        self.wait_for_phase("live", 30)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def settings(self, tab: str) -> None:
        """Look at these settings: who, sound, turns or page."""
        if not self.page.is_visible("#settings"):
            self.page.click("#settings-toggle")
        self.page.click(f"#settings-tab-{tab}")

    def type(self, text: str) -> None:
        self.page.fill("#message", text)
        self.page.press("#message", "Enter")

    # What they see and hear

    def wait_for_phase(self, phase: str, seconds: float = 10) -> None:
        self.page.wait_for_selector(f'body[data-phase="{phase}"]', timeout=seconds * 1000)

    def wait_for_entry(self, role: str, state: str = "", seconds: float = 10) -> None:
        self.page.wait_for_selector(f'[data-role="{role}"]{state}', timeout=seconds * 1000)

    def wait_for_notice(self, code: str, seconds: float = 10) -> str:
        return self.page.wait_for_selector(f'[role="alert"][data-code="{code}"]', timeout=seconds * 1000).inner_text()

    def wait_until(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """The page's own counters, once they are so. (Waiting inside the page needs eval, which its CSP forbids.)"""
        began, stats = time.monotonic(), self.stats
        while not condition(stats):
            waited = time.monotonic() - began
            assert waited < seconds, stats
            stats = self.page.evaluate(STATS_LATER, 50 if waited < 1 else 100)
        return stats

    @property
    def stats(self) -> dict[str, Any]:
        return self.page.evaluate(STATS)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return self.page.eval_on_selector_all(".entry", ENTRIES)

    def entry(self, item: str) -> dict[str, Any]:
        return next(entry for entry in self.entries if entry["item"] == item)

    def heard(self) -> np.ndarray:
        """What came out of the loudspeaker since the call began: mono, 16 kHz."""
        return np.frombuffer(base64.b64decode(self.page.evaluate(HEARD)), np.int16)
