"""The shipped tool that calculates, by simpleeval: numbers and functions of them, and nothing else."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simpleeval import SimpleEval

from .declaration import tool

MAX_CHARACTERS = 500
# Of a whole number: 300 digits. A float ends there, too.
MAX_BITS = 1_024
MAX_FACTORIAL = 170
# Of what is no whole number; the rest is how a computer rounds.
DIGITS = 12


class _TooBigError(ArithmeticError):
    """Nobody would want to hear that number."""


@tool(
    timeout=5,
    says={"en": "Calculating {expression}", "ja": "{expression} を計算", "es": "Calculando {expression}"},
)
def calculator(expression: str) -> str:
    """Calculate exactly. Use it for every sum that is not trivial.

    Args:
        expression: such as (3 + 4.5) * 2 ** 10 / sqrt(2); also % (rest), //, abs, round, min, max, floor, ceil, exp,
            ln, log10, log2, sin, cos, tan, asin, acos, atan (radians), degrees, radians, factorial, gcd, pi and e
    """
    if ";" in expression:
        return "Error: that is more than one expression."
    if len(expression) > MAX_CHARACTERS:
        return f"Error: the expression has more than {MAX_CHARACTERS} characters."
    try:
        return _written(_Calculator(_OPERATORS, _FUNCTIONS, _NAMES).eval(expression))
    except ZeroDivisionError:
        return "Error: that divides by zero."
    except (OverflowError, _TooBigError):
        return "Error: the result is too big."
    # Whatever it is that it does not like: the parser raises many things.
    except Exception as error:
        return f"Error: that cannot be calculated ({type(error).__name__})."


class _Calculator(SimpleEval):  # type: ignore[misc]  # it has no types
    """Of numbers only."""

    def __init__(
        self,
        operators: Mapping[type, Callable[..., Any]],
        functions: Mapping[str, Callable[..., Any]],
        names: Mapping[str, float],
    ) -> None:
        super().__init__(dict(operators), dict(functions), dict(names))
        allowed = (ast.Expr, ast.Constant, ast.Call, ast.Name, ast.BinOp, ast.UnaryOp)
        self.nodes: dict[type, Callable[..., Any]] = {kind: self.nodes[kind] for kind in allowed}

    def _eval_constant(self, node: ast.Constant) -> int | float:
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            raise TypeError("not a number")
        _bounded(node.value)
        return node.value


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise _TooBigError
    return value


def _times(a: Any, b: Any) -> Any:
    return _bounded(a * b)


def _power(a: Any, b: Any) -> Any:
    if isinstance(a, int) and isinstance(b, int) and abs(a) > 1 and abs(b) * (abs(a).bit_length() - 1) > MAX_BITS:
        raise _TooBigError
    value = a**b
    if isinstance(value, complex):
        raise ValueError("not real")  # noqa: TRY004 - of no wrong type
    return _bounded(value)


def _round(value: float, digits: int = 0) -> float:
    # Of a whole number Python would make 10 ** -digits.
    return round(value, digits) if digits > -MAX_BITS and digits else round(value)


def _factorial(n: int) -> int:
    if n > MAX_FACTORIAL:
        raise _TooBigError
    return math.factorial(n)


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise _TooBigError
    return f"{value:.{DIGITS}g}"


_OPERATORS: Mapping[type, Callable[..., Any]] = MappingProxyType({
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: _times, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: _power,
    # On paper it means that.
    ast.BitXor: _power,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
})  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType({
    "abs": abs, "round": _round, "min": min, "max": max, "floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt,
    "exp": math.exp, "ln": math.log, "log": math.log, "log10": math.log10, "log2": math.log2, "sin": math.sin,
    "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "degrees": math.degrees, "radians": math.radians, "factorial": _factorial, "gcd": math.gcd,
})  # fmt: skip
_NAMES: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})
