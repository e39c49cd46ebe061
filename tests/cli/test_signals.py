"""`assessor signals`, and what `assessor doctor` says of rules that are off."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.domain.audit_log import SERVICE, Act, Action
from assessor.domain.signal_rule import EDITION_OF
from tests.cli.conftest import Run


def test_operators_see_how_often_rules_are_set_aside_and_which_are_off(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("keys", "add", "--tenant", "acme", "--test")
    before = run("signals")
    _record(tmp_path)

    after = json.loads(run("signals", "--tenant", "acme", "--json").stdout)
    doctor = json.loads(run("doctor", "--json").stdout)

    assert "nobody has looked yet" in before.stdout
    addressed, alike, _quoted = after
    assert (addressed["looked"], addressed["is_on"]) == (1, True)
    assert (alike["looked"], alike["set_aside"], alike["is_on"]) == (22, 20, False)
    assert any("near_duplicate@1 is off for acme" in one["what"] for one in doctor)


def _record(folder: Path) -> None:
    found = {"rule": EDITION_OF["addressed"], "outcome": "confirmed"}
    acts = [
        Act("acme", "rev_1", Action.SIGNAL_JUDGED, "asm_1", detail=found),
        Act(
            "acme",
            SERVICE,
            Action.RULE_SWITCHED_OFF,
            EDITION_OF["alike"],
            detail={"looked": 22, "aside": 20},
        ),
    ]

    async def write() -> None:
        store = SqlStore(f"sqlite:///{folder / 'var' / 'assessor.db'}", Vault(bytes(32)))
        for act in acts:
            await store.record_act(act, datetime(2026, 11, 21, tzinfo=UTC))
        await store.close()

    asyncio.run(write())
