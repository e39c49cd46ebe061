"""Plays hostile files, sent by a browser wherever bytes are taken: each is refused soon, and costs little."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.attacks.gains import broken
from tests.attacks.payloads import MEGABYTE, Attack
from tests.attacks.stage import Played, Stage
from tests.e2e.candidate import Candidate
from tests.e2e.service import Platform, Service

MOST_SECONDS = 3.0
"""Until it is refused; a second on a machine that does nothing else."""
MOST_GROWTH = 100 * MEGABYTE
BOMB_MEGABYTES = 200
"""What the bomb unpacks to: hundreds of times as much as may come of an upload."""


@dataclass(frozen=True)
class File:
    """What is sent: `name` is the sender's."""

    name: str
    media_type: str
    content: bytes


def play_uploads(stage: Stage, attacks: Sequence[Attack]) -> list[Played]:
    """Send each as a form's file, as a body, and as an archive of a platform's own tasks."""
    platform = Platform.of(stage.service, stage.tenant())
    assessment, invite = platform.order()
    watched = stage.person()
    candidate = Candidate(watched.page(), stage.service)
    candidate.begin(invite)
    task = candidate.task_paths()[0]
    played = []
    for attack in attacks:
        before = platform.look(assessment), _files(stage.service)
        faults = _sent(attack, candidate, platform, task)
        if (platform.look(assessment), _files(stage.service)) != before:
            faults.append("something was stored")
        played.append(Played(attack, "in every upload", tuple(broken(faults))))
    watched.context.close()
    return played


def made(attack: Attack) -> File | None:
    """Return the file that a payload describes, None for one that nobody here knows."""
    for pattern, make in _FILES.items():
        if re.search(pattern, attack.payload, re.IGNORECASE):
            return make(attack)
    return None


def _sent(attack: Attack, candidate: Candidate, platform: Platform, task: str) -> list[str]:
    file = made(attack)
    if file is None:
        return [f"is not understood: it names none of {', '.join(_FILES)}"]
    archive = file if file.media_type == "application/zip" else _zipped(file)
    key = {"Authorization": f"Bearer {platform.key}", "Idempotency-Key": attack.id}
    ways: list[tuple[str, str, File, bool, dict[str, str]]] = [
        ("POST", "/assessment/interview/messages", file, True, {}),
        ("POST", task, file, True, {}),
        ("PUT", "/assessment/drafts/interview", file, False, {}),
        ("POST", "/v1/library", file, False, key),
        ("POST", "/v1/library", archive, False, {**key, "Idempotency-Key": f"{attack.id}-zip"}),
        ("POST", "/v1/assessments", file, True, {**key, "Idempotency-Key": f"{attack.id}-order"}),
    ]
    faults = []
    for method, path, sent, as_form, headers in ways:
        before = _memory(candidate.service)
        told: dict[str, Any] = candidate.page.evaluate(
            _SEND,
            [
                method,
                path,
                sent.name,
                sent.media_type,
                base64.b64encode(sent.content).decode(),
                as_form,
                headers,
            ],
        )
        grown = _memory(candidate.service) - before
        if not 400 <= told["status"] < 500:
            faults.append(f"{method} {path}: {told['status']}")
        if told["seconds"] > MOST_SECONDS:
            faults.append(f"{method} {path}: refused after {told['seconds']:.1f} s")
        if grown > MOST_GROWTH:
            faults.append(f"{method} {path}: took {grown // MEGABYTE} MB")
    return faults


_SEND = """async ([method, path, name, type, content, asForm, headers]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const body = asForm ? new FormData() : new Blob([bytes], { type });
  if (asForm) for (const field of ['file', 'text', 'cmid', 'justification'])
    body.append(field, new File([bytes], name, { type }));
  const began = performance.now();
  const answer = await fetch(path, { method, body, headers, redirect: 'manual' });
  await answer.text();
  return { status: answer.status, seconds: (performance.now() - began) / 1000 };
}"""


def _memory(service: Service) -> int:
    """Return how many bytes the service holds, 0 where the system does not say."""
    told = Path(f"/proc/{service.process.pid}/statm") if service.process else Path("/nowhere")
    return int(told.read_text().split()[1]) * 4096 if told.exists() else 0


def _files(service: Service) -> set[str]:
    """Return what lies in the service's folder, without what its databases come and go with."""
    found = {str(path.relative_to(service.folder)) for path in service.folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.endswith(("-wal", "-shm", "-journal"))}


def _zipped(file: File) -> File:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(file.name, file.content)
    return File("tasks.zip", "application/zip", packed.getvalue())


def _bomb(_: Attack) -> File:
    packed = BytesIO()
    with (
        ZipFile(packed, "w", ZIP_DEFLATED) as archive,
        archive.open("track.yaml", "w", force_zip64=True) as member,
    ):
        for _megabyte in range(BOMB_MEGABYTES):
            member.write(bytes(MEGABYTE))
    return File("tasks.zip", "application/zip", packed.getvalue())


def _picture(_: Attack) -> File:
    content = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    return File("picture.png", "image/png", content)


def _polyglot(_: Attack) -> File:
    return File("picture.gif", "image/gif", b"GIF89a/*\x00\x01*/=1;alert(1)//\xff\xfe;")


def _named(attack: Attack) -> File:
    name = attack.payload.partition("file name")[2].strip()
    return File(name, "application/yaml", b"id: escaped\n")


def _laughs(_: Attack) -> File:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{entities}]><l>&l9;</l>'
    return File("laughs.xml", "text/xml", text.encode())


def _anchors(_: Attack) -> File:
    lines = ["l0: &l0 [ha, ha]", *(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10))]
    return File("track.yaml", "application/yaml", "\n".join(lines).encode())


_FILES: Mapping[str, Callable[[Attack], File]] = MappingProxyType(
    {
        r"\bzip\b": _bomb,
        r"\bSVG\b": _picture,
        r"\bpolyglot\b": _polyglot,
        r"\bfile name\b": _named,
        r"\bYAML\b": _anchors,
        r"\bXML\b": _laughs,
    }
)
