"""Formulas of keys, worked out in decimal: a key must not depend on how binary floats round."""

import ast
import decimal
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

_DIGITS = 34
"""Of every step. The last ones are dropped from the end result, so that 1/3*3 is 1 again."""
_KEPT_DIGITS = 24
_LARGEST_EXPONENT = 400

_CONTEXT: Final = decimal.Context(
    prec=_DIGITS,
    Emax=_LARGEST_EXPONENT,
    Emin=-_LARGEST_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

_WIDE: Final = decimal.Context(prec=2_000, Emax=2_000, Emin=-2_000)
"""For rounding alone, which must not fail: wider than any figure that a text of a key has room for."""


class FormulaError(ValueError):
    """A formula that has no value, in words for its author."""


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if places != places.to_integral_value() or not 0 <= places <= _KEPT_DIGITS:
        raise FormulaError("round takes a whole number of digits")
    return half_up(value, int(places))


_OPERATIONS: Final[Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = MappingProxyType(
    {
        ast.Add: _CONTEXT.add,
        ast.Sub: _CONTEXT.subtract,
        ast.Mult: _CONTEXT.multiply,
        ast.Div: _CONTEXT.divide,
        ast.Pow: _CONTEXT.power,
    }
)
_SIGNS: Final[Mapping[type[ast.unaryop], Callable[[Decimal], Decimal]]] = MappingProxyType(
    {ast.UAdd: _CONTEXT.plus, ast.USub: _CONTEXT.minus}
)
_FUNCTIONS: Final[Mapping[str, Callable[..., Decimal]]] = MappingProxyType(
    {
        "min": min,
        "max": max,
        "abs": _CONTEXT.abs,
        "round": _round,
        "sqrt": _CONTEXT.sqrt,
        "exp": _CONTEXT.exp,
        "log": _CONTEXT.ln,
    }
)
_KNOWN = ", ".join(_FUNCTIONS)


def half_up(value: Decimal, places: int) -> Decimal:
    """Round to so many digits behind the point; what lies in the middle goes away from zero.

    >>> half_up(Decimal("2.675"), 2)
    Decimal('2.68')
    """
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_WIDE)


def as_decimal(figure: float) -> Decimal:
    """Return the figure as its author wrote it, and not the nearest binary fraction."""
    return Decimal(repr(figure))


def names_in(formula: str) -> frozenset[str]:
    """Return the names that a formula asks for. Raises FormulaError when it is none."""
    tree = _parsed(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    )


def evaluate(formula: str, values: Mapping[str, float]) -> Decimal:
    """Work a formula out. Raises FormulaError, which says what is wrong with it.

    >>> evaluate("dose * weight / per", {"dose": 0.1, "weight": 3, "per": 4})
    Decimal('0.075')
    """
    try:
        value = _value(_parsed(formula).body, {name: as_decimal(figure) for name, figure in values.items()})
    except decimal.DivisionByZero:
        raise FormulaError("divides by zero") from None
    except (decimal.InvalidOperation, decimal.Overflow):
        raise FormulaError("has no finite value") from None
    except RecursionError:
        raise FormulaError("is nested too deeply") from None
    if not value.is_finite():
        raise FormulaError("has no finite value")
    return decimal.Context(prec=_KEPT_DIGITS, rounding=ROUND_HALF_UP).plus(value)


def _parsed(formula: str) -> ast.Expression:
    try:
        return ast.parse(formula.strip(), mode="eval")
    except SyntaxError as error:
        raise FormulaError(f"is not a formula: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError("is not a formula") from None


def _value(node: ast.expr, values: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Decimal(repr(number))
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name):
            raise FormulaError(f"uses {name!r}, which has no value")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATIONS:
            return _OPERATIONS[type(operator)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_value(operand, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _called(name, [_value(argument, values) for argument in arguments])
        case _:
            raise FormulaError(f"may use names, numbers, + - * / ** ( ) and {_KNOWN}; nothing else")


def _called(name: str, arguments: list[Decimal]) -> Decimal:
    if name not in _FUNCTIONS:
        raise FormulaError(f"calls {name!r}; it may call {_KNOWN}")
    if not arguments or (len(arguments) == 1 and name in ("min", "max")):
        raise FormulaError(f"gives {name} too little to work with")
    try:
        return _FUNCTIONS[name](*arguments)
    except TypeError:
        raise FormulaError(f"gives {name} a wrong number of arguments") from None
