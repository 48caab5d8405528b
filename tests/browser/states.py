"""A walk through every state of the page, for whoever wants to look at each of them."""

import json
from collections.abc import Callable
from dataclasses import asdict

from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.conversation.events import Transcribing, Usage

# Whose upstream says nothing, so that everything on the page was said by the walk.
SCENARIO = "silent"
CHOICES = {"keep": "text"}
STATES = (
    "welcome", "languages", "shortcuts", "adopted", "settings-page", "settings-found", "settings-who", "settings-sound",
    "settings-turns", "settings-fine", "preflight", "preflight-settled", "connecting", "listening", "muted",
    "settings-live", "push-to-talk", "user", "pause", "thinking", "tool-asked", "tool", "tool-done", "tool-open",
    "tool-failed", "speaking", "held", "cut", "go-on", "warned", "usage", "too-long", "on-its-way", "unsent",
    "microphone-failed", "sound-failed", "no-sound", "microphone-shut", "microphone-silent", "connection-away",
    "client-missing", "page-outdated", "talks-blocked", "find", "inspector", "inspector-event", "talks",
    "reconnecting", "waiting", "moved", "session-lost", "session-back", "ended", "talk", "talk-sure", "going-on",
    "talk-later", "taken-over", "trouble", "broken",
)  # fmt: skip

Look = Callable[[str], None]
WORDS = {
    "en": (
        "What is the weather like in Kyoto?",
        "It is sunny, with eighteen degrees. ",
        "Towards the evening some clouds come in from the west.",
        "Thank you! And tomorrow?",
    ),
    "es": (
        "¿Qué tiempo hace en Kioto?",
        "Hace sol, con dieciocho grados. ",
        "Hacia la tarde llegarán algunas nubes desde el oeste.",
        "¡Gracias! ¿Y mañana?",
    ),
    "ja": (
        "京都の天気はどう？",
        "晴れていて、気温は十八度だよ。",
        "夕方には西から少し雲が広がりそう。",
        "ありがとう！明日は？",
    ),
}
SOURCE = "https://weather.example/kyoto"
# What the tool is asked and finds, how it says that it goes on, what is typed without a line, and what is searched for.
TOOL = {
    "en": ("Kyoto", "Half of the sky is seen", {"sky": "sunny", "degrees": 18, "source": SOURCE}, "And in Osaka?", "o"),
    "es": (
        "Kioto",
        "Se ve la mitad del cielo",
        {"cielo": "despejado", "grados": 18, "fuente": SOURCE},
        "¿Y en Osaka?",
        "o",
    ),
    "ja": ("京都", "空の半分を確認しました", {"天気": "晴れ", "気温": "18 °C", "出典": SOURCE}, "大阪はどう？", "天気"),
}
USAGE = asdict(Usage(
    input_tokens=210, output_tokens=96, input_text_tokens=120, input_audio_tokens=90, cached_tokens=64,
    output_text_tokens=26, output_audio_tokens=70,
))  # fmt: skip
COST = {
    "turn": 0.0102, "total": 0.0112, "transcription": 0.001, "unpriced": [], "currency": "USD", "dated": "2026-11-12",
}  # fmt: skip
BILL = {"transcription": asdict(Transcribing(3.5)), "estimated": False, "free": False}
# Notices of a microphone that is off.
SWITCHED_OFF = ("microphone_failed", "microphone_shut")
# Of a page that has not begun, a file did not load.
MISSED = """() => {
  document.body.removeAttribute("data-ready")
  document.querySelector("script[type=module]").dispatchEvent(new Event("error"))
}"""
SAYS = [
    {"language": "en", "text": "Looking up the weather in {city}"},
    {"language": "ja", "text": "{city}の天気の確認"},
    {"language": "es", "text": "Consultando el tiempo en {city}"},
]
LIMITS = {
    "call_s": 7200, "call_left_s": 7100, "idle_s": 360, "idle_left_s": 350, "left_s": 180, "budget_s": 1200,
    "used_s": 90, "left_money": None, "budget_money": None, "used_money": 0.0, "presumed": False, "currency": "USD",
}  # fmt: skip


def walk(visitor: Visitor, wire: Wire, language: str, look: Look) -> None:
    """Lead a visitor, whose page is open, through `STATES`; `wire` stands between the page and its server."""
    look("welcome")
    visitor.page.click("#languages-toggle")
    look("languages")
    visitor.page.keyboard.press("Escape")
    _dialogs(visitor, look)
    _beginning(visitor, wire, look)
    _talk(visitor, wire, language, look)
    _typed(visitor, wire, WORDS[language], look)
    _told(visitor, wire, look)
    _drawers(visitor, language, look)
    _end(visitor, wire, language, look)


