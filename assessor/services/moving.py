"""Going on in another browser: a short code that one makes in this one and types into the other.

The browser that the code was made in is signed out when the code is used. Two people at once, or somebody
who looks over a shoulder, is what that prevents; what was saved is there on the other side.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assessor.domain import events as e
from assessor.domain.errors import Gone
from assessor.ports import Clock, Random, Store
from assessor.services.inviting import Inviting
from assessor.services.log import AssessmentLog
from assessor.services.tokens import hash_token

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Neither 0 and O, nor 1, I and L, nor U, which is heard as V."""
CODE_CHARS: Final = 8
"""Of 30 letters: 6.6e11 codes. With five tries an address and ten minutes none is guessed."""
CODE_FOR: Final = timedelta(minutes=10)
_LARGEST_FAIR_BYTE: Final = 256 - 256 % len(ALPHABET)


@dataclass(frozen=True)
class NewCode:
    """A code as it is shown once."""

    code: str
    until: datetime


class Moving:
    """Makes codes, and takes each once."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        inviting: Inviting,
        clock: Clock,
        random: Random,
        *,
        pepper: bytes,
    ) -> None:
        """`pepper`: a secret that is not in the database, without which a code's hash tells nothing."""
        self._store = store
        self._assessments = assessments
        self._inviting = inviting
        self._clock = clock
        self._random = random
        self._pepper = pepper

    async def make(self, assessment_id: str) -> NewCode:
        """Make a code in place of an earlier one."""
        code, now = self._code(), self._clock.now()
        until = now + CODE_FOR
        await self._store.keep_code(self._hash(code), assessment_id, until, now)
        return NewCode(f"{code[:4]}-{code[4:]}", until)

    async def take(self, typed: str) -> str:
        """Use a code: sign the other browsers out, and return the secret of a new session. Raises Gone."""
        code = normal(typed)
        taken = await self._store.take_code(self._hash(code), self._clock.now())
        if taken is None:
            raise Gone(
                "code",
                "is not right, or does not hold any more",
                "Check it, or make a new one in the browser in which you worked: each holds for ten "
                "minutes, and once.",
            )
        assessment = await self._assessments.change(taken, lambda _assessment, _now: [e.SessionMoved()])
        secret = await self._inviting.open_session(assessment.id)
        await self._store.move_sessions(taken, hash_token(secret))
        return secret

    def _code(self) -> str:
        letters: list[str] = []
        while len(letters) < CODE_CHARS:
            # Bytes beyond the last whole round would make some letters likelier than others.
            fair = (byte for byte in self._random.bytes(2 * CODE_CHARS) if byte < _LARGEST_FAIR_BYTE)
            letters += [ALPHABET[byte % len(ALPHABET)] for byte in fair]
        return "".join(letters[:CODE_CHARS])

    def _hash(self, code: str) -> str:
        return hmac.new(self._pepper, code.encode(), hashlib.sha256).hexdigest()


def normal(typed: str) -> str:
    """Return a code as it was made: without dashes and spaces, in capitals."""
    return "".join(char for char in typed[:40].upper() if char in ALPHABET)
