"""Personas come from files; a wrong one is named by file, line and key."""

from pathlib import Path

import pytest

from voiceapp.config import persona
from voiceapp.conversation.turn_detection import SemanticVad, ServerVad
from voiceapp.errors import SettingError
from voiceapp.web.pages import read_languages

GOOD = """
name = { en = "Sam", ja = "サム" }
instructions = "Be Sam."
"""


def written(folder: Path, text: str, name: str = "sam") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


class TestInstalled:
    def test_there_are_five_and_each_can_be_named_and_described_in_every_language(self) -> None:
        personas = persona.read_all()
        assert set(personas) == {"companion", "friend", "tutor", "interviewer", "interpreter"}
        for each in personas.values():
            assert set(each.names) == set(each.about) == set(each.starters) == set(read_languages())
            assert all(len(set(starters)) == persona.MAX_STARTERS for starters in each.starters.values())
            assert each.greeting
            assert each.greeting in each.opening

    def test_the_cheerful_friend_is_the_talk_this_project_began_with(self) -> None:
        friend = persona.read_all()["friend"]
        assert (friend.language, friend.transcription_language, friend.voices["openai"]) == ("ja", "ja", "shimmer")
        assert "敬語は使わない" in friend.instructions

    def test_whoever_needs_a_language_model_says_so(self) -> None:
        personas = persona.read_all().values()
        assert {each.id for each in personas if not each.needs_model} == {"companion", "friend"}


