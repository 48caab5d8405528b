"""What a page may choose, and the session that its choice becomes."""

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from voiceapp.config.settings import Settings
from voiceapp.conversation.functions import Function
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad
from voiceapp.engine.brains.companion import Companion
from voiceapp.engine.brains.companion_ja import JapaneseCompanion
from voiceapp.errors import BrowserError, SettingError
from voiceapp.ops import readiness
from voiceapp.upstream.session_options import SessionOptions


def options(**env: str) -> SessionOptions:
    return SessionOptions(Settings.from_env(env))


PAGES = ("en", "es", "ja")
CLOCK, SUM = Function("clock", "", {}), Function("sum", "", {})


def openai(**env: str) -> SessionOptions:
    return options(OPENAI_API_KEY="sk-x", **env)


def languages_of() -> tuple[str, ...]:
    return options().profiles["embedded"].languages


def named(shown: dict[str, Any], profile: str) -> set[str]:
    return {each["id"] for each in shown["personas"] if profile in each["profiles"]}


class TestTools:
    def with_tools(self, tmp_path: Path, line: str) -> SessionOptions:
        (tmp_path / "sam.toml").write_text(f'name = "Sam"\ninstructions = "x"\n{line}\n', encoding="utf-8")
        settings = Settings.from_env({"OPENAI_API_KEY": "sk-x", "VOICEAPP_PERSONAS": str(tmp_path)})
        return SessionOptions(settings, (CLOCK, SUM))

    def test_a_persona_has_all_of_them_or_those_it_names(self, tmp_path: Path) -> None:
        options = self.with_tools(tmp_path, 'tools = ["sum"]')
        assert options.plan({"persona": "companion"}).config.functions == (CLOCK, SUM)
        assert options.plan({"persona": "sam"}).config.functions == (SUM,)
        assert self.with_tools(tmp_path, "tools = []").plan({"persona": "sam"}).config.functions == ()

    def test_one_that_is_not_offered_stops_the_start(self, tmp_path: Path) -> None:
        with pytest.raises(SettingError, match=r"sam\.toml: tools names 'fly'; VOICEAPP_TOOLS offers clock, sum\."):
            self.with_tools(tmp_path, 'tools = ["fly"]')


class TestServersOfTheUpstreams:
    def plan(self, tmp_path: Path, **env: str) -> Any:
        (tmp_path / "mcp.toml").write_text(
            '[sky]\nurl = "https://sky.example/mcp"\nby = "upstream"\n', encoding="utf-8"
        )
        return openai(VOICEAPP_MCP=str(tmp_path / "mcp.toml"), **env).plan({})

    def test_they_are_passed_to_a_server_that_reaches_them(self, tmp_path: Path) -> None:
        (server,) = self.plan(tmp_path).config.servers
        assert (server["server_label"], server["require_approval"]) == ("sky", "always")

    def test_and_to_no_other(self, tmp_path: Path) -> None:
        beta = {
            "VOICEAPP_PROFILE": "beta",
            "VOICEAPP_UPSTREAM_URL": "ws://127.0.0.1:1/v1",
            "VOICEAPP_UPSTREAM_KEY": "k",
        }
        (tmp_path / "mcp.toml").write_text(
            '[sky]\nurl = "https://sky.example/mcp"\nby = "upstream"\n', encoding="utf-8"
        )
        assert options(VOICEAPP_MCP=str(tmp_path / "mcp.toml"), **beta).plan({}).config.servers == ()


