"""Mail of a service that is killed: what was committed is sent, and a repeat can be recognised."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Platform, Service
from tests.mailbox import Mailbox, mailbox
from tests.services.test_webhook_kills import killed, order


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.stop()


def settings(box: Mailbox) -> dict[str, str]:
    return {
        "ASSESSOR_SMTP_HOST": "127.0.0.1",
        "ASSESSOR_SMTP_PORT": str(box.port),
        "ASSESSOR_SMTP_SECURITY": "none",
        "ASSESSOR_MAIL_FROM": "no-reply@assess.example.org",
    }


@pytest.mark.slow
async def test_a_mail_that_was_sent_and_not_noted_is_sent_again_as_the_same_bytes(service: Service) -> None:
    async with mailbox() as box:
        service.settings = {**settings(box), "ASSESSOR_CRASH_AT": "after-mail:1"}
        platform = await asyncio.to_thread(Platform.of, service, "acme")
        await asyncio.to_thread(service.start)
        await order(platform, candidate_email="ana@example.org")
        await asyncio.to_thread(killed, service)

        service.settings = settings(box)
        await asyncio.to_thread(service.start)
        received = await box.came(2)
        await asyncio.sleep(2.5)  # two looks into the outbox: nothing is left in it

    first, again = received
    assert first.id == again.id
    assert first.raw == again.raw
