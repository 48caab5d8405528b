"""Every phase of a call and what may stand beside it, for whoever wants to see each of them in several windows."""

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.browser.states import BILL, COST, LIMITS, USAGE, WORDS
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire

SCENARIO = "silent"
# The browser asks whether the page may hear the microphone, until somebody answers.
ASKS = """(() => {
  const ask = navigator.mediaDevices.getUserMedia
  const answered = new Promise(resolve => { window.testAllow = resolve })
  navigator.mediaDevices.getUserMedia = async wishes => { await answered; return ask(wishes) }
})()"""
UNFOLD = "document.querySelectorAll('.expert').forEach(part => { part.open = true })"
DRAWERS = ("talks", "settings", "log")
LEAVING = {"en": "End the call and leave?", "es": "¿Terminar la llamada y salir?", "ja": "通話を終了して移動しますか？"}

Look = Callable[[str], None]


class Walk:
    """One visitor through all phases. `look` is called with the name of each."""

    def __init__(self, browser: Browser, url: str, language: str, look: Look, mode: str = "server_vad") -> None:
        self.visitor = Visitor(browser, {"keep": "text", "mode": mode}, room=ASKS, reduced_motion="reduce")
        self.mode = mode
        self.page = self.visitor.page
        self.wire = Wire(self.page)
        self.words = WORDS[language]
        self.look = look
        self.visitor.open(url, language)

    def whole(self) -> None:
        self._before()
        self._beginning()
        self._talk()
        self._notices()
        self._drawers("live")
        self._typed()
        self._end()

    def push_to_talk(self) -> None:
        self._beginning()
        self.page.wait_for_selector("#talk-row:not([hidden])")
        self.look("push to talk")
        self._clock()
        self.page.focus("#talk")
        self.page.keyboard.down("Enter")
        self.page.wait_for_selector("#talk[aria-pressed=true]")
        self.look("talking")
        self.page.keyboard.up("Enter")
        self._notices()
        self._drawers("push to talk")
        self._hang_up()

    def _before(self) -> None:
        self.look("before")
        self._drawers("before")
        self.page.evaluate("location.hash = '#captions=large&silence_ms=900'")
        self.page.wait_for_selector("#settings-undo:not([hidden])")
        self.look("undo")
        self.page.click("#settings-undo")
        self.page.click("#settings-close")
        self.page.fill("#message", "One line after the other.\n" * 8)
        self.look("long draft")
        self.page.fill("#message", "too long " * 1000)
        self.look("too long")
        self.page.fill("#message", "")

    def _beginning(self) -> None:
        self.visitor.call()
        self.page.wait_for_selector("body[data-state=permission]")
        self.look("asking")
        self.wire.held = True
        self.page.evaluate("window.testAllow()")
        self.page.wait_for_selector("body[data-state=connecting]")
        self.look("connecting")
        self.wire.release()
        self.visitor.wait_for_phase("live")
        self.look("listening")

    def _talk(self) -> None:
        asked, first, second, _ = self.words
        self._item("u1", "user", None)
        self.wire.tell("transcript", {"item": "u1", "text": asked, "final": True})
        self._item("a1", "assistant", "u1")
        self.wire.tell("transcript", {"item": "a1", "delta": (first + second) * 4})
        self.wire.sound("a1", 3000)
        self.wire.turn("assistant")
        self.page.wait_for_selector("body[data-speaking]")
        self.look("speaking")
        self.wire.turn("listening")
        self._clock()
        self.look("clock and cost")
        self.page.click("#meter-time")
        self.look("what it takes")
        self.page.keyboard.press("Escape")
        self.page.click("#microphone")
        self.look("muted")
        self.page.click("#microphone")
        self.page.click("#languages-toggle")
        self.page.click("nav a:not([aria-current])")
        self.page.get_by_text(LEAVING[self.page.evaluate("document.documentElement.lang")]).wait_for()
        self.look("leaving")

    def _clock(self) -> None:
        self.wire.tell("usage", {"turn": USAGE, "total": USAGE, "cost": COST, **BILL})
        self.wire.say("limits", {**LIMITS, "idle_left_s": 50})

    def _notices(self) -> None:
        for code in ("idle_soon", "budget_low"):
            self._notice(code, fatal=False)
        self.look("notices")

    def _drawers(self, phase: str) -> None:
        for drawer in DRAWERS:
            self.page.click(f"#{drawer}-toggle")
            self.page.wait_for_timeout(300)
            self.look(f"{drawer}, {phase}")
            if drawer == "settings":
                self._tabs(phase)
            self.page.click(f"#{drawer}-close")

    def _tabs(self, phase: str) -> None:
        """The others, once before a call, with all that is folded there."""
        for tab in ("sound", "turns", "page", "who") if phase == "before" else ():
            self.visitor.settings(tab)
            self.page.evaluate(UNFOLD)
            self.look(f"settings: {tab}")

    def _typed(self) -> None:
        self.wire.held = True
        self.visitor.type(self.words[3])
        self.page.wait_for_selector("[data-typed=sent]")
        self.look("typed")
        self._notice("too_fast", fatal=False)
        self.page.wait_for_selector("[data-typed=unsent]")
        self.look("not sent")
        self.wire.release()

    def _end(self) -> None:
        self.wire.held = True
        self.wire.cut()
        self.visitor.wait_for_phase("reconnecting")
        self.look("reconnecting")
        self.wire.release()
        self.visitor.wait_for_phase("live")
        self._hang_up()
        self.page.fill("#message", "")
        self.visitor.call_until_live()
        self._notice("quota", fatal=True)
        self.wire.say("ended", {"reason": "quota"})
        self.visitor.wait_for_phase("ended")
        self.look("trouble")

    def _hang_up(self) -> None:
        self.page.click("#call")
        self.visitor.wait_for_phase("ended")
        self.look("ended")

    def _item(self, item: str, role: str, after: str | None) -> None:
        self.wire.tell("item", {"id": item, "role": role, "after": after, "kind": "audio"})

    def _notice(self, code: str, fatal: bool) -> None:
        self.wire.say("notice", {"code": code, "message": "", "retry": False, "fatal": fatal})
        self.visitor.wait_for_notice(code)