def _dialogs(visitor: Visitor, look: Look) -> None:
    page = visitor.page
    visitor.settings("page")
    page.click("#shortcuts-open")
    look("shortcuts")
    page.keyboard.press("Escape")
    page.evaluate("location.hash = 'captions=large'")
    page.wait_for_selector("#settings-undo:not([hidden])")
    look("adopted")
    page.click("#settings-undo")
    look("settings-page")
    page.fill("#settings-search", page.inner_text("#settings-page .setting > span >> nth=0"))
    look("settings-found")
    page.fill("#settings-search", "")
    for tab in ("who", "sound", "turns"):
        visitor.settings(tab)
        look(f"settings-{tab}")
    page.click("#settings-turns .expert summary")
    look("settings-fine")
    page.click("#settings-close")
    page.click("#preflight-offer")
    look("preflight")
    page.wait_for_selector("#preflight-again:not([hidden])", timeout=30_000)
    look("preflight-settled")
    page.click("#preflight-close")


def _beginning(visitor: Visitor, wire: Wire, look: Look) -> None:
    page = visitor.page
    wire.held = True
    visitor.call()
    visitor.wait_for_phase("connecting")
    look("connecting")
    wire.release()
    visitor.wait_for_phase("live")
    look("listening")
    page.click("#microphone")
    look("muted")
    page.click("#microphone")
    visitor.settings("sound")
    look("settings-live")
    visitor.settings("turns")
    page.check('[value="push_to_talk"]')
    page.click("#settings-close")
    page.wait_for_selector("#talk-row:not([hidden])")
    look("push-to-talk")
    visitor.settings("turns")
    page.check('[value="server_vad"]')
    page.click("#settings-close")


def _talk(visitor: Visitor, wire: Wire, language: str, look: Look) -> None:
    asked, first, second, thanks = WORDS[language]
    city, progress, weather, _, _ = TOOL[language]
    wire.turn("user")
    _item(wire, "u1", "user", None)
    wire.tell("transcript", {"item": "u1", "delta": asked})
    look("user")
    wire.say("pause", {"paused": True, "sure": 0.7, "ends_in_ms": 600})
    visitor.page.wait_for_selector("body[data-state=pause]")
    look("pause")
    wire.tell("transcript", {"item": "u1", "text": asked, "final": True})
    wire.turn("thinking")
    look("thinking")
    _item(wire, "t1", "tool", "u1")
    call = {"call": "t1", "name": "weather", "arguments": json.dumps({"city": city}, ensure_ascii=False), "says": SAYS}
    wire.tell("tool", {**call, "state": "asked"})
    wire.turn("tool")
    visitor.page.wait_for_selector("#transcript .question")
    look("tool-asked")
    link = {"url": SOURCE, "title": city}
    wire.tell("tool", {**call, "state": "running", "progress": progress, "link": link})
    visitor.page.wait_for_selector("#transcript .progress:visible")
    look("tool")
    wire.tell("tool", {**call, "state": "done", "result": json.dumps(weather, ensure_ascii=False)})
    wire.turn("thinking")
    visitor.page.wait_for_selector("#transcript .card")
    look("tool-done")
    visitor.page.click("[data-item=t1] summary")
    look("tool-open")
    visitor.page.click("[data-item=t1] summary")
    _item(wire, "t2", "tool", "t1")
    wire.tell("tool", {**call, "call": "t2", "state": "failed", "result": "", "fault": "timed_out"})
    visitor.page.wait_for_selector("[data-item=t2] .card")
    look("tool-failed")
    _item(wire, "a1", "assistant", "t2")
    wire.tell("transcript", {"item": "a1", "delta": first + second})
    wire.sound("a1", 6000)
    wire.turn("assistant")
    visitor.page.wait_for_timeout(1500)
    look("speaking")
    wire.tell("hold", {"on": True, "voice_ms": 600})
    wire.turn("user")
    visitor.page.wait_for_timeout(500)
    look("held")
    _item(wire, "u2", "user", "a1")
    wire.tell("flush", {"item": "a1"})
    wire.tell("hold", {"on": False})
    wire.tell("transcript", {"item": "a1", "heard": first.strip()})
    wire.tell("transcript", {"item": "u2", "text": thanks, "final": True})
    wire.tell("usage", {"turn": USAGE, "total": USAGE, "cost": COST, **BILL})
    wire.turn("listening")
    look("cut")
    # A server that cannot be told has ended its next answer for a noise.
    _item(wire, "a2", "assistant", "u2")
    wire.tell("transcript", {"item": "a2", "delta": second})
    wire.sound("a2", 400)
    wire.complete("a2")
    wire.tell("transcript", {"item": "a2", "text": second, "final": True})
    wire.tell("transcript", {"item": "a2", "incomplete": "interrupted"})
    visitor.page.wait_for_selector(".entry .go-on")
    look("go-on")
    wire.say("limits", LIMITS)
    _notice(wire, "budget_low")
    look("warned")
    visitor.page.click("#meter-time")
    look("usage")
    visitor.page.keyboard.press("Escape")


