"""Master keys as text: plain, or wrapped by AWS KMS, whose own client checks every request here."""

import base64
from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from assessor.adapters.master_keys import AwsKeys, PlainKeys, check_text, service_of

ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = bytes(range(32))
WRAPPED = b"what only the service opens"
TEXT = f"aws-kms:{ARN}:{base64.b64encode(WRAPPED).decode()}"
CONTEXT = {"assessor": "master-key"}
DECRYPT = {"KeyId": ARN, "CiphertextBlob": WRAPPED, "EncryptionContext": CONTEXT}


@pytest.fixture
def aws() -> Iterator[tuple[AwsKeys, Stubber]]:
    client = boto3.client(
        "kms", region_name="eu-central-1", aws_access_key_id="nobody", aws_secret_access_key="nothing"
    )
    with Stubber(client) as stubbed:
        yield AwsKeys(ARN, client), stubbed
        stubbed.assert_no_pending_responses()


def test_a_plain_key_is_made_by_chance_and_opens() -> None:
    one, other = PlainKeys().make(), PlainKeys().make()

    assert len(PlainKeys().open(one)) == 32
    assert one != other


def test_a_key_in_aws_never_leaves_it_plain_when_it_is_made(aws: tuple[AwsKeys, Stubber]) -> None:
    keys, stubbed = aws
    asked = {"KeyId": ARN, "NumberOfBytes": 32, "EncryptionContext": CONTEXT}
    stubbed.add_response("generate_data_key_without_plaintext", {"CiphertextBlob": WRAPPED}, asked)

    assert keys.make() == TEXT


def test_aws_opens_what_it_wrapped(aws: tuple[AwsKeys, Stubber]) -> None:
    keys, stubbed = aws
    stubbed.add_response("decrypt", {"Plaintext": KEY, "KeyId": ARN}, DECRYPT)

    assert keys.open(TEXT) == KEY


def test_a_refusal_is_told_by_its_code_alone(aws: tuple[AwsKeys, Stubber]) -> None:
    keys, stubbed = aws
    stubbed.add_client_error("decrypt", "AccessDeniedException", "arn:...:user/ana may not", 400, {}, DECRYPT)

    with pytest.raises(ValueError, match=r"^was refused by AWS KMS \(AccessDeniedException\)$"):
        keys.open(TEXT)


def test_a_key_of_another_length_is_not_taken(aws: tuple[AwsKeys, Stubber]) -> None:
    keys, stubbed = aws
    stubbed.add_response("decrypt", {"Plaintext": b"short", "KeyId": ARN}, DECRYPT)

    with pytest.raises(ValueError, match="5 bytes instead of 32"):
        keys.open(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "aws-kms:",
        "aws-kms:alias/mine:AAAA",
        f"aws-kms:{ARN}",
        f"aws-kms:{ARN}:",
        f"aws-kms:{ARN}:not base64",
        "c2hvcnQ=",
        "",
    ],
)
def test_a_text_that_nothing_opens_is_refused_without_asking_anybody(text: str) -> None:
    with pytest.raises(ValueError, match=r"form aws-kms|base64|instead of 32"):
        check_text(text)


def test_a_text_says_which_service_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without them the client looks for credentials on the network.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    check_text(TEXT)

    assert isinstance(service_of(TEXT), AwsKeys)
    assert isinstance(service_of(PlainKeys().make()), PlainKeys)
    with pytest.raises(ValueError, match="names no key of AWS KMS"):
        service_of("aws-kms:alias/mine:AAAA")