class TestFiles:
    def test_all_that_can_be_said_of_one(self, tmp_path: Path) -> None:
        text = f"""{GOOD}
language = "ja"
greeting = "Hi."
speed = 0.9
tools = ["clock"]
[voice]
openai = "cedar"
[turn]
mode = "server_vad"
silence_ms = 800
idle_ms = 10000
[transcription]
language = "ja"
hints = "Names: Sam."
"""
        read = persona.read(written(tmp_path, text))
        assert (read.id, read.name_in("ja"), read.name_in("fr"), read.speed) == ("sam", "サム", "Sam", 0.9)
        assert (read.tools, persona.own("Be kind.").tools) == (("clock",), None)
        assert read.detection == ServerVad(silence_ms=800, idle_ms=10_000)
        assert (read.voices, read.transcription_language, read.hints) == ({"openai": "cedar"}, "ja", "Names: Sam.")

    def test_turns_may_end_otherwise_with_one_kind_of_upstream(self, tmp_path: Path) -> None:
        own = "[turn.embedded]\nmode = 'semantic_vad'\neagerness = 'low'\n"
        read = persona.read(written(tmp_path, GOOD + "[turn]\nmode = 'server_vad'\nsilence_ms = 800\n" + own))
        assert read.detection == ServerVad(silence_ms=800)
        assert read.detections == {"embedded": SemanticVad("low")}
        assert persona.read(written(tmp_path, GOOD + own)).detection is None

    def test_it_may_say_what_to_begin_with(self, tmp_path: Path) -> None:
        read = persona.read(
            written(tmp_path, GOOD + "[starters]\nen = ['Hi, Sam.']\nja = ['やあ、サム。', 'サム？']\n")
        )
        assert [read.starters_in(tag) for tag in ("en", "ja", "es")] == [
            ("Hi, Sam.",), ("やあ、サム。", "サム？"), ("Hi, Sam.",),
        ]  # fmt: skip
        alike = persona.read(written(tmp_path, GOOD + "starters = ['Hi.']"))
        assert (alike.starters_in("ja"), persona.own("Be kind.").starters_in("en")) == (("Hi.",), ())

    @pytest.mark.parametrize(
        "starters", ["'Hi.'", "['']", "['a', 'b', 'c', 'd']", "[1]", f"['{'x' * 101}']", "{ e = ['Hi.'] }", "7"]
    )
    def test_what_to_begin_with_is_a_few_short_texts(self, tmp_path: Path, starters: str) -> None:
        with pytest.raises(SettingError, match=r"sam\.toml, line 4: starters"):
            persona.read(written(tmp_path, GOOD + f"starters = {starters}"))

    def test_a_name_alone_serves_every_language(self, tmp_path: Path) -> None:
        read = persona.read(written(tmp_path, 'name = "Sam"\ninstructions = "x"'))
        assert (read.name_in("en"), read.name_in("ja"), read.opening) == ("Sam", "Sam", "")

    def test_a_folder_adds_to_the_installed_ones_and_wins(self, tmp_path: Path) -> None:
        written(tmp_path, GOOD)
        written(tmp_path, GOOD, "tutor")
        personas = persona.read_all(str(tmp_path))
        assert set(personas) == {"companion", "friend", "tutor", "interviewer", "interpreter", "sam"}
        assert personas["tutor"].instructions == "Be Sam."

    def test_somebody_must_be_left_for_the_embedded_engine(self, tmp_path: Path) -> None:
        for name in ("companion", "friend"):
            written(tmp_path, GOOD + "needs_model = true", name)
        with pytest.raises(SettingError, match="VOICEAPP_PERSONAS"):
            persona.read_all(str(tmp_path))

    @pytest.mark.parametrize(
        ("text", "place", "words"),
        [
            ("name = 'Sam'", "sam.toml", "instructions is missing"),
            ("instructions = 'x'", "sam.toml", "name is missing"),
            (GOOD + "greetin = 'x'", "line 4", "greetin is not known"),
            (GOOD + "speed = 'fast'", "line 4", "speed must be a number from 0.25 to 1.5"),
            (GOOD + "speed = nan", "line 4", "speed must be"),
            (GOOD + "needs_model = 1", "line 4", "needs_model must be true or false"),
            (GOOD + "language = 'not a tag'", "line 4", "language must be a language tag"),
            (GOOD + "greeting = ' '", "line 4", "greeting must be text of 1 to 500 characters"),
            (GOOD + "[voice]\nopenai = 'a b'", "line 5", "voice.openai must be a voice's name"),
            (GOOD + "[voice]\nopenia = 'cedar'", "line 5", "voice.openia is not known"),
            (GOOD + "voice = 'cedar'", "line 4", "voice must be a table"),
            (GOOD + "[turn]\nmode = 'server_vad'\nsilence_ms = 50", "line 6", "silence_ms must be a whole number"),
            (GOOD + "[turn]\nmode = 'server_vad'\nidle_ms = 100", "line 6", "idle_ms must be 0 or a whole number"),
            (GOOD + "[turn]\nmode = 'vad'", "line 5", "turn.mode must be one of"),
            (GOOD + "[turn]\nmode = 'semantic_vad'\nthreshold = 0.5", "line 6", "turn has no field 'threshold'"),
            (GOOD + "[turn.embedded]\nmode = 'vad'", "line 5", "turn.mode must be one of"),
            (GOOD + "[turn.elsewhere]\nmode = 'server_vad'", "line 4", "turn.elsewhere is not known"),
            (GOOD + "[transcription]\nlanguage = 3", "line 5", "transcription.language must be"),
            (GOOD + "[about]\nenglish_ = 'x'", "line 5", "about.english_ is no language tag"),
            ("name = { en = 3 }\ninstructions = 'x'", "line 1", "name.en must be text"),
            (GOOD + "tools = 'clock'", "line 4", "tools must be a list of names of tools"),
            (GOOD + "tools = [1]", "line 4", "tools must be a list of names of tools"),
            (GOOD + "speed = \n", "line 4", "cannot be read"),
        ],
    )
    def test_what_is_wrong_is_named_by_file_line_and_key(
        self, tmp_path: Path, text: str, place: str, words: str
    ) -> None:
        with pytest.raises(SettingError) as raised:
            persona.read(written(tmp_path, text))
        message = raised.value.fault.message
        assert message.startswith("sam.toml")
        assert place in message
        assert words in message

    def test_a_file_that_is_not_text_or_too_long_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "sam.toml"
        file.write_bytes(b"\xff\xfe")
        with pytest.raises(SettingError, match="cannot be read"):
            persona.read(file)
        file.write_text("#" * 70_000)
        with pytest.raises(SettingError, match="longer than"):
            persona.read(file)

    @pytest.mark.parametrize("name", ["Sam", "a b", "own", "é"])
    def test_its_name_is_its_id(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SettingError, match="file has a name of"):
            persona.read(written(tmp_path, GOOD, name))

    def test_instructions_do_not_show_themselves(self) -> None:
        assert "Be Sam." not in repr(persona.own("Be Sam."))
