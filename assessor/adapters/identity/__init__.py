"""Hosted identity services: Stripe Identity."""

from assessor.adapters.identity.stripe import DEFAULT_URL, StripeIdentity

__all__ = ["DEFAULT_URL", "StripeIdentity"]
