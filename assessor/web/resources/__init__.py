"""The JSON documents of the platforms' API."""

from assessor.web.resources.accommodation import (
    AccommodationRequest,
    AccommodationResource,
    accommodation_resource,
)
from assessor.web.resources.assessment import (
    AssessmentDetail,
    AssessmentList,
    AssessmentResource,
    Invite,
    OrderedAssessment,
    assessment_detail,
    assessment_resource,
    invite,
    ordered_assessment,
)
from assessor.web.resources.consent import ConsentResource, consent_resource
from assessor.web.resources.track import TrackList, TrackResource, track_resource
from assessor.web.resources.verdict import ServedVerdict, VerdictList, served_verdict, verdict_tag

__all__ = [
    "AccommodationRequest",
    "AccommodationResource",
    "AssessmentDetail",
    "AssessmentList",
    "AssessmentResource",
    "ConsentResource",
    "Invite",
    "OrderedAssessment",
    "ServedVerdict",
    "TrackList",
    "TrackResource",
    "VerdictList",
    "accommodation_resource",
    "assessment_detail",
    "assessment_resource",
    "consent_resource",
    "invite",
    "ordered_assessment",
    "served_verdict",
    "track_resource",
    "verdict_tag",
]
