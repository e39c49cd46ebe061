"""Toloka: a skill, whose value is the score.

Make the skill once (`POST /skills`), and filter the performers of a pool by a value of 60 or more.
"""

from typing import Final

import httpx

from assessor.client.documents import ServedVerdict
from assessor.client.recipes.standing import Standing, standing_of

BASE_URL: Final = "https://toloka.dev/api/v1"


def set_skill(
    toloka: httpx.Client,
    skill_id: str,
    user_id: str,
    served: ServedVerdict,
    *,
    demonstration: bool = False,
) -> Standing:
    """Set a performer's skill to the score of a verdict, or remove it. Doing it twice is doing it once.

    `toloka` has `BASE_URL` as its base and carries your token: `Authorization: OAuth <token>`. Raises
    httpx.HTTPStatusError.
    """
    standing = standing_of(served, demonstration=demonstration)
    if standing is Standing.GRANT:
        body = {
            "skill_id": skill_id,
            "user_id": user_id,
            "value": served.document.score,
            "reason": f"verdict {served.document.id}",
        }
        toloka.put("/user-skills", json=body).raise_for_status()
    elif standing is Standing.WITHDRAW:
        _remove(toloka, skill_id, user_id)
    return standing


def _remove(toloka: httpx.Client, skill_id: str, user_id: str) -> None:
    found = toloka.get("/user-skills", params={"skill_id": skill_id, "user_id": user_id}).raise_for_status()
    for held in found.json()["items"]:
        # Compared again: a filter that a later version ignores must not cost somebody else their skill.
        if (str(held["skill_id"]), held["user_id"]) == (skill_id, user_id):
            removed = toloka.delete(f"/user-skills/{held['id']}")
            if removed.status_code != httpx.codes.NOT_FOUND:
                removed.raise_for_status()
