"""When a response may be asked for: no order of events leaves the gate waiting for ever, and none asks twice."""

from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import worlds
from voiceapp.conversation.response_gate import _TRANSITIONS, ResponseGate, State, Step


def asked() -> ResponseGate:
    gate = ResponseGate()
    gate.want()
    gate.ask("c1")
    return gate


def owed(turn: str = "u1") -> ResponseGate:
    gate = ResponseGate()
    gate.expect_response(turn)
    return gate


class TestTable:
    def test_every_state_but_idle_has_a_way_out_by_time_alone(self) -> None:
        assert [state for state in State if _TRANSITIONS[state].get(Step.GIVE_UP) is not State.IDLE] == [State.IDLE]

    def test_only_an_idle_gate_asks(self) -> None:
        assert [state for state in State if Step.ASK in _TRANSITIONS[state]] == [State.IDLE]

    def test_a_response_that_begins_runs_whatever_was_before(self) -> None:
        assert [gate.begin("r1") and gate.state for gate in (ResponseGate(), asked(), owed())] == [State.RUNNING] * 3


class TestAsking:
    def test_what_was_asked_for_is_wanted_no_more(self) -> None:
        gate = asked()
        assert (gate.open, gate.wanted, gate.awaited) == (False, False, True)

    def test_an_error_that_names_it_or_nothing_reopens(self) -> None:
        for cause in ("c1", ""):
            gate = asked()
            gate.refuse(cause)
            assert gate.settled

    def test_an_error_that_names_something_else_does_not(self) -> None:
        gate = asked()
        gate.refuse("c0")
        assert gate.state is State.ASKED

    def test_where_another_runs_it_is_asked_for_behind_that_one(self) -> None:
        gate = asked()
        assert gate.on_conflict("c1")
        assert (gate.open, gate.wanted) == (False, True)
        gate.end("unknown")
        assert gate.open

    def test_where_the_other_was_heard_of_first_too(self) -> None:
        for over in (False, True):
            gate = asked()
            gate.begin("other")
            if over:
                gate.end("other")
            assert gate.on_conflict("c1")
            assert (gate.open, gate.wanted) == (over, True)

    def test_it_is_asked_for_again_only_once(self) -> None:
        gate = asked()
        gate.on_conflict("c1")
        gate.give_up()
        gate.ask("c2")
        assert not gate.on_conflict("c2")
        assert not gate.wanted

    def test_the_same_refusal_twice_is_one(self) -> None:
        gate = asked()
        assert gate.on_conflict("c1")
        assert gate.on_conflict("c1")
        assert gate.wanted


class TestOwing:
    def test_that_a_turn_was_taken_may_be_said_twice(self) -> None:
        gate = owed()
        gate.begin("r1")
        gate.expect_response("u1")
        assert gate.state is State.RUNNING

    def test_noise_owes_nothing_but_only_of_its_own_turn(self) -> None:
        gate = owed("u2")
        gate.cancel_expected("u1")
        assert gate.state is State.EXPECTED
        gate.cancel_expected("u2")
        assert gate.open

    def test_a_transcript_without_words_spares_no_answer_that_we_asked_for(self) -> None:
        gate = asked()
        gate.cancel_expected("u1")
        assert gate.state is State.ASKED

    def test_it_owes_one_behind_that_which_was_interrupted(self) -> None:
        gate = owed()
        gate.begin("r1")
        gate.expect_response("u2")
        gate.end("r1")
        assert gate.state is State.EXPECTED


class TestSilencing:
    def test_what_is_to_come_is_not_wanted(self) -> None:
        for gate in (asked(), owed()):
            gate.suppress_next()
            assert not gate.awaited
            assert not gate.begin("r1")
            gate.end("r1")
            assert gate.begin("r2")

    def test_the_same_turn_said_again_does_not_make_it_wanted(self) -> None:
        gate = owed()
        gate.suppress_next()
        gate.expect_response("u1")
        assert not gate.begin("r1")

    def test_what_never_came_leaves_nothing_behind(self) -> None:
        for end in (lambda gate: gate.refuse(""), lambda gate: gate.give_up(), lambda gate: gate.expect_response("u2")):
            for gate in (asked(), owed()):
                gate.suppress_next()
                end(gate)
                assert gate.begin("r1")

    def test_a_question_that_is_taken_after_that_gets_its_answer(self) -> None:
        for gate in (asked(), owed()):
            gate.suppress_next()
            gate.expect_response("u2")
            assert gate.begin("r1")


