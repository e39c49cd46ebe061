"""Master keys as settings carry them: plain, or wrapped by AWS KMS, which opens them for whoever may.

One call at the start of a process opens the master key; data keys are wrapped and opened with it in memory.
A call for every data key would put a network between a message and its acknowledgement, and could not be
cached without going on to open what was erased elsewhere.
"""

import base64
import binascii
import os
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # settings are read by every command, and most need neither ports nor ciphers
    from assessor.ports import KeyService

KEY_BYTES: Final = 32
AWS: Final = "aws-kms:"
_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+")
_CONTEXT: Final = {"assessor": "master-key"}
"""Bound to what is wrapped, and shown in the log of the key service."""
_SECONDS: Final = 5


class PlainKeys:
    """Fulfils `KeyService` with nothing else: the text is base64 of the key."""

    def make(self) -> str:
        """Return a key drawn by chance."""
        return base64.b64encode(os.urandom(KEY_BYTES)).decode()

    def open(self, text: str) -> bytes:
        """Decode. Raises ValueError."""
        return _of_right_length(_decoded(text))


class AwsKeys:
    """Fulfils `KeyService` with AWS KMS. The text is `aws-kms:ARN:WRAPPED`; by itself it opens nothing.

    Credentials and addresses come from where AWS's own programs take them.
    """

    def __init__(self, arn: str, client: Any = None) -> None:
        """Raises ValueError for what is not the ARN of a key or of an alias."""
        found = _ARN.fullmatch(arn)
        if found is None:
            raise ValueError("names no key of AWS KMS by its ARN, as in arn:aws:kms:REGION:ACCOUNT:key/ID")
        self._arn, self._client = arn, client or _client(found["region"])

    def make(self) -> str:
        """Let the service make a key; only its wrapped form leaves it."""
        made = _asked(
            self._client.generate_data_key_without_plaintext,
            KeyId=self._arn,
            NumberOfBytes=KEY_BYTES,
            EncryptionContext=_CONTEXT,
        )
        return f"{AWS}{self._arn}:{base64.b64encode(made['CiphertextBlob']).decode()}"

    def open(self, text: str) -> bytes:
        """Let the service decrypt. Raises ValueError."""
        wrapped = _decoded(text.rpartition(":")[2])
        opened = _asked(
            self._client.decrypt, KeyId=self._arn, CiphertextBlob=wrapped, EncryptionContext=_CONTEXT
        )
        return _of_right_length(opened["Plaintext"])


def service_of(text: str) -> "KeyService":
    """Return the service that a text belongs to. Raises ValueError."""
    return AwsKeys(_arn(text)) if text.startswith(AWS) else PlainKeys()


def check_text(text: str) -> None:
    """Raise ValueError for a text that no service could open; none is asked."""
    if not text.startswith(AWS):
        PlainKeys().open(text)
    elif not _ARN.fullmatch(_arn(text)) or not _decoded(text.rpartition(":")[2]):
        raise ValueError("is not of the form aws-kms:ARN:WRAPPED")


def _arn(text: str) -> str:
    return text.removeprefix(AWS).rpartition(":")[0]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None


def _of_right_length(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _client(region: str) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise ValueError("needs boto3: install assessor[aws]") from None
    limits = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 3})
    return boto3.client("kms", region_name=region, config=limits)


def _asked(operation: Any, **arguments: Any) -> dict[str, Any]:
    """Ask; a refusal is told by its code alone, since messages may name people and accounts."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer: dict[str, Any] = operation(**arguments)
    except ClientError as refused:
        code = refused.response.get("Error", {}).get("Code", "without a code")
        raise ValueError(f"was refused by AWS KMS ({code})") from None
    except BotoCoreError as fault:
        raise ValueError(f"could not be opened by AWS KMS ({type(fault).__name__})") from None
    return answer
