"""Prolific: a participant group, which studies can use as an allowlist."""

from typing import Final

import httpx

from assessor.client.documents import ServedVerdict
from assessor.client.recipes.standing import Standing, standing_of

BASE_URL: Final = "https://api.prolific.com"


def set_membership(
    prolific: httpx.Client,
    group_id: str,
    participant_id: str,
    served: ServedVerdict,
    *,
    demonstration: bool = False,
) -> Standing:
    """Add a participant to a group by a verdict, or remove them. Doing it twice is doing it once.

    Prolific ignores who is in the group already, or no longer. `prolific` has `BASE_URL` as its base and
    carries your token: `Authorization: Token <token>`. Raises httpx.HTTPStatusError.
    """
    standing = standing_of(served, demonstration=demonstration)
    method = {Standing.GRANT: "POST", Standing.WITHDRAW: "DELETE"}.get(standing)
    if method is not None:
        path = f"/api/v1/participant-groups/{group_id}/participants/"
        prolific.request(method, path, json={"participant_ids": [participant_id]}).raise_for_status()
    return standing
