"""Badges: a qualification that a candidate can take along and show to anybody."""

from typing import Any

from assessor.domain import badge
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.value import canonical
from assessor.domain.verdict import read_verdict
from assessor.ports import Content, CredentialSigner, Store, StoredVerdict

NO_LONGER = {
    "superseded": "Another verdict took the place of the one that this badge was given for.",
    "revoked": "The verdict that this badge was given for was revoked.",
}


class Badges:
    """Open Badges for verdicts that say `qualified`."""

    def __init__(self, store: Store, content: Content, signer: CredentialSigner, *, public_url: str) -> None:
        self._store = store
        self._content = content
        self._signer = signer
        self._service = public_url

    async def of(self, verdict: StoredVerdict) -> str:
        """Return the signed badge of a verdict. Raises Conflict unless it is in force and `qualified`."""
        if verdict.status in NO_LONGER:
            raise Conflict(
                f"This verdict is {verdict.status} and gives no badge",
                "Ask for the badge of the verdict that holds.",
            )
        document = read_verdict(verdict.document)
        track = (await self._content.library(document.track.id)).track(document.track.id)
        payload = canonical(badge.badge(document, track, self._service))
        return self._signer.sign_credential(
            payload, livemode=document.livemode, keys_url=f"{self._service}/.well-known/keys"
        )

    async def of_assessment(self, assessment_id: str) -> str:
        """Return the signed badge of the verdict that holds. Raises NotFound, and Conflict as `of`."""
        verdict = await self._store.live_verdict(assessment_id)
        if verdict is None:
            raise NotFound("badge", assessment_id)
        return await self.of(verdict)

    async def status(self, assessment_id: str, verdict_id: str) -> dict[str, Any]:
        """Return, for anybody who holds a badge, whether it still holds. Raises NotFound."""
        for verdict in await self._store.verdicts(assessment_id):
            document = read_verdict(verdict.document)
            if verdict.id == verdict_id and document.decision == "qualified":
                return badge.revocations(document, self._service, NO_LONGER.get(verdict.status))
        raise NotFound("badge", verdict_id)

    async def achievement(self, track_id: str) -> dict[str, Any]:
        """Return what a badge of a track is given for. Raises NotFound, for a platform's own track too."""
        library = await self._content.library()
        track = library.tracks.get(track_id)
        if track is None or track_id in library.owners:
            raise NotFound("achievement", track_id)
        return badge.achievement(track, self._service)

    def profile(self, *, livemode: bool) -> dict[str, Any]:
        """Return who issues badges."""
        return badge.profile(self._service, livemode=livemode)

    def key(self, key_id: str) -> dict[str, Any]:
        """Return the public key that a badge names. Raises NotFound."""
        for key in self._signer.jwks()["keys"]:
            if key["kid"] == key_id:
                return {**key, "alg": "EdDSA", "kid": f"{self._service}/.well-known/keys/{key_id}"}
        raise NotFound("key", key_id)
