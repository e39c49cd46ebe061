"""Label Studio: membership of a project. Projects with members are a feature of Label Studio Enterprise."""

import httpx

from assessor.client.documents import ServedVerdict
from assessor.client.recipes.standing import Standing, standing_of


def set_membership(
    studio: httpx.Client,
    project_id: int,
    user_id: int,
    served: ServedVerdict,
    *,
    demonstration: bool = False,
) -> Standing:
    """Let an annotator into a project by a verdict, or take them out. Doing it twice is doing it once.

    `studio` has the address of your Label Studio as its base and carries your token: `Authorization: Token
    <token>`. Raises httpx.HTTPStatusError.
    """
    standing = standing_of(served, demonstration=demonstration)
    members = f"/api/projects/{project_id}/members/"
    if standing is Standing.GRANT and not _is_member(studio, members, user_id):
        studio.post(members, json={"user": user_id}).raise_for_status()
    elif standing is Standing.WITHDRAW:
        removed = studio.delete(members, params={"user": user_id})
        if removed.status_code != httpx.codes.NOT_FOUND:
            removed.raise_for_status()
    return standing


def _is_member(studio: httpx.Client, members: str, user_id: int) -> bool:
    """Whether the membership is the user's own; who has access by a role elsewhere is no member yet."""
    query = {"ids": str(user_id), "implicit": "false"}
    found = studio.get(f"{members}paginated/", params=query).raise_for_status().json()
    return any(one["id"] == user_id for one in found["results"])
