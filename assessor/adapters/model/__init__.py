"""Language models behind the Model port. The only room that knows litellm.

`Gateway` is what the service is built with: every call of the process goes through its one limiter,
its circuit breakers and its cost ledger.
"""

from assessor.adapters.model.configured import Choice, Models, check_files, models
from assessor.adapters.model.gateway import Gateway
from assessor.adapters.model.limiter import Limiter
from assessor.adapters.model.provider import LitellmModel
from assessor.adapters.model.resilient import ResilientModel

__all__ = [
    "Choice",
    "Gateway",
    "Limiter",
    "LitellmModel",
    "Models",
    "ResilientModel",
    "check_files",
    "models",
]
