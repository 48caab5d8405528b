"""Functions of the operator's over the whole server: run beside it, answered once, and seen by the page."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.call.calling import Served, calls, outputs, serving
from tests.page_client import PageClient
from tests.tools import shop
from voiceapp.conversation.tools import CANCELLED, DECLINED, NO_SUCH_TOOL
from voiceapp.tools.interfaces import FAILED, NOT_JSON, TIMED_OUT
from voiceapp.tools.results import MAX_BYTES


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(VOICEAPP_TOOLS=shop.__file__) as served:
        yield served


class Talk:
    """One call of its own, in which the model calls functions."""

    def __init__(self, served: Served, page: PageClient, **fields: Any) -> None:
        self.server, self.page = served.server, page
        self.ready = page.start(**fields)
        self.connection = len(self.server.connections)

    def call(self, *named: tuple[str, Any], **how: Any) -> None:
        self.server.do(*calls(*named, **how), connection=self.connection)

    @property
    def received(self) -> list[dict[str, Any]]:
        """By the session that it began with."""
        return list(self.server.connections[self.connection - 1].events)

    def answered(self, count: int) -> dict[str, str]:
        self.page.wait(lambda: True)
        self.server.wait_for(lambda _: len(outputs(self.received)) >= count, timeout=10)
        return outputs(self.received)

    def asked(self) -> int:
        return len([event for event in self.received if event["type"] == "response.create"])

    def state(self, state: str, item: str = "r1_f0") -> dict[str, Any]:
        return dict(self.page.expect("tool", lambda _, told: (told["call"], told["state"]) == (item, state))[1])

    def begun(self, item: str = "r1_f0") -> None:
        """Until all of the call was said, and it runs."""
        self.page.expect("tool", lambda _, told: told["call"] == item and told["arguments"])


@pytest.fixture
def talk(served: Served) -> Iterator[Talk]:
    with PageClient(served.url) as page:
        yield Talk(served, page)


def test_the_session_is_offered_them(talk: Talk) -> None:
    (update,) = [event for event in talk.received if event["type"] == "session.update"]
    names = [tool["name"] for tool in update["session"]["tools"]]
    assert names[:2] == ["find_article", "place_order"]


def test_of_every_kind_all_at_once_in_one_response(talk: Talk) -> None:
    wanted = {
        "find_article": ({"query": "hat"}, "hat in m"),
        "near_shop": ({"town": "Kyoto"}, '{"town":"Kyoto en","open":true}'),
        "broken": ({"number": 3}, FAILED.output),
        "leave": ({}, FAILED.output),
        "leave_too": ({}, FAILED.output),
        "odd": ({}, NOT_JSON.output),
        "no_such": ({}, NO_SUCH_TOOL),
    }
    more = [("find_article", {"query": 3}), ("find_article", '{"query": "ha'), ("find_article", {}), ("big", {})]
    talk.call(*((name, arguments) for name, (arguments, _) in wanted.items()), *more)
    told = list(dict(sorted(talk.answered(11).items(), key=lambda each: int(each[0].split("c")[1]))).values())
    near = json.loads(told[1])
    assert (near.pop("town").split()[0], near) == ("Kyoto", {"open": True})
    assert [told[0], *told[2:7]] == [output for name, (_, output) in wanted.items() if name != "near_shop"]
    assert "query: Input should be a valid string" in told[7]
    assert "Invalid JSON" in told[8]
    assert "query: Field required" in told[9]
    assert MAX_BYTES - 4 <= len(told[10].encode()) <= MAX_BYTES
    talk.page.expect("transcript", lambda _, said: said.get("text") == "All right.")
    assert talk.asked() == 1
    assert shop.SECRET not in str(talk.received) + str(talk.page.events)


def test_the_page_sees_each_with_what_was_asked_and_what_came(talk: Talk) -> None:
    talk.call(("find_article", {"query": "hat"}))
    told = talk.state("done")
    assert (told["name"], told["arguments"], told["result"]) == ("find_article", '{"query": "hat"}', "hat in m")
    assert talk.state("running")["name"] == "find_article"
    assert "tool" in [turn["state"] for _, turn in talk.page.named("turn")]


def test_one_that_takes_too_long_is_answered_all_the_same(talk: Talk) -> None:
    began = time.monotonic()
    talk.call(("slow", {}), ("find_article", {"query": "hat"}))
    assert sorted(talk.answered(2).values()) == sorted([TIMED_OUT.output, "hat in m"])
    assert time.monotonic() - began >= 0.2
    talk.page.expect("transcript", lambda _, said: said.get("text") == "All right.")
    assert talk.asked() == 1


def test_one_that_keeps_the_loop_of_tools_is_timed_by_another(talk: Talk) -> None:
    talk.call(("hung", {}))
    assert talk.answered(1) == {"r1_c0": TIMED_OUT.output}


def test_an_answer_that_is_cut_stops_what_it_began(talk: Talk) -> None:
    talk.call(("forever", {}), over=False)
    talk.begun()
    talk.page.emit("interrupt", {})
    assert talk.answered(1) == {"r1_c0": CANCELLED}
    told = talk.state("failed")
    assert "progress" not in told


@pytest.mark.parametrize("yes", [True, False])
def test_where_the_person_is_asked_their_answer_counts(talk: Talk, yes: bool) -> None:
    talk.call(("place_order", {"lines": [{"article": "hat"}]}))
    told = talk.state("asked")
    talk.page.emit("approve", {"item": told["call"], "yes": yes})
    (answer,) = talk.answered(1).values()
    if yes:
        assert json.loads(answer)["lines"] == [{"article": "hat", "count": 1}]
        assert talk.state("done")["progress"] == "The order is on its way"
    else:
        assert answer == DECLINED
        talk.state("declined")


@pytest.mark.parametrize("yes", [True, False])
def test_a_server_that_asks_for_leave_hears_what_the_person_says(talk: Talk, yes: bool) -> None:
    asked = {"id": "q1", "type": "mcp_approval_request", "name": "pay", "arguments": "{}", "server_label": "bank"}
    steps = [{"type": f"conversation.item.{end}", "item": asked} for end in ("added", "done")]
    talk.server.do(*({"send": step} for step in steps), connection=talk.connection)
    told = talk.state("asked", "q1")
    assert told["name"] == "pay"
    talk.page.emit("approve", {"item": "q1", "yes": yes})
    talk.state("done" if yes else "declined", "q1")
    answers = talk.server.wait_for(
        lambda _: [e["item"] for e in talk.received if e.get("item", {}).get("type") == "mcp_approval_response"]
    )
    assert [(each["approval_request_id"], each["approve"]) for each in answers] == [("q1", yes)]


def test_a_list_of_tools_that_cannot_be_had_is_said(talk: Talk) -> None:
    talk.server.do({"send": {"type": "mcp_list_tools.failed", "item_id": "l1"}}, connection=talk.connection)
    talk.page.wait(lambda: "tools_missing" in talk.page.notices, what="tools_missing")


def test_the_page_may_be_lost_meanwhile_and_hears_of_it_when_it_is_back(served: Served) -> None:
    with PageClient(served.url) as page:
        talk = Talk(served, page)
        talk.call(("wait_a_moment", {}), ("place_order", {"lines": []}))
        talk.begun()
        talk.state("asked", "r1_f1")
        page.vanish()
    with PageClient(served.url) as back:
        back.emit("resume", {"token": talk.ready["token"], "got": None})
        back.expect("resumed")
        again = back.expect("tool", lambda _, told: told["state"] == "asked")[1]
        back.emit("approve", {"item": again["call"], "yes": False})
        assert talk.answered(2) == {"r1_c0": "after a moment", "r1_c1": DECLINED}
        back.expect("tool", lambda _, told: (told["call"], told["state"]) == ("r1_f0", "done"))
        back.expect("transcript", lambda _, said: said.get("text") == "All right.")
        assert talk.asked() == 1


def test_the_session_may_be_lost_meanwhile_and_the_next_one_is_told(served: Served) -> None:
    with PageClient(served.url) as page:
        talk = Talk(served, page)
        talk.call(("wait_a_moment", {}))
        talk.begun()
        talk.server.do({"drop": "fin"}, connection=talk.connection)
        page.expect("renewed")
        page.expect("transcript", lambda _, said: said.get("text") == "All right.")
        assert outputs(talk.received) == {}
        later = talk.server.connections[-1].events
        (call,) = [e["item"] for e in later if e.get("item", {}).get("type") == "function_call"]
        assert (call["name"], outputs(later)) == ("wait_a_moment", {call["call_id"]: "after a moment"})
        assert [event["type"] for event in later].count("response.create") == 1


def test_a_model_that_only_calls_is_left_after_five(talk: Talk) -> None:
    for n in range(1, 7):
        talk.call(("find_article", {"query": "hat"}), response=f"r{n}")
        talk.state("done", f"r{n}_f0")
    talk.page.wait(lambda: "tool_loop" in talk.page.notices, what="tool_loop")
