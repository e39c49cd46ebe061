"""What scoring has to know beside an assessment's own log."""

from typing import Protocol

from assessor.ports.calibration import Standings
from assessor.ports.items import Retirements
from assessor.ports.pilot import Stages


class Grounds(Standings, Stages, Retirements, Protocol):
    """What judges have shown, where the pilot stands, and which items count no more."""