def _typed(visitor: Visitor, wire: Wire, words: tuple[str, ...], look: Look) -> None:
    """From the box until it stands in the conversation."""
    page = visitor.page
    page.fill("#message", words[0] * 400)
    look("too-long")
    wire.held = wire.receipts = True
    wire.after = "a2"
    visitor.type(words[0])
    page.wait_for_selector('[data-typed="sent"]')
    look("on-its-way")
    _notice(wire, "too_fast")
    page.wait_for_selector('[data-typed="unsent"]')
    look("unsent")
    wire.release()
    page.wait_for_selector(".outbox .entry", state="detached")


def _told(visitor: Visitor, wire: Wire, look: Look) -> None:
    """Notices that a call meets, each with what can be done about it."""
    page = visitor.page
    for code in (
        "microphone_failed", "sound_failed", "no_sound", "microphone_shut", "microphone_silent", "connection_away",
        "client_missing", "page_outdated", "talks_blocked",
    ):  # fmt: skip
        off = code in SWITCHED_OFF
        if off:
            page.click("#microphone")
        _notice(wire, code)
        page.wait_for_selector(f'[data-code="{code}"][data-shown]')
        look(code.replace("_", "-"))
        page.click(f'[data-code="{code}"] > .dismiss')
        if off:
            page.click("#microphone")


def _notice(wire: Wire, code: str, fatal: bool = False) -> None:
    wire.say("notice", {"code": code, "message": "", "retry": False, "fatal": fatal})


def _item(wire: Wire, item: str, role: str, after: str | None) -> None:
    wire.tell("item", {"id": item, "role": role, "after": after, "kind": "audio"})


def _drawers(visitor: Visitor, language: str, look: Look) -> None:
    page = visitor.page
    page.click("#find-toggle")
    page.fill(".talk-find input", TOOL[language][4])
    look("find")
    page.keyboard.press("Escape")
    page.click("#log-toggle")
    page.wait_for_selector(".log-row")
    look("inspector")
    page.click(".log-row")
    page.wait_for_selector("#log-body:not([hidden])")
    look("inspector-event")
    page.click("#log-close")
    page.click("#talks-toggle")
    look("talks")
    page.click("#talks-close")


def _end(visitor: Visitor, wire: Wire, language: str, look: Look) -> None:
    page = visitor.page
    wire.held = True
    wire.cut()
    visitor.wait_for_phase("reconnecting")
    look("reconnecting")
    visitor.type(TOOL[language][3])
    page.wait_for_selector('[data-typed="waiting"]')
    look("waiting")
    wire.resumed = {"why": "moved"}
    wire.release()
    visitor.wait_for_phase("live")
    page.wait_for_selector("[role=separator]")
    look("moved")
    _session(visitor, wire, look)
    page.click("#call")
    visitor.wait_for_phase("ended")
    look("ended")
    _past(visitor, wire, look)
    # Its server has not ended that call.
    visitor.reload()
    visitor.call_until_live()
    for code in ("quota", "no_websocket"):
        _notice(wire, code, fatal=True)
    wire.say("ended", {"reason": "quota"})
    visitor.wait_for_phase("ended")
    look("trouble")
    page.evaluate(MISSED)
    page.wait_for_selector("#broken:not([hidden])")
    look("broken")


def _session(visitor: Visitor, wire: Wire, look: Look) -> None:
    """Is lost, and another one takes over."""
    # It goes out of sight by itself.
    if (moved := visitor.page.locator('[data-code="moved"][data-shown] > .dismiss')).is_visible():
        moved.click()
    _notice(wire, "upstream_lost")
    look("session-lost")
    made = {"persona": "companion", "profile": "openai", "model": "m", "voice": "v"}
    wire.say("renewed", {"why": "lost", **made, "expires_at": None, "expires_in_s": None})
    for code in ("talk_shortened", "sound_left_out"):
        _notice(wire, code)
    look("session-back")


def _past(visitor: Visitor, wire: Wire, look: Look) -> None:
    """A talk of the past, which goes on until another page takes over."""
    page = visitor.page
    page.click("#talks-toggle")
    page.click("[data-talk]")
    page.wait_for_selector("#talk-detail .export option:nth-child(2)", state="attached")
    look("talk")
    page.click("#talk-detail .tools .plain:not([aria-pressed], .go-on)")
    look("talk-sure")
    page.click("#talk-detail .go-on")
    visitor.wait_for_phase("live")
    look("going-on")
    page.click("#talks-toggle")
    page.click("[data-talk]")
    page.wait_for_selector("#talk-detail .go-on:disabled")
    look("talk-later")
    page.click("#talks-close")
    _notice(wire, "taken_over", fatal=True)
    wire.say("ended", {"reason": "taken_over"})
    visitor.wait_for_phase("ended")
    look("taken-over")
