"""Amazon Mechanical Turk: a custom qualification, whose value is the score.

Make a qualification type once (`CreateQualificationType`), and ask for it in HITs with a value of 60 or more.
"""

from typing import Any, Final

from assessor.client.documents import ServedVerdict
from assessor.client.recipes.standing import Standing, standing_of

REASON: Final = "Your qualification has ended or was decided anew."
_NOT_HELD: Final = frozenset(
    {"AWS.MechanicalTurk.QualificationDoesNotExist", "AWS.MechanicalTurk.InvalidQualificationState"}
)


def set_qualification(
    mturk: Any,
    qualification_type_id: str,
    worker_id: str,
    served: ServedVerdict,
    *,
    demonstration: bool = False,
) -> Standing:
    """Give a worker the qualification that a verdict stands for, or take it away. Doing it twice is once.

    `mturk` is `boto3.client("mturk")`. Raises its errors.
    """
    standing = standing_of(served, demonstration=demonstration)
    if standing is Standing.GRANT:
        mturk.associate_qualification_with_worker(
            QualificationTypeId=qualification_type_id,
            WorkerId=worker_id,
            IntegerValue=round(served.document.score),
            SendNotification=False,  # again and again would be a letter each time
        )
    elif standing is Standing.WITHDRAW:
        _withdraw(mturk, qualification_type_id, worker_id)
    return standing


def _withdraw(mturk: Any, qualification_type_id: str, worker_id: str) -> None:
    try:
        mturk.disassociate_qualification_from_worker(
            QualificationTypeId=qualification_type_id, WorkerId=worker_id, Reason=REASON
        )
    except mturk.exceptions.RequestError as error:
        if error.response.get("TurkErrorCode") not in _NOT_HELD:
            raise
