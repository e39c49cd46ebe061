"""How long a test waits for what comes for certain, on a machine that has much else to do."""

from typing import Final

PATIENCE_SECONDS: Final = 60
"""No bound on how fast anything is: who has waited this long waits for what never comes."""
