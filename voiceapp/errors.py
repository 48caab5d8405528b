"""Every error we raise, by whose fault it is; its code and message are what the page is told (docs/errors.md)."""

from .conversation.faults import BUSY as BUSY
from .conversation.faults import Fault


class VoiceError(Exception):
    """An error for people: `fault` holds its code, its plain words and whether to try again."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class SettingError(VoiceError):
    """The operator's: a setting is wrong. The message names the variable."""

    def __init__(self, message: str) -> None:
        super().__init__(Fault("bad_setting", message))


class BrowserError(VoiceError):
    """The page's: an event that is not part of the wire, or at the wrong time."""

    def __init__(self, message: str, code: str = "bad_event") -> None:
        super().__init__(Fault(code, message))


class UpstreamError(VoiceError):
    """The upstream's: it cannot be reached or refuses us. `after_s`: it wants to be asked again no sooner."""

    def __init__(self, fault: Fault, after_s: float = 0.0) -> None:
        super().__init__(fault)
        self.after_s = after_s


class LimitError(VoiceError):
    """A limit's: the operator allows no more of this, or not to this person."""


class EngineError(VoiceError):
    """The embedded engine's: it cannot be started."""


class ResumeError(VoiceError):
    """A page cannot come back to its call; where asking again may help, after so many seconds."""

    def __init__(self, fault: Fault, after_s: float | None = None) -> None:
        super().__init__(fault)
        self.after_s = after_s


INTERNAL = Fault("internal", "Something went wrong on the server. Start a new call to go on.", retry=True)
BROWSER_STALLED = Fault("browser_stalled", "The page fell behind, so the call was ended. Start a new call.", retry=True)
SERVER_STOPPING = Fault("server_stopping", "The server is being restarted. Start a new call in a moment.", retry=True)
ENGINE_MISSING = Fault(
    "engine_missing",
    "No key is set and the built-in voice is not installed. Set OPENAI_API_KEY, or run: "
    "pip install -r requirements-engine.txt",
)
ENGINE_FAILED = Fault(
    "engine_failed", "The built-in voice could not be started. The server's log says why.", retry=True
)
UPSTREAM_STARTING = Fault("upstream_starting", "The voice server is getting ready. The call begins by itself.")
ENGINE_STARTING = Fault(
    "engine_starting", "The built-in voice is getting ready. This takes a few seconds the first time."
)

SOUND_LEFT_OUT = Fault(
    "sound_left_out",
    "You were cut off for too long to catch up with all that you said, so some of it was left out. Say it again.",
)
TAKEN_OVER = Fault("taken_over", "Another tab or window went on with this call.")
MOVED = Fault("moved", "Another server took the call on. The last few seconds may be missing.")
RESUME_REFUSED = Fault("resume_refused", "The call cannot be resumed with this token. Start a new call.")
CALL_OVER = Fault("call_over", "The call has already ended. Start a new call.")
CALL_ELSEWHERE = Fault("call_elsewhere", "Another server still has the call. Ask again in a moment.", retry=True)
TALK_WANTED = Fault("talk_wanted", "This server does not know what was said. Resume again, with the talk.", retry=True)

RENEWAL_FAILED = Fault("renewal_failed", "The change could not be made. The call goes on as it was.", retry=True)
TOO_OFTEN = Fault("too_often", "Too many requests in a short time. Wait a little, then try again.", retry=True)

NOT_ALLOWED = Fault("not_allowed", "You are not logged in. Reload the page and type the access code.")
# Where nobody is asked for a code: a proxy says who it is.
NOT_NAMED = Fault(
    "not_allowed",
    "The proxy in front of this server did not say who you are. Open the app at the address you were given.",
)
WRONG_NAME = Fault(
    "wrong_place",
    "This server does not answer to the name it was asked for. Open the app at the address you were given.",
)
WRONG_PLACE = Fault(
    "wrong_place",
    "The address of this page does not match the one the server was asked for: a proxy in front changes it, or the "
    "request came from another site.",
)
TOO_MANY_TRIES = Fault("too_many_tries", "Too many wrong codes. Wait a minute, then try again.", retry=True)
TOO_MANY_CALLS = Fault(
    "too_many_calls", "You already have as many calls as one person may have. End one first.", retry=True
)
TOO_FAST = Fault("too_fast", "Too much was sent at once, so some of it was left out. Wait a moment, then go on.")
IDLE_SOON = Fault("idle_soon", "Nobody has spoken for a while. Say something, or the call ends soon.")
IDLE = Fault("idle", "The call was ended because nobody spoke. Start a new call when you like.", retry=True)
CALL_ENDING = Fault("call_ending", "The call will soon reach its time limit.")
CALL_TOO_LONG = Fault(
    "call_too_long", "The call reached this server's time limit. Start a new call to go on.", retry=True
)
BUDGET_LOW = Fault("budget_low", "Today's budget is nearly spent. The call ends when it is spent.")
BUDGET_SPENT = Fault("budget_spent", "Today's budget is spent. Try again tomorrow.")
