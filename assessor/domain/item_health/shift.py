"""How much harder or easier an item is than its author thought.

The abilities stay what each candidate's other items say they are. Against that, the item's difficulty is
shifted as a whole over a grid, and the mean of the posterior is the estimate (EAP, as abilities are
estimated). The prior is what an author is taken to know: normal around the authored difficulty with the
SD of its stated error, `DIFFICULTY_SD`. That error is what is estimated here, so of the effect that the
criteria of one response share only the response's own part is left, `RESPONSE_SD`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from assessor.domain.ability import DIFFICULTY_SD, grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REACH = 50
"""Cells of the ability grid to both sides: 2.5 logits."""
_Z95 = 1.959964


@cache
def _shifts() -> "NDArray[np.float64]":
    import numpy as np  # heavy: loaded on first use

    cell = float(grid()[1] - grid()[0])
    shifts: NDArray[np.float64] = np.arange(-REACH, REACH + 1, dtype=np.float64) * cell
    shifts.setflags(write=False)
    return shifts


SHIFTS = 2 * REACH + 1
"""How many shifts are looked at."""


@dataclass(frozen=True)
class Shift:
    """By how much the difficulty is off, in logits, with its 95% interval. Above 0: harder than authored."""

    mean: float
    low: float
    high: float


def log_likelihood_of_shifts(
    log_rest: "NDArray[np.float64]", log_item: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return the log likelihood of one answer at each shift: shape (SHIFTS,).

    `log_rest` is the log posterior of the ability from all other answers, `log_item` the log likelihood
    of this one as authored, both on the grid of ability. An item that is harder by d meets an ability t
    as the authored one meets t - d.
    """
    import numpy as np  # as above

    rest = np.exp(log_rest - log_rest.max())
    highest = log_item.max()
    item = np.exp(log_item - highest)
    told: NDArray[np.float64] = np.log(item[_cells()] @ (rest / rest.sum())) + highest
    return told


def estimated_shift(answers: "Sequence[NDArray[np.float64]]") -> Shift:
    """Return the shift that the answers of many candidates say; with none of them, what the author knows."""
    import numpy as np  # as above

    shifts = _shifts()
    log_posterior = -0.5 * (shifts / DIFFICULTY_SD) ** 2
    for told in answers:
        log_posterior = log_posterior + told
    mass = np.exp(log_posterior - log_posterior.max())
    mass /= mass.sum()
    mean = float(mass @ shifts)
    sd = float(np.sqrt(max(mass @ shifts**2 - mean**2, 0.0)))
    return Shift(mean, mean - _Z95 * sd, mean + _Z95 * sd)


@cache
def _cells() -> "NDArray[np.intp]":
    """Return, for each shift (rows) and ability (columns), the cell at which the authored item is read.

    Beyond the grid the likelihood stays what it is at the end: hardly anybody is there.
    """
    import numpy as np  # as above

    cells = len(grid())
    shifted: NDArray[np.intp] = np.arange(cells)[None, :] - np.arange(-REACH, REACH + 1)[:, None]
    return shifted.clip(0, cells - 1)
