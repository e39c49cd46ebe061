"""What is measured, ready to be talked to: ours, the plain stand-in, chainlit, LangGraph's server."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from assessor.web.serving import free_port
from tests.bench.clients import ChainlitTalk, LanggraphTalk, OurTalk, StandInTalk, Talk
from tests.bench.environments import python_of
from tests.bench.process import ROOT, Measured, module
from tests.bench.upstream import Stats

BARE: Final = "ours"
WITH_LITELLM: Final = "ours with litellm"
STAND_IN: Final = "plain stand-in"
CHAINLIT: Final = "chainlit"
LANGGRAPH: Final = "langgraph dev"
PEERS_FOLDER: Final = Path(__file__).parent / "peers"
HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class Upstream:
    """The provider's process."""

    address: str
    process: Measured

    def reset(self, behaviour: Mapping[str, Any] | None = None) -> None:
        """Count from nothing again, and behave in another way from now on if one is given."""
        httpx.post(f"{self.address}/reset", json=behaviour).raise_for_status()

    def prompts(self) -> list[str]:
        """Return the prompts since, if it was told to keep them."""
        kept: list[str] = httpx.get(f"{self.address}/prompts").raise_for_status().json()["prompts"]
        return kept

    def stats(self) -> Stats:
        """Return what was asked since."""
        return Stats(**httpx.get(f"{self.address}/stats").raise_for_status().json())


@dataclass(frozen=True)
class Server:
    """One server and how to begin a conversation with it."""

    name: str
    process: Measured
    talk: Callable[[], Talk]
    folder: Path
    """Where it keeps what it keeps."""


@contextmanager
def upstream(folder: Path, **behaviour: float) -> Iterator[Upstream]:
    """Run the provider."""
    address = f"http://{HOST}:{(port := free_port(HOST))}"
    options = [f"--{name.replace('_', '-')}={value:g}" for name, value in behaviour.items()]
    command = module("tests.bench.upstream", f"--port={port}", *options)
    environment = {"PYTHONPATH": str(ROOT)}
    with Measured(command, folder / "upstream", f"{address}/stats", environment) as process:
        yield Upstream(address, process)


@contextmanager
def ours(
    folder: Path, provider: Upstream | None, *, bare: bool = True, long: bool = False, **more: str
) -> Iterator[Server]:
    """Run `assessor serve`; with a provider also the model's way, by httpx (`bare`) or by litellm."""
    data, port = folder / ("bare" if bare else "litellm"), free_port(HOST)
    origin = f"http://{HOST}:{port}"
    environment = _environment(provider, data, port) | more
    options = [option for option, given in (("--bare", bare), ("--long", long)) if given and provider]
    command = module("tests.bench.service", *options) if options else module("assessor", "serve")
    with Measured(command, data, f"{origin}/readyz", environment) as process:
        key = _key(environment, data)
        yield Server(BARE if bare else WITH_LITELLM, process, lambda: OurTalk(origin, key), data)


@dataclass(frozen=True)
class Fleet:
    """Processes that serve one database, as they do behind a balancer."""

    processes: Sequence[Measured]
    places: Sequence[str]
    """Where each listens; the first is the public address of all."""
    key: str
    """A platform's key to the API."""

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far, of all."""
        return sum(process.cpu_seconds for process in self.processes)

    @property
    def memory_mb(self) -> float:
        """Resident memory now, of all."""
        return sum(process.memory_mb for process in self.processes)


@contextmanager
def fleet(
    folder: Path,
    provider: Upstream | None,
    settings: Mapping[str, str],
    count: int = 1,
    *,
    long: bool = False,
) -> Iterator[Fleet]:
    """Run `assessor serve` so many times, with the model's way by httpx; several need PostgreSQL."""
    data = Path(settings.get("ASSESSOR_DATA_DIR", folder / "fleet"))
    ports = [free_port(HOST) for _ in range(count)]
    places = [f"http://{HOST}:{port}" for port in ports]
    served = module("tests.bench.service", "--bare", *(["--long"] if long else []))
    command = served if provider else module("assessor", "serve")

    def environment(port: int) -> dict[str, str]:
        own = {"ASSESSOR_PUBLIC_URL": places[0], "ASSESSOR_EXECUTOR_ID": f"bench-{port}"}
        return {**_environment(provider, data, port), **settings, **own}

    with ExitStack() as stack:
        processes = [
            stack.enter_context(Measured(command, data, f"http://{HOST}:{port}/readyz", environment(port)))
            for port in ports
        ]
        yield Fleet(processes, places, _key(environment(ports[0]), data))


