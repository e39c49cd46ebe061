"""Decisions about simulated people, whose ability is known: how often the service would be right."""

from assessor.simulation.decisions.chart import draw
from assessor.simulation.decisions.frontier import CHOSEN, POINTS, compare
from assessor.simulation.decisions.plan import Plan, simulate
from assessor.simulation.decisions.scenario import SCENARIOS, Scenario
from assessor.simulation.decisions.sequential import Stopping

__all__ = ["CHOSEN", "POINTS", "SCENARIOS", "Plan", "Scenario", "Stopping", "compare", "draw", "simulate"]
