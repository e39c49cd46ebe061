"""What turns one written operation into a method of both clients, each with its true type."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from assessor.client.exchange import Plan, Request

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list, and what to ask for the rest; None at the end."""

    items: tuple[T, ...]
    rest: Request | None


Listing = Callable[[Request], Plan[Page[T]]]
"""Fetches the page that a request asks for."""


class Blocking(Protocol):
    """Runs plans and waits."""

    def _run(self, plan: Plan[T]) -> T: ...

    def _pages(self, first: Request, listing: Listing[T]) -> Iterator[T]: ...


class Awaiting(Protocol):
    """Runs plans in an event loop."""

    async def _run(self, plan: Plan[T]) -> T: ...

    def _pages(self, first: Request, listing: Listing[T]) -> AsyncIterator[T]: ...


class operation(Generic[P, T]):  # noqa: N801 - a decorator
    """Make a method of a plan: it returns on the one client, and is awaited on the other."""

    def __init__(self, plan: Callable[Concatenate[Any, P], Plan[T]]) -> None:
        self._plan = plan
        self.__doc__ = plan.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Blocking, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: Awaiting, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self

        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client._run(self._plan(client, *args, **kwargs))  # noqa: SLF001 - see Blocking

        return update_wrapper(method, self._plan)


class listing(Generic[P, T]):  # noqa: N801 - a decorator
    """Make a method that iterates over all pages, plainly or asynchronously."""

    def __init__(self, begin: Callable[Concatenate[Any, P], tuple[Request, Listing[T]]]) -> None:
        self._begin = begin
        self.__doc__ = begin.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Blocking, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: Awaiting, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self

        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client._pages(*self._begin(client, *args, **kwargs))  # noqa: SLF001 - see Blocking

        return update_wrapper(method, self._begin)
