"""Seeding: a past that simulated people and a simulated judge have left, through the real services.

Nothing of it is live: every assessment is simulated, its verdict signed with the key of demonstrations.
"""

from assessor.simulation.seeding.plan import SeedPlan
from assessor.simulation.seeding.sowing import seed

__all__ = ["SeedPlan", "seed"]
