"""One function as the model is told of it, and as it is called: by pydantic, from its types and docstring."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import docstring_parser
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ..conversation.functions import Function as Offer
from ..conversation.functions import Sentence
from .context import ToolContext
from .declaration import MARK, Declaration

MAX_NAME, MAX_DESCRIPTION = 64, 1_024
# An argument, in a sentence of the page's.
PLACE = re.compile(r"\{(\w+)\}")
# Of what is wrong with arguments so much is told; a field that nobody knows may have any name.
MAX_ERRORS, MAX_FIELD = 5, 100
# Of a schema: what is no schema, and what holds some by name.
_VALUES, _NAMED = ("default", "enum", "const", "examples"), ("properties", "$defs")


class CannotDescribeError(Exception):
    """The model could not be told how to call it; the message says why."""


class WrongArgumentsError(Exception):
    """The model called it wrongly; the message names the fields, and is for the model."""


class Function:
    """Raises `CannotDescribeError`. `offer`: what the model is told. `timeout`: seconds."""

    def __init__(self, function: Callable[..., Any]) -> None:
        declaration: Declaration = getattr(function, MARK)
        self.function = function
        self.name = function.__name__
        self.timeout = declaration.timeout
        self.is_async = inspect.iscoroutinefunction(function)
        self._context = ""
        self._names: dict[str, str] = {}
        written = docstring_parser.parse(inspect.getdoc(function) or "")
        described = {each.arg_name: " ".join((each.description or "").split()) for each in written.params}
        self._arguments = _model_of(self._fields(described))
        self._check_sentences(declaration.says)
        self.offer = Offer(
            self.name, self._description(), _schema(self._arguments), declaration.confirm, declaration.says,
            declaration.shows,
        )  # fmt: skip

    def _description(self) -> str:
        first = inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[0]
        found = " ".join(first.split())
        if not found:
            raise CannotDescribeError("has no docstring; its first paragraph tells the model what it is for")
        if len(found) > MAX_DESCRIPTION:
            raise CannotDescribeError(f"has a first paragraph of more than {MAX_DESCRIPTION:,} characters")
        return found

    def _fields(self, described: Mapping[str, str]) -> dict[str, Any]:
        """Of the arguments; under names of ours, since the function's own may mean something to pydantic."""
        self._check()
        hints = _hints(self.function)
        fields: dict[str, Any] = {}
        for parameter in inspect.signature(self.function).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
                raise CannotDescribeError(f"has a parameter that cannot be given by name: {parameter}")
            if parameter.name not in hints:
                raise CannotDescribeError(f"has a parameter without a type: {parameter.name}")
            if _bare(hints[parameter.name]) is ToolContext:
                self._context = parameter.name
                continue
            own = f"field{len(fields)}"
            self._names[own] = parameter.name
            fields[own] = _field(parameter, hints[parameter.name], described.get(parameter.name, ""))
        return fields

    def _check(self) -> None:
        if not self.name.isascii() or not self.name.isidentifier() or len(self.name) > MAX_NAME:
            raise CannotDescribeError(f"has a name that is not of at most {MAX_NAME} letters, digits and _")
        if inspect.isgeneratorfunction(self.function) or inspect.isasyncgenfunction(self.function):
            raise CannotDescribeError("is a generator; a tool returns one result")

    def _check_sentences(self, says: Sequence[Sentence]) -> None:
        known = set(self._names.values())
        for each in says:
            unknown = set(PLACE.findall(each.text)) - known
            if unknown:
                raise CannotDescribeError(f"says something of {unknown.pop()}, which is no parameter of it")

    def bind(self, arguments: str, context: ToolContext) -> Callable[[], Any]:
        """What is left to be called, with checked arguments. Raises `WrongArgumentsError`.

        `arguments`: JSON, as the model wrote it.
        """
        try:
            given = self._arguments.model_validate_json(arguments or "{}")
        except ValidationError as error:
            raise WrongArgumentsError(_explain(error)) from None
        values = {name: getattr(given, own) for own, name in self._names.items()}
        if self._context:
            values[self._context] = context
        return partial(self.function, **values)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Of the parameters alone: a result may be of a type that only type checkers import."""
    plain = inspect.unwrap(function)
    try:
        parameters = {name: hint for name, hint in function.__annotations__.items() if name != "return"}
        return get_type_hints(SimpleNamespace(__annotations__=parameters), plain.__globals__, include_extras=True)
    except Exception as error:
        raise CannotDescribeError(f"has a type that is not known: {error}") from None


def _bare(hint: Any) -> Any:
    """A type without what is added to it, and without its None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return kinds[0] if ToolContext in kinds and len(kinds) == 1 else hint


def _field(parameter: inspect.Parameter, hint: Any, description: str) -> tuple[Any, Any]:
    """Type and default as pydantic takes them."""
    default = parameter.default
    if isinstance(default, FieldInfo):
        # `size: int = Field(3, ge=1)`
        hint, default = Annotated[hint, default], default.default
    known = any(isinstance(each, FieldInfo) and each.description for each in getattr(hint, "__metadata__", ()))
    # With a description of its own it keeps that.
    written = Field(alias=parameter.name) if known else Field(alias=parameter.name, description=description or None)
    required = any(default is each for each in (parameter.empty, PydanticUndefined, ...))
    return Annotated[hint, written], ... if required else default


def _model_of(fields: dict[str, Any]) -> type[BaseModel]:
    try:
        return create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
    except Exception as error:
        raise CannotDescribeError(f"cannot be described: {_first_line(error)}") from None


def _schema(arguments: type[BaseModel]) -> dict[str, Any]:
    try:
        return dict(untitled(arguments.model_json_schema()))
    except Exception as error:
        raise CannotDescribeError(f"cannot be described: {_first_line(error)}") from None


def untitled(schema: Any, *, names: bool = False) -> Any:
    """Without titles, which say the names again. `names`: the keys are names of the developer's."""
    if isinstance(schema, list):
        return [untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: each if key in _VALUES and not names else untitled(each, names=key in _NAMED and not names)
        for key, each in schema.items()
        if names or key != "title"
    }


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]


def _explain(error: ValidationError) -> str:
    """Which fields, and what each must be; without what was given."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = [".".join(map(str, each["loc"]))[:MAX_FIELD] or "arguments" for each in found[:MAX_ERRORS]]
    told = [f"{place}: {each['msg']}" for place, each in zip(places, found, strict=False)]
    more = len(found) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])
