"""How far two orders of the same things agree."""

import math
from collections.abc import Callable, Mapping
from itertools import combinations


def tau_b(
    theirs: Mapping[str, float],
    own: Mapping[str, float],
    weight: Callable[[str, str], float] = lambda _a, _b: 1.0,
) -> float:
    """Return Kendall's tau-b of two placings of the same names, in [-1, 1]; equal places are ties.

    `sum w*s*t / sqrt(sum w*s^2 * sum w*t^2)` over pairs, with s, t in {-1, 0, 1} (Kendall 1945, The
    treatment of ties in ranking problems, Biometrika 33). When one side ties everything it is 0, and
    1 when both do.
    """
    both = theirs_squared = own_squared = 0.0
    for a, b in combinations(sorted(theirs), 2):
        w, s, t = weight(a, b), _sign(theirs[a] - theirs[b]), _sign(own[a] - own[b])
        both += w * s * t
        theirs_squared += w * s * s
        own_squared += w * t * t
    if theirs_squared == own_squared == 0:
        return 1.0
    if not theirs_squared or not own_squared:
        return 0.0
    return max(-1.0, min(1.0, both / math.sqrt(theirs_squared * own_squared)))


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)
