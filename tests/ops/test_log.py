"""The log, as the app writes it: one line a record, redacted, bounded, and held to a pace."""

import logging
from collections.abc import Callable, Iterator

import pytest

from voiceapp.ops import metrics
from voiceapp.ops.log import printable, write_log
from voiceapp.secret import Secret


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    root = logging.getLogger()
    before = root.handlers[:]
    write_log([Secret("marked-secret-key")])
    yield lambda: capsys.readouterr().err
    root.handlers[:] = before


@pytest.mark.parametrize("name", ["voiceapp.call.relay", "engineio.server", "socketio.server", "asyncio", "werkzeug"])
def test_every_librarys_log_is_redacted_and_paced(written: Callable[[], str], name: str) -> None:
    for _ in range(50):
        logging.getLogger(name).error("refused marked-secret-key")
    assert written().count("refused ***") == 1


def test_a_servers_logger_of_its_own_adds_no_second_handler(written: Callable[[], str]) -> None:
    from voiceapp import create_app
    from voiceapp.config.settings import Settings

    app = create_app(Settings.from_env({"SECRET_KEY": "marked-secret-key"}))
    app.extensions["socketio"].server.eio.logger.error("refused marked-secret-key")
    assert "marked-secret-key" not in written()


def test_a_line_is_bounded_and_moves_no_cursor(written: Callable[[], str]) -> None:
    logging.getLogger("voiceapp.x").error("code \x1b[2J\x9b\x85\u2028\r\n%s", "y" * 1_000_000)
    text = written()
    assert r"code \x1b[2J\x9b\x85\u2028\r\ny" in text
    assert len(text) < 25_000
    assert "more characters)" in text


@pytest.mark.parametrize(
    "said",
    [
        "sk-proj-abcdefgh12345", "ek_abcdef123456", "Bearer abc.def-ghi", "authorization: Basic dXNlcjpwYXNz",
        "Cookie: voiceapp_access=abc", "{'api-key': 'abc'}", "wss://me:abc@example.org/v1",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_blotted_out_although_nobody_knows_it(
    written: Callable[[], str], said: str
) -> None:
    logging.getLogger("voiceapp.x").error("it said %s", said)
    text = written()
    assert "it said" in text
    assert "***" in text
    assert not [word for word in ("abc", "dXNl", "12345") if word in text]


def test_a_traceback_holds_none_either_and_is_one_line(written: Callable[[], str]) -> None:
    try:
        {}["marked-secret-key"]
    except KeyError:
        logging.getLogger("voiceapp.x").exception("it failed")
    text = written()
    assert "KeyError: '***'" in text
    assert text.count("\n") == 1


def test_what_cannot_be_written_is_said_without_it(written: Callable[[], str]) -> None:
    record = logging.LogRecord("voiceapp.x", logging.ERROR, __file__, 1, "%d calls", ("marked-secret-key",), None)
    # Ours alone: pytest's own would raise.
    (ours,) = (each for each in logging.getLogger().handlers if type(each).__module__ == "voiceapp.ops.log")
    ours.handle(record)
    text = written()
    assert "logs what cannot be written" in text
    assert "marked" not in text


def test_a_stream_that_takes_nothing_holds_nobody_up(
    written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _: str) -> None:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", Full())
        logging.getLogger("voiceapp.x").error("one")
    logging.getLogger("voiceapp.y").error("two")
    assert "two" in written()


def test_it_is_set_up_once_however_often_that_is_asked(written: Callable[[], str]) -> None:
    write_log([Secret("marked-secret-key")])
    logging.getLogger("voiceapp.x").error("once")
    assert written().count("once") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [("voice.example:8443", "voice.example:8443"), ('a" code=ok\x1b<b>', "a?_code=ok??b?"), ("日本", "??"), ("", "")],
)
def test_what_a_stranger_wrote_is_printable_as_one_word(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable("y" * 200) == "y" * 120 + "…"


def test_notices_of_no_call_are_one_line_a_second_and_those_of_calls_are_told(written: Callable[[], str]) -> None:
    for n in range(15):
        metrics.noticed("none", "bad_event", fatal=False)
        metrics.noticed(f"call{n}", "idle", fatal=True)
        metrics.call_ended(f"call{n}", "idle", 1.0)
    text = written()
    assert (text.count("call=none"), text.count("code=idle"), text.count("event=call_ended")) == (1, 15, 15)