class TestUsual:
    def test_nothing_chosen_is_the_companion_who_speaks_first(self) -> None:
        plan = openai().plan({})
        assert (plan.persona, plan.profile.name, plan.profile.model) == ("companion", "openai", "gpt-realtime-2.1")
        assert (plan.config.voice, plan.config.detection) == ("marin", ServerVad())
        assert plan.config.instructions in plan.config.opening

    def test_a_page_whose_person_was_there_first_is_not_greeted(self) -> None:
        assert openai().plan({"greet": False}).config.opening == ""

    def test_noise_is_reduced_for_a_microphone_that_is_near_unless_the_page_says_otherwise(self) -> None:
        assert [openai().plan(fields).config.noise for fields in ({}, {"noise": "far"})] == ["near", "far"]
        assert options().plan({"noise": "far"}).config.noise is None

    def test_the_page_is_offered_a_persona_of_its_language(self) -> None:
        assert (openai().default_persona("ja"), openai().default_persona("en")) == ("friend", "companion")
        assert openai(VOICEAPP_PERSONA="tutor").default_persona("ja") == "tutor"

    def test_the_operators_instructions_are_a_persona_and_the_usual_one(self) -> None:
        plan = openai(VOICEAPP_INSTRUCTIONS="Be a pirate.").plan({})
        assert (plan.persona, plan.config.instructions, plan.config.opening) == ("own", "Be a pirate.", "")


class TestBuiltIn:
    """What is offered with the built-in voice alone."""

    def shown(self, language: str, persona: str, **env: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            each for each in options(**env).shown(language)["personas"] if each["id"] == persona
        )
        return found

    @pytest.mark.parametrize("persona", ["companion", "friend"])
    def test_what_one_may_begin_with_is_understood(self, persona: str) -> None:
        for page in PAGES:
            brain = JapaneseCompanion if persona == "friend" or page == "ja" else Companion
            (starters,) = self.shown(page, persona)["starters"].values()
            assert len(starters) == 3
            for starter in starters:
                answer = brain(clock=datetime.now, rng=Random(1)).answer(starter)
                assert "language model" not in answer.replace("It is not a language model", "")
                assert "言語モデルがない" not in answer

    def test_a_language_model_may_be_asked_for_more(self) -> None:
        shown = self.shown("ja", "friend", VOICEAPP_BRAIN_URL="http://127.0.0.1:1/v1")
        assert "ちょっと話を聞いてほしいな。" in shown["starters"]["embedded"]

    def test_a_persona_without_any_has_those_of_the_companion(self) -> None:
        own = [self.shown(page, "own", VOICEAPP_INSTRUCTIONS="Be kind.")["starters"]["embedded"][1] for page in PAGES]
        assert own == ["Tell me a joke.", "Tell me a joke.", "何か面白い話をして。"]

    def test_who_cannot_speak_here_is_not_the_usual_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert (options().default_persona("ja"), languages_of()) == ("friend", ("en", "ja"))
        monkeypatch.setattr(readiness, "JAPANESE_MODULES", ("no_such_module",))
        assert (options().default_persona("ja"), languages_of()) == ("companion", ("en",))
        assert self.shown("ja", "friend")["starters"]["embedded"][1] == "Tell me a joke."
        both = {"OPENAI_API_KEY": "sk-x", "VOICEAPP_PROFILE": "openai embedded"}
        assert self.shown("ja", "friend", **both)["profiles"] == ["openai"]

    def test_of_any_other_server_nobody_knows_what_it_speaks(self) -> None:
        assert openai().profiles["openai"].languages == ()

    def test_one_begins_in_the_pages_language_only_where_it_is_understood(self) -> None:
        brain = {"VOICEAPP_BRAIN_URL": "http://127.0.0.1:1/v1"}
        begun = [self.shown(page, "companion", **brain)["starters"]["embedded"][1] for page in PAGES]
        assert begun == ["Tell me a joke.", "Tell me a joke.", "何か面白い話をして。"]
        usual = self.shown("es", "companion", VOICEAPP_ENGINE_LANGUAGE="ja")["starters"]["embedded"]
        assert usual[1] == "何か面白い話をして。"


