"""What a piece of Python defines, told without running it."""

import ast
from collections.abc import Iterator, Sequence

from assessor.domain.code import CodeTest


def syntax_fault(code: str) -> str | None:
    """Say why code is not Python; None when it is."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return None


def uncallable(code: str, tests: Sequence[CodeTest]) -> tuple[str, ...]:
    """Return the functions that tests call and the code has not; none for code that is not Python.

    A test of a function that is not there fails whatever the code does, and so proves nothing.
    """
    if syntax_fault(code) is not None:
        return ()
    defined = set(_defined(ast.parse(code).body))
    return tuple(dict.fromkeys(test.call.function for test in tests if test.call.function not in defined))


def _defined(statements: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass
