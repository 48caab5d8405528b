"""What went wrong upstream, in our codes and plain words (docs/errors.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fault:
    """`message` is for people; `retry` says whether trying again can help without changing anything.

    `param`: the field that a server refused, by the server's name for it.
    """

    code: str
    message: str
    retry: bool = False
    param: str = ""


KEY_WRONG = Fault("key_wrong", "The API key was refused. Check OPENAI_API_KEY or VOICEAPP_UPSTREAM_KEY on the server.")
NO_ACCESS = Fault(
    "no_access", "This API key may not use the model. Choose another model in VOICEAPP_MODEL, or another key."
)
MODEL_MISSING = Fault("model_missing", "The server does not know this model. Check VOICEAPP_MODEL.")
QUOTA = Fault("quota", "The API account has no credit left. Add credit, or raise the limit, at the provider.")
RATE_LIMITED = Fault("rate_limited", "The provider is limiting requests. Wait a moment and try again.", retry=True)
BETA_REFUSED = Fault(
    "beta_refused",
    "The server refused the old beta protocol. Use a GA address in VOICEAPP_UPSTREAM_URL and VOICEAPP_PROFILE=openai.",
)
EXPIRED = Fault("expired", "The session reached its maximum length. Start a new call to go on.", retry=True)
UNREACHABLE = Fault(
    "upstream_unreachable",
    "The voice server cannot be reached. Check the network and VOICEAPP_UPSTREAM_URL.",
    retry=True,
)
STALLED = Fault("upstream_stalled", "The voice server stopped answering. Try again in a moment.", retry=True)
CLOSED = Fault("upstream_closed", "The voice server ended the call. Start a new call to go on.", retry=True)
FAILED = Fault("upstream_failed", "The voice server reported an error. Try again in a moment.", retry=True)
SETTINGS_REFUSED = Fault(
    "settings_refused",
    "The voice server refused the session's settings. Check VOICEAPP_PROFILE, VOICEAPP_MODEL and VOICEAPP_VOICE.",
)
NOT_READY = Fault(
    "upstream_not_ready",
    "The voice server did not get ready in time. Try again in a moment, or raise VOICEAPP_READY_SECONDS.",
    retry=True,
)
CHANGE_REFUSED = Fault("change_refused", "The voice server refused this change. The call goes on as it was.")
NO_ANSWER = Fault(
    "no_answer", "The service held its answer back, or cut it off before the first word. Ask in another way."
)
OVERDUE = Fault(
    "overdue", "The voice server is taking too long to answer. Say it again, or wait a little longer.", retry=True
)
TRANSCRIPT_FULL = Fault(
    "transcript_full", "The transcript of this call is full. You can go on talking, but nothing more is written down."
)
BUSY = Fault("busy", "All lines are busy. Try again in a moment.", retry=True)
TOOLS_MISSING = Fault(
    "tools_missing", "Some of the assistant's tools cannot be reached. The call goes on without them."
)
PICTURES_UNSEEN = Fault("pictures_unseen", "This model cannot see pictures. Tell it what the picture shows.")
PICTURE_REFUSED = Fault("picture_refused", "The voice server refused the picture. Show it once more, or another one.")
TOOL_LOOP = Fault("tool_loop", "The model keeps calling tools and does not answer. Say something to go on.")

# Of a call that outlives its session, or its page's connection.
UPSTREAM_LOST = Fault(
    "upstream_lost", "The connection to the voice server was lost. Another is made, and the call goes on by itself."
)
ANSWER_SHORTENED = Fault(
    "answer_shortened", "The answer grew too long while nobody was there to hear it, so it was cut. Ask for the rest."
)
TALK_SHORTENED = Fault(
    "talk_shortened", "The talk is too long to be passed on in full, so its oldest part was left out."
)

# Codes of `error` events, of failed responses and of close reasons (`type.code`), which share one vocabulary.
# Sources: the provider's error reference, recordings and issue threads on compatible clients.
_BY_CODE: Mapping[str, Fault] = MappingProxyType(
    {
        "invalid_api_key": KEY_WRONG,
        "account_deactivated": KEY_WRONG,
        "model_not_found": MODEL_MISSING,
        "invalid_model": MODEL_MISSING,
        "missing_model": MODEL_MISSING,
        "insufficient_quota": QUOTA,
        "credit_balance_exhausted": QUOTA,
        "billing_hard_limit_reached": QUOTA,
        "rate_limit_exceeded": RATE_LIMITED,
        "inference_rate_limit_exceeded": RATE_LIMITED,
        "beta_api_shape_disabled": BETA_REFUSED,
        "session_expired": EXPIRED,
        # The embedded engine's, where all its lines are taken.
        "server_full": BUSY,
    }
)
# With these no further turn can succeed, in this session or another.
FATAL = frozenset({KEY_WRONG, MODEL_MISSING, QUOTA, BETA_REFUSED})
# Another response runs, so that a `response.create` is refused.
ACTIVE = "conversation_already_has_active_response"
# A race between their turn detection and our clean-up; nothing is lost.
BENIGN = frozenset(
    {
        ACTIVE,
        "response_cancel_not_active",
        "input_audio_buffer_commit_empty",
        "item_truncate_invalid_item_id",
        "item_delete_invalid_item_id",
        "item_retrieve_invalid_item_id",
    }
)
# The name of a field, as `session.audio.input.noise_reduction`.
FIELD = re.compile(r"[A-Za-z_][\w.\[\]-]{0,99}", re.ASCII)
# Of these no setting of ours is the cause.
_SERVERS_OWN = frozenset({"server_error", "internal_error", "internal_server_error", "service_unavailable", "timeout"})
_BY_STATUS: Mapping[int, Fault] = MappingProxyType(
    {401: KEY_WRONG, 403: NO_ACCESS, 404: MODEL_MISSING, 429: RATE_LIMITED}
)


def of_code(code: str) -> Fault:
    """The fault behind an error code; `FAILED` for one we do not know."""
    return _BY_CODE.get(code, FAILED)


def of_refusal(code: str, param: str) -> Fault:
    """The fault behind an error that comes before the session is made, and so refuses it."""
    fault = of_code(code)
    if fault is not FAILED:
        return fault
    return FAILED if code in _SERVERS_OWN and not param else about(SETTINGS_REFUSED, param)


def about(fault: Fault, param: str) -> Fault:
    """The fault; if `param` is a field, its message names it instead of giving advice."""
    if not FIELD.fullmatch(param):
        return fault
    return replace(fault, message=f"{fault.message.partition('.')[0]}: the field it names is {param}.", param=param)


def of_status(status: int) -> Fault:
    """The fault behind an HTTP status that refused the upgrade."""
    return _BY_STATUS.get(status, UNREACHABLE if status >= 500 else FAILED)


def of_close(code: int, reason: str) -> Fault:
    """The fault behind a close frame: its reason holds `type.code` or the expiry's words; else its number decides."""
    known = _BY_CODE.get(reason.rpartition(".")[2])
    if known:
        return known
    if code == 3000:
        return KEY_WRONG
    if code == 1001 and "maximum duration" in reason:
        return EXPIRED
    return CLOSED
