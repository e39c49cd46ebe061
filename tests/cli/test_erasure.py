"""`erase` and `retention` from a terminal, on each kind of database."""

import asyncio
import gzip
import json
from datetime import timedelta
from pathlib import Path

from assessor.adapters.clock import SystemClock
from assessor.bootstrap import accessing
from assessor.domain import events as e
from assessor.domain.policy import Policy
from assessor.settings import Settings
from tests.cli.conftest import Run
from tests.services.decided import BEGUN, Town, verdict
from tests.world import TurnedClock

TENANT = ("--tenant", "acme")
WORDS = "My colleague Zeugmatova taught me to bisect the history first."


def decided(settings: Settings) -> str:
    """Let a person write something and be decided; return the assessment's id."""

    async def decide() -> str:
        async with accessing(settings) as (access, store):
            await access.add_tenant("acme", "Acme", Policy())
            said = e.CandidateMessage(message_id="message-1", item_id=None, text=WORDS)
            facts = (*BEGUN, said, e.AssessmentSubmitted(), e.ScoringStarted())
            a_while_ago = TurnedClock(SystemClock().now() - timedelta(hours=1))
            town = Town(store, a_while_ago, "acme")
            return await town.invited(*facts, verdict(70.0, "qualified", "rule"), person="worker-17")

    return asyncio.run(decide())


def test_erasing_with_proof_and_what_others_say_of_it(run: Run, tmp_path: Path, empty_address: str) -> None:
    settings = Settings(data_dir=tmp_path / "var", database_url=empty_address)
    assessment_id = decided(settings)
    database = {"ASSESSOR_DATABASE_URL": empty_address}
    hold = ("retention", "hold", "worker-17", *TENANT, "--reason", "A claim is pending.", "--json")

    placed = json.loads(run(*hold, **database).stdout)["id"]
    refused = run("erase", "worker-17", *TENANT, **database)
    lifted = run("retention", "lift", placed, *TENANT, **database)
    proved = run("erase", "worker-17", *TENANT, "--prove", "--json", **database)
    again = run("erase", "worker-17", *TENANT, "--prove", **database)
    replayed = run("replay", assessment_id, **database)
    unknown = run("erase", "nobody", *TENANT, **database)

    assert refused.returncode == 1
    assert "A legal hold keeps this candidate's data until somebody lifts the hold" in refused.stderr
    assert lifted.returncode == 0, lifted.stderr
    assert proved.returncode == 0, proved.stderr + proved.stdout
    proof = json.loads(proved.stdout)
    assert proof["nothing_found"]
    assert proof["samples"] == {"conversation": 1}
    assert any("backups" in one for one in proof["not_searched"])
    assert all(place["found"] == [] for place in proof["searched"])
    assert again.returncode == 0, again.stderr + again.stdout
    assert "goes by ids" in again.stdout
    assert "Not searched: " in again.stdout
    assert replayed.returncode == 1
    assert "This candidate's data was erased" in replayed.stderr
    assert unknown.returncode == 1
    ledger = settings.erasure_ledger.read_text()
    assert json.loads(ledger)["candidate"] == proof["candidate_id"]


def test_a_proof_that_finds_something_ends_with_status_1_and_says_where(run: Run, tmp_path: Path) -> None:
    decided(Settings(data_dir=tmp_path / "var"))
    export = tmp_path / "elsewhere.log.gz"
    export.write_bytes(gzip.compress(f"said: {WORDS}\n".encode()))

    found = run("erase", "worker-17", *TENANT, "--prove", "--also", str(export))

    assert found.returncode == 1, found.stderr
    assert "FOUND in 1" in found.stdout


def test_terms_are_chosen_and_what_is_due_is_listed_before_it_goes(run: Run, tmp_path: Path) -> None:
    decided(Settings(data_dir=tmp_path / "var"))

    nothing = run("retention", "list", "--json")
    unfit = run("retention", "set", *TENANT, "--work-days", "9", "--work-least-days", "10")
    chosen = run("retention", "set", *TENANT, "--work-days", "0", "--json")
    due = run("retention", "list", "--json")
    done = run("retention", "run")
    after = run("retention", "list", "--json")
    shown = run("retention", "show", *TENANT)

    assert json.loads(nothing.stdout) == []
    assert unfit.returncode == 1
    assert "least_days: is more than most_days" in unfit.stderr
    assert json.loads(chosen.stdout)["work"] == {"least_days": 0, "most_days": 0}
    assert [(one["candidate"], one["what"], one["by"]) for one in json.loads(due.stdout)] == [
        ("worker-17", "work", "term")
    ]
    assert "1 candidates had something" in done.stdout
    assert json.loads(after.stdout) == []
    assert "1461" in shown.stdout
