"""How many wrong keys an address may send before it has to wait, counted in the process."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from assessor.domain.errors import Unauthenticated
from assessor.services.admission import Presented
from assessor.web.rates import Rates
from assessor.web.throttle import Throttle


@contextmanager
def counting_wrong_keys(request: Request) -> Iterator[None]:
    """Count a key that turns out to be none, and refuse the address that sent too many of them.

    A key that this process has let in is looked up all the same: where many share an address, as behind a
    proxy, whoever guesses must not lock the others out. Raises TooManyTries.
    """
    throttle: Throttle = request.app.state.wrong_keys
    if not throttle.is_idle:
        _require_left(request, throttle)
    try:
        yield
    except Unauthenticated:
        if "authorization" in request.headers:  # without any, nobody guesses
            throttle.count(_address(request))
        raise


def _require_left(request: Request, throttle: Throttle) -> None:
    rates: Rates = request.app.state.rates
    if not rates.knows(Presented.by(request.headers.get("authorization")).key_id):
        throttle.require_left(_address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