class TestChoosing:
    def test_a_persona_brings_its_voice_language_and_turns(self) -> None:
        config = openai().plan({"persona": "friend"}).config
        assert (config.voice, config.language, config.detection) == ("shimmer", "ja", ServerVad(silence_ms=600))
        assert openai().plan({"persona": "tutor"}).config.speed == 0.85

    def test_the_pages_choice_wins_over_the_personas(self) -> None:
        turn = {"mode": "push_to_talk"}
        config = openai().plan({"persona": "friend", "voice": "ash", "language": "en", "turn": turn}).config
        assert (config.voice, config.language, config.detection) == ("ash", "en", PushToTalk())

    def test_a_voice_that_the_operator_does_not_offer_is_not_the_personas(self) -> None:
        narrow = openai(VOICEAPP_VOICE="cedar, ash")
        assert narrow.plan({"persona": "friend"}).config.voice == "cedar"

    def test_models_and_profiles_are_chosen_among_those_of_the_operator(self) -> None:
        both = openai(VOICEAPP_PROFILE="openai embedded", VOICEAPP_MODEL="large,small")
        assert both.plan({}).profile.model == "large"
        assert both.plan({"model": "small"}).profile.model == "small"
        plan = both.plan({"profile": "embedded"})
        assert (plan.profile.name, plan.profile.model, plan.config.voice) == ("embedded", "companion", "heart")

    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"persona": "nobody"}, "persona must be one of companion, friend"),
            ({"voice": "heart"}, "voice must be one of marin"),
            ({"model": "gpt-5"}, "model must be one of gpt-realtime-2.1"),
            ({"profile": "embedded"}, "profile must be one of openai"),
            ({"instructions": "Obey."}, "instructions cannot be changed"),
        ],
    )
    def test_what_is_not_offered_is_refused_by_name(self, fields: dict[str, str], named: str) -> None:
        with pytest.raises(BrowserError, match=named):
            openai().plan(fields)


class TestTurns:
    @pytest.mark.parametrize("persona", ["companion", "friend"])
    def test_the_embedded_engine_hears_whether_a_sentence_is_over(self, persona: str) -> None:
        assert options().plan({"persona": persona}).config.detection == SemanticVad()

    def test_a_persona_that_lets_learners_search_for_words_does_so_there_too(self) -> None:
        brain = options(VOICEAPP_BRAIN_URL="http://127.0.0.1:1/v1")
        assert brain.plan({"persona": "tutor"}).config.detection == SemanticVad("low")

    def test_the_pages_choice_wins(self) -> None:
        turn = {"mode": "server_vad", "silence_ms": 700}
        assert options().plan({"turn": turn}).config.detection == ServerVad(silence_ms=700)

    def test_the_page_is_shown_how_turns_end_with_each_server(self) -> None:
        shown = openai(VOICEAPP_PROFILE="openai embedded").shown("en")["personas"]
        turns = {each["id"]: each["turns"] for each in shown}
        semantic = {"mode": "semantic_vad", "eagerness": "auto"}
        assert turns["companion"]["embedded"] == turns["friend"]["embedded"] == semantic
        assert (turns["companion"]["openai"]["mode"], turns["companion"]["openai"]["silence_ms"]) == ("server_vad", 500)
        assert turns["friend"]["openai"]["silence_ms"] == 600


class TestWithoutALanguageModel:
    def test_only_those_who_can_play_their_part_are_offered(self) -> None:
        shown = options().shown("en")
        assert [each["id"] for each in shown["personas"]] == ["companion", "friend"]
        assert named(shown, "embedded") == {"companion", "friend"}
        with pytest.raises(BrowserError, match="persona must be one of companion, friend"):
            options().plan({"persona": "interpreter"})

    def test_with_one_all_are(self) -> None:
        assert len(named(options(VOICEAPP_BRAIN_URL="http://127.0.0.1:1/v1").shown("en"), "embedded")) == 5

    def test_the_usual_one_is_another_where_the_operators_cannot_play(self) -> None:
        both = openai(VOICEAPP_PROFILE="openai embedded", VOICEAPP_PERSONA="tutor")
        assert both.plan({}).persona == "tutor"
        assert both.plan({"profile": "embedded"}).persona == "companion"


class TestInstructions:
    def test_they_stay_on_the_server(self) -> None:
        assert not any(each["instructions"] for each in openai().shown("en")["personas"])

    def test_unless_the_operator_lets_people_change_them(self) -> None:
        editing = openai(VOICEAPP_EDIT_INSTRUCTIONS="yes")
        assert all(each["instructions"] for each in editing.shown("en")["personas"])
        config = editing.plan({"persona": "friend", "instructions": " Obey. "}).config
        assert (config.instructions, config.opening, config.voice) == ("Obey.", "", "shimmer")
