"""One assessment as one file, for somebody who has neither our database nor a reason to believe us.

`contents.py` says what is in it, `archive.py` how it is written, `packing.py` makes one, and `checking.py`
checks one without anything but the file.
"""

from assessor.services.audit_package.archive import Finding
from assessor.services.audit_package.checking import Checked, Checking, CheckResult
from assessor.services.audit_package.packing import Made, Packing

__all__ = ["CheckResult", "Checked", "Checking", "Finding", "Made", "Packing"]
