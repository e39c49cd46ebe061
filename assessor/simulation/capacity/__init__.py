"""What an installation of a given size needs: from measured costs, with the morning peak simulated."""

from assessor.simulation.capacity.needs import planned
from assessor.simulation.capacity.page import SIZES, markdown_page, rows
from assessor.simulation.capacity.work import Assumptions

__all__ = ["SIZES", "Assumptions", "markdown_page", "planned", "rows"]
