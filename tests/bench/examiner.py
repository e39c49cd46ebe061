"""The fake provider as a grader: it reads any engine's prompt and says what is true of the answer in it.

It tells the engines apart by the form in which they want the reply. A criterion is looked up by the id
that the request names, so it does not matter which criteria are the engine's and which are checks.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from tests.bench.workload import found, is_met, is_uncertain, quoted, without

CERTAIN: Final = (0.97, 0.03)
"""The probability of `met`, for what is met and for what is not."""
WAVERING: Final = (0.65, 0.35)
NOT_GRADED: Final = '{"error": "this is no prompt that asks for a grade"}'

_BLOCK: Final = re.compile(r'<rubric_criterion id="([^"]+)">(.*?)</rubric_criterion>', re.DOTALL)
_ANALYSIS: Final = "The words that the criterion asks for were looked for in the answer."


def graded(request: Mapping[str, Any], uncertain: int = 0) -> str:
    """Return the reply to a request. So many of a hundred criteria get a probability in the middle."""
    prompt = "\n".join(str(message["content"]) for message in request["messages"])
    submission, rest = found(prompt), without(prompt)
    schema = json.dumps(request.get("response_format", {}))
    if '"judgments"' in schema or '{"judgments"' in rest:
        return json.dumps(
            {"judgments": [_judgment(one[1], one[2], submission) for one in _BLOCK.finditer(rest)]}
        )
    if ids := _ids(request):
        return json.dumps({"criteria": [_verdict(one, rest, submission, uncertain) for one in ids]})
    if not (words := quoted(rest)):
        return NOT_GRADED
    met = is_met(f"“{words[-1]}”", submission)
    if "GRADE:" in rest:
        return f"{_ANALYSIS}\n\nGRADE: {'C' if met else 'I'}"
    if '"score"' in rest:
        return json.dumps({"reason": _ANALYSIS, "score": 10 if met else 0})
    return json.dumps({"criterion_status": _status(is_met=met), "explanation": _ANALYSIS})


def _ids(request: Mapping[str, Any]) -> list[str]:
    """Return the ids that the schema of the reply allows, in the order of the schema."""
    schema = request.get("response_format", {}).get("json_schema", {}).get("schema", {})
    try:
        allowed: list[str] = schema["properties"]["criteria"]["items"]["properties"]["id"]["enum"]
    except KeyError:
        return []
    return allowed


def _verdict(name: str, prompt: str, submission: str, uncertain: int) -> dict[str, Any]:
    lines = re.findall(rf"^\W*{re.escape(name)}\W+(.+)$", prompt, re.MULTILINE)
    criterion = lines[-1] if lines else ""
    met = is_met(criterion, submission)
    probabilities = WAVERING if is_uncertain(criterion, submission, uncertain) else CERTAIN
    return {
        "id": name,
        "quotes": quoted(criterion) if met else [],
        "analysis": _ANALYSIS,
        "verdict": "met" if met else "unmet",
        "probability": probabilities[not met],
    }


def _judgment(name: str, block: str, submission: str) -> dict[str, Any]:
    status = _status(is_met=is_met(block, submission))
    return {
        "criterion_id": name,
        "criterion_status": status,
        "selected_option": None,
        "explanation": _ANALYSIS,
    }


def _status(*, is_met: bool) -> str:
    return "MET" if is_met else "UNMET"
