"""Turning a verdict into a qualification on the platforms where people already work."""

from assessor.client.recipes.standing import Standing, standing_of

__all__ = ["Standing", "standing_of"]
