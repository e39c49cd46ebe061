"""Where other services report to us. Each request proves by its signature who sent it."""

from typing import Final

from fastapi import APIRouter, Request, Response

from assessor.web.dependencies import Running

STRIPE_IDENTITY: Final = "/hooks/stripe-identity"

router = APIRouter(include_in_schema=False)


@router.post(STRIPE_IDENTITY)
async def stripe_identity(request: Request, service: Running) -> Response:
    """Take an event of Stripe. What is old, repeated or about nothing here is acknowledged all the same:
    sending it again would change nothing."""
    await service.identifying.report(await request.body(), request.headers.get("Stripe-Signature", ""))
    return Response(status_code=200)
