"""A function as the model is told of it, and as it calls it."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import Field

from tests.tools import shop
from voiceapp.tools import ToolContext, tool
from voiceapp.tools.function import MAX_DESCRIPTION, CannotDescribeError, Function, WrongArgumentsError


def test_name_description_and_schema_come_from_the_function() -> None:
    offer = Function(shop.find_article).offer
    assert (offer.name, offer.description, offer.confirm) == ("find_article", "Look for an article in the shop.", False)
    assert offer.parameters == {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "what is looked for, in a few words"},
            "size": {"type": "string", "enum": ["s", "m", "l"], "default": "m", "description": "of the article"},
        },
        "required": ["query"],
        "additionalProperties": False,
    }


def test_models_bounds_and_enums_are_described_and_the_context_is_not() -> None:
    offer = Function(shop.place_order).offer
    assert offer.confirm
    assert list(offer.parameters["properties"]) == ["lines", "colour"]
    line = offer.parameters["$defs"]["Line"]
    assert line["properties"]["count"] == {"type": "integer", "minimum": 1, "maximum": 99, "default": 1}
    assert (line["description"], line["required"]) == ("What is ordered.", ["article"])
    assert offer.parameters["$defs"]["Colour"]["enum"] == ["red", "blue"]
    assert offer.parameters["required"] == ["lines"]


def test_a_field_may_describe_itself_in_either_place() -> None:
    town = Function(shop.near_shop).offer.parameters["properties"]["town"]
    assert town == {"type": "string", "minLength": 2, "description": "where"}
    number = Function(shop.broken).offer.parameters["properties"]["number"]
    assert number == {"type": "integer", "minimum": 1, "default": 3, "description": "any number"}


def test_its_own_description_goes_before_that_of_the_docstring() -> None:
    @tool
    def look(where: Annotated[str, Field(description="here")]) -> None:
        """Look.

        Args:
            where: there
        """

    assert Function(look).offer.parameters["properties"]["where"]["description"] == "here"


def test_names_that_mean_something_to_pydantic_are_names_like_others() -> None:
    @tool
    def odd(copy: str, model_config: int, _own: str = "x", title: str = "", json: bool = True) -> list[Any]:
        """Take odd names."""
        return [copy, model_config, _own, title, json]

    function = Function(odd)
    names = ["copy", "model_config", "_own", "title", "json"]
    assert list(function.offer.parameters["properties"]) == names
    given = '{"copy": "a", "model_config": 2, "_own": "b", "title": "c", "json": false}'
    assert function.bind(given, ToolContext())() == ["a", 2, "b", "c", False]


def test_the_type_of_the_result_need_not_be_known() -> None:
    @tool
    def price(article: str) -> "OnlyForTypeCheckers":  # type: ignore[name-defined]  # noqa: F821
        """Tell a price."""

    assert list(Function(price).offer.parameters["properties"]) == ["article"]


def test_a_method_is_described_without_its_self() -> None:
    class Till:
        @tool
        def pay(self, amount: int) -> int:
            """Pay."""
            return amount

    function = Function(Till().pay)
    assert list(function.offer.parameters["properties"]) == ["amount"]
    assert function.bind('{"amount": 3}', ToolContext())() == 3


def test_arguments_become_the_types_of_the_function() -> None:
    given: list[Any] = []

    @tool
    def order(lines: list[shop.Line], context: ToolContext, colour: shop.Colour = shop.Colour.RED) -> None:
        """Order."""
        given.extend([lines, context.call, colour])

    Function(order).bind('{"lines": [{"article": "hat"}], "colour": "blue"}', ToolContext("c1"))()
    assert given == [[shop.Line(article="hat", count=1)], "c1", shop.Colour.BLUE]


@pytest.mark.parametrize("arguments", ["", "{}", " {} "])
def test_no_arguments_are_none(arguments: str) -> None:
    assert Function(shop.big).bind(arguments, ToolContext())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("{}", "query: Field required"),
        ('{"query": 3}', "query: Input should be a valid string"),
        ('{"query": "hat", "size": "xl"}', "size: Input should be 's', 'm' or 'l'"),
        ('{"query": "hat", "colour": "red"}', "colour: Extra inputs are not permitted"),
        ('{"query": "ha', "arguments: Invalid JSON"),
        ("[]", "arguments: "),
    ],
)
def test_a_wrong_call_names_the_field_and_not_what_was_given(arguments: str, told: str) -> None:
    with pytest.raises(WrongArgumentsError) as error:
        Function(shop.find_article).bind(arguments, ToolContext())
    assert told in str(error.value)
    assert "hat" not in str(error.value)


def test_a_wrong_field_within_another_is_named_by_its_path() -> None:
    with pytest.raises(WrongArgumentsError, match=r"lines\.1\.count: Input should be less than or equal to 99"):
        arguments = '{"lines": [{"article": "hat"}, {"article": "bag", "count": 100}]}'
        Function(shop.place_order).bind(arguments, ToolContext())


def test_of_many_mistakes_the_first_are_told() -> None:
    lines = ", ".join(['{"article": 1}'] * 20)
    with pytest.raises(WrongArgumentsError, match=r"lines\.4\.article: .*; and 15 more$"):
        Function(shop.place_order).bind(f'{{"lines": [{lines}]}}', ToolContext())


class Odd:
    """Of which nothing is known."""


def without_docstring(a: int) -> None: ...


def without_type(a) -> None:  # type: ignore[no-untyped-def]
    """Say."""


def with_many(*a: int) -> None:
    """Say."""


def by_place(a: int, /) -> None:
    """Say."""


def of_no_type(a: "Nowhere") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Say."""


def of_odd_type(a: Odd) -> None:
    """Say."""


def with_a_function(a: Callable[[], int]) -> None:
    """Say."""


def generates() -> Any:
    """Say."""
    yield 1


def talks() -> None: ...


talks.__doc__ = "a" * (MAX_DESCRIPTION + 1)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (without_docstring, "has no docstring"),
        (without_type, "without a type: a"),
        (with_many, r"cannot be given by name: \*a: int"),
        (by_place, "cannot be given by name: a: int"),
        (of_no_type, "a type that is not known: name 'Nowhere'"),
        (of_odd_type, "cannot be described: "),
        (with_a_function, "cannot be described: "),
        (generates, "is a generator"),
        (talks, "first paragraph of more than 1,024"),
    ],
)
def test_what_the_model_could_not_be_told_is_no_tool(function: Callable[..., Any], why: str) -> None:
    with pytest.raises(CannotDescribeError, match=why):
        Function(tool(function))


def test_a_sentence_speaks_of_its_own_parameters_alone() -> None:
    @tool(says="The weather in {town}")
    def weather(city: str) -> None:
        """Tell the weather."""

    with pytest.raises(CannotDescribeError, match="says something of town, which is no parameter"):
        Function(weather)
