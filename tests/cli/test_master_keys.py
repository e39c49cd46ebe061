"""`assessor master-key`: the way from one master key to another, as docs/keys.md tells it."""

import asyncio
import base64
import json
import secrets
import shutil
from pathlib import Path

import pytest

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.domain.errors import DocumentRefused
from tests.adapters.store.samples import NOW, TENANT, begun
from tests.cli.conftest import Run


def key(text: str) -> bytes:
    return base64.b64decode(text)


def some_work(address: str, master_key: str) -> str:
    """Store an assessment; return its id."""

    async def store() -> str:
        opened = SqlStore(address, Vault(key(master_key)))
        await opened.add_tenant(TENANT, NOW)
        row = await begun(opened)
        await opened.close()
        return row.id

    return asyncio.run(store())


def read(address: str, master_key: str, assessment_id: str) -> int:
    async def count() -> int:
        opened = SqlStore(address, Vault(key(master_key)))
        try:
            return len(await opened.events(assessment_id))
        finally:
            await opened.close()

    return asyncio.run(count())


def master_key_of(doctor: str) -> str:
    return next(str(one["problem"]) for one in json.loads(doctor) if one["what"] == "master key")


def test_one_master_key_is_replaced_by_another(run: Run, address: str) -> None:
    old, new = (run("master-key", "make").stdout.strip() for _ in range(2))
    work = some_work(address, old)
    here = {"ASSESSOR_DATABASE_URL": address, "ASSESSOR_JOBS_DATABASE_URL": address}
    both = here | {"ASSESSOR_MASTER_KEY": new, "ASSESSOR_OTHER_MASTER_KEYS": old}

    lost = run("doctor", "--json", **here, ASSESSOR_MASTER_KEY=new)
    half = run("doctor", "--json", **both)
    rotated = run("master-key", "rotate", **both)
    again = run("master-key", "rotate", "--json", **both)
    listed = run("master-key", "list", "--json", **both)
    whole = run("doctor", "--json", **here, ASSESSOR_MASTER_KEY=new)

    assert "which is not set: nothing opens them" in master_key_of(lost.stdout)
    assert "2 keys are wrapped with the former one" in master_key_of(half.stdout)
    assert (rotated.returncode, again.returncode) == (0, 0), rotated.stdout + rotated.stderr
    assert "2 keys are wrapped anew" in rotated.stdout
    assert "ASSESSOR_OTHER_MASTER_KEYS may be unset" in rotated.stdout
    assert json.loads(again.stdout)["done"] == 0
    assert {one["use"]: one["wraps"] for one in json.loads(listed.stdout)} == {
        "wraps and opens": 2,
        "opens": 0,
    }
    assert master_key_of(whole.stdout) == ""
    assert read(address, new, work) > 0
    with pytest.raises(DocumentRefused, match="not set"):
        read(address, old, work)
    told = "".join(done.stdout + done.stderr for done in (lost, half, rotated, again, listed, whole))
    assert old not in told
    assert new not in told


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_an_older_backup_opens_with_the_former_key_beside_the_new_one(
    run: Run, address: str, tmp_path: Path
) -> None:
    old, new = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    work = some_work(address, old)
    file = Path(address.removeprefix("sqlite:///"))
    backup = Path(shutil.copy(file, tmp_path / "backup.db"))
    both = {"ASSESSOR_DATABASE_URL": address, "ASSESSOR_MASTER_KEY": new, "ASSESSOR_OTHER_MASTER_KEYS": old}
    run("master-key", "rotate", **both)

    shutil.copy(backup, file)
    alone = run("master-key", "rotate", **both | {"ASSESSOR_OTHER_MASTER_KEYS": ""})
    rotated = run("master-key", "rotate", **both)

    assert alone.returncode == 1
    assert "set that key in ASSESSOR_OTHER_MASTER_KEYS" in alone.stdout
    assert rotated.returncode == 0
    assert read(address, new, work) > 0


def test_a_key_service_that_does_not_open_the_key_is_named_before_anything_is_read(run: Run) -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    nowhere = {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:1",
        "AWS_MAX_ATTEMPTS": "1",
    }

    refused = run("master-key", "list", ASSESSOR_MASTER_KEY=f"aws-kms:{arn}:AAAA", **nowhere)
    unknown = run("master-key", "make", "--aws-kms", "alias/mine")

    assert refused.returncode == 1
    assert "ASSESSOR_MASTER_KEY" in refused.stderr
    assert "could not be opened by AWS KMS (EndpointConnectionError)" in refused.stderr
    assert "names no key of AWS KMS by its ARN" in unknown.stderr