class TestEnding:
    def test_only_the_end_of_the_one_that_runs_opens_it(self) -> None:
        gate = ResponseGate()
        gate.begin("r1")
        gate.begin("r2")
        gate.end("r1")
        assert gate.state is State.RUNNING
        gate.end("r2")
        assert gate.settled

    def test_a_server_without_ids_is_believed(self) -> None:
        for begun, ended in (("", ""), ("r1", ""), ("", "r1")):
            gate = ResponseGate()
            gate.begin(begun)
            gate.end(ended)
            assert gate.settled

    def test_what_closes_a_question_is_the_end_of_an_answer_that_was_wanted_said_once(self) -> None:
        gate = ResponseGate()
        assert not gate.closes("r0")
        gate.ask("e1")
        # Its beginning was never told.
        assert gate.closes("r1")
        gate.replace()
        assert not gate.closes("r1")
        gate.begin("r1")
        assert gate.closes("r1")
        assert gate.closes("")
        assert not gate.closes("r0")
        gate.end("r1")
        gate.ask("e2")
        assert not gate.closes("r1")

    def test_one_that_is_over_does_not_begin_again(self) -> None:
        gate = ResponseGate()
        gate.begin("r1")
        gate.end("r1")
        gate.begin("r1")
        assert gate.settled

    def test_one_that_was_given_up_is_still_known(self) -> None:
        gate = ResponseGate()
        gate.begin("r1")
        gate.give_up()
        assert (gate.open, gate.response) == (True, "r1")


class TestDoubt:
    def doubted(self) -> ResponseGate:
        gate = ResponseGate()
        gate.begin("r1")
        gate.refuse("")
        return gate

    def test_an_error_that_names_nothing_may_have_ended_what_runs(self) -> None:
        gate = self.doubted()
        assert (gate.doubted, gate.state) == (True, State.RUNNING)

    def test_one_that_names_a_message_has_not(self) -> None:
        gate = ResponseGate()
        gate.begin("r1")
        gate.refuse("c0")
        assert not gate.doubted

    def test_where_none_runs_there_is_nothing_to_doubt(self) -> None:
        for gate in (ResponseGate(), asked(), owed()):
            gate.refuse("")
            gate.begin("r1")
            assert not gate.doubted

    def test_the_next_one_is_beyond_doubt(self) -> None:
        for end in (
            lambda gate: gate.end("r1"),
            lambda gate: gate.give_up(),
            lambda gate: gate.expect_response("u2"),
            lambda gate: gate.begin_session(wanted=False),
        ):
            gate = self.doubted()
            end(gate)
            gate.begin("r2")
            assert not gate.doubted


IDS = st.sampled_from(["", "r1", "r2", "r3"])
STEPS = st.one_of(
    st.tuples(st.sampled_from(["want", "suppress_next", "ask", "give_up"])),
    st.tuples(st.sampled_from(["expect_response", "cancel_expected"]), st.sampled_from(["", "u1", "u2", "u3"])),
    st.tuples(st.sampled_from(["begin", "end"]), IDS),
    st.tuples(st.sampled_from(["on_conflict", "refuse"]), st.sampled_from(["", "c0", "now"])),
)


@worlds(200)
@given(st.lists(STEPS, max_size=40))
def test_in_any_order_it_opens_again_and_nothing_is_asked_twice(steps: list[tuple[str, ...]]) -> None:
    gate, creates, out = ResponseGate(), 0, False
    for step, *given_ids in steps:
        ids = [f"c{creates}" if name == "now" else name for name in given_ids]
        if step == "ask":
            if gate.open and gate.wanted:
                assert not out
                creates, out = creates + 1, True
                gate.ask(f"c{creates}")
            continue
        getattr(gate, step)(*ids)
        refused = step in ("on_conflict", "refuse") and ids[0] in ("", f"c{creates}")
        out &= not (refused or step == "give_up" or (step == "begin" and gate.state is State.RUNNING))
    gate.give_up()
    assert gate.open
    for end in ("x", "y"):
        assert gate.begin(end) and not gate.open
        gate.end(end)
        assert gate.open
