"""Changes of how the person is heard: in force at once, and gone where the server says no."""

from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.events import Configured
from voiceapp.conversation.session_changes import SessionChanges
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad


def changing(*changes: Configured) -> SessionChanges:
    made = SessionChanges(SessionConfig("marin", ""))
    for n, change in enumerate(changes):
        made.ask(f"c{n}", change)
    return made


def test_one_is_in_force_before_the_server_has_said_anything() -> None:
    assert changing(Configured(language="ja")).config.language == "ja"


def test_noise_is_taken_out_as_chosen_where_the_server_can_be_told() -> None:
    assert changing(Configured(noise="far")).config.noise is None
    made = SessionChanges(SessionConfig("marin", "", noise="near"))
    made.ask("c0", Configured(noise="off"))
    made.ask("c1", Configured(language="ja"))
    assert (made.config.noise, made.config.language) == ("off", "ja")
    assert made.refuse("c0")
    assert made.config.noise == "near"


def test_one_that_is_refused_is_gone_and_the_others_stay() -> None:
    changes = changing(Configured(SemanticVad()), Configured(language="ja"))
    assert changes.refuse("c0")
    assert (changes.config.detection, changes.config.language) == (ServerVad(), "ja")


def test_an_answer_is_to_the_oldest() -> None:
    changes = changing(Configured(SemanticVad()), Configured(language="ja"))
    assert changes.confirm() == Configured(SemanticVad())
    assert changes.refuse("")
    assert (changes.config.detection, changes.config.language) == (SemanticVad(), None)
    assert not changes.pending


def test_what_was_never_asked_is_neither_made_nor_refused() -> None:
    changes = changing(Configured(language="ja"))
    assert not changes.refuse("c9")
    changes.confirm()
    assert changes.confirm() is None
    assert not changes.refuse("")
    assert changes.config.language == "ja"


def test_a_way_that_turns_end_is_sure_once_both_sides_know_of_it() -> None:
    changes = changing(Configured(PushToTalk()))
    assert not changes.by(PushToTalk)
    changes.confirm()
    assert changes.by(PushToTalk)
    changes.ask("c1", Configured(ServerVad()))
    assert not changes.by(PushToTalk)
