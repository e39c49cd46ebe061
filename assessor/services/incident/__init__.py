"""An incident as one file, for an authority or a customer: what happened, which verdicts, what was done.

`scope.py` says what one is about, `contents.py` what is in the file, `packing.py` makes it, and `checking.py`
checks it.
"""

from assessor.services.incident.checking import IncidentChecking, is_incident
from assessor.services.incident.packing import Incidents
from assessor.services.incident.scope import MAX_WORDS_CHARS, Account, Scope

__all__ = ["MAX_WORDS_CHARS", "Account", "IncidentChecking", "Incidents", "Scope", "is_incident"]