def _environment(provider: Upstream | None, data: Path, port: int) -> dict[str, str]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "ASSESSOR_DATA_DIR": str(data),
        "ASSESSOR_PORT": str(port),
        "ASSESSOR_LOG_LEVEL": "WARNING",
        "ASSESSOR_API_REQUESTS_PER_MINUTE": "1000000000",
        "ASSESSOR_API_BURST": "1000000000",
    }
    if provider:
        environment |= {
            "ASSESSOR_MODEL": "openai/bench",
            "ASSESSOR_MODEL_BASE_URL": f"{provider.address}/v1",
            "ASSESSOR_MODEL_API_KEY": "opens-nothing",
        }
    return environment


@contextmanager
def stand_in(folder: Path, provider: Upstream) -> Iterator[Server]:
    """Run the plain stand-in."""
    port, data = free_port(HOST), folder / "stand-in"
    origin = f"http://{HOST}:{port}"
    command = [str(python_of("stand-in")), str(PEERS_FOLDER / "stand_in.py"), str(port), "conversations.db"]
    with Measured(command, data, f"{origin}/ready", _peer(provider)) as process:
        yield Server(STAND_IN, process, lambda: StandInTalk(origin), data)


@contextmanager
def chainlit(folder: Path, provider: Upstream) -> Iterator[Server]:
    """Run chainlit."""
    port, data = free_port(HOST), folder / "chainlit"
    origin, application = f"http://{HOST}:{port}", str(PEERS_FOLDER / "chainlit_app.py")
    command = [str(python_of("chainlit")), "-m", "chainlit", "run", application, "--headless"]
    command += ["--host", HOST, "--port", str(port)]
    environment = {**_peer(provider), "CHAINLIT_APP_ROOT": str(data)}
    with Measured(command, data, f"{origin}/", environment) as process:
        yield Server(CHAINLIT, process, lambda: ChainlitTalk(origin), data)


@contextmanager
def langgraph(folder: Path, provider: Upstream) -> Iterator[Server]:
    """Run LangGraph's development server."""
    port, data = free_port(HOST), folder / "langgraph"
    data.mkdir(parents=True, exist_ok=True)
    (data / "graph.py").write_text((PEERS_FOLDER / "graph.py").read_text())
    (data / "langgraph.json").write_text(
        json.dumps({"dependencies": ["."], "graphs": {"bench": "./graph.py:graph"}})
    )
    origin, python = f"http://{HOST}:{port}", python_of("langgraph")
    command = [str(python.parent / "langgraph"), "dev", "--no-browser", "--no-reload"]
    command += ["--host", HOST, "--port", str(port), "--n-jobs-per-worker", "10"]
    with Measured(command, data, f"{origin}/ok", _peer(provider)) as process:
        yield Server(LANGGRAPH, process, lambda: LanggraphTalk(origin), data)


def _peer(provider: Upstream) -> Mapping[str, str]:
    # Nothing of a peer's may be sent anywhere but to our own provider.
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
    return {"BENCH_UPSTREAM": f"{provider.address}/v1", "PYTHONPATH": str(PEERS_FOLDER), **quiet}


def _key(environment: Mapping[str, str], folder: Path) -> str:
    command: Sequence[str] = module("assessor", "keys", "add", "--tenant", "bench", "--json")
    made = subprocess.run(
        command,
        env={"PATH": "", "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return str(json.loads(made.stdout)["secret"])


PYTHON: Final = f"Python {sys.version.split()[0]}"
