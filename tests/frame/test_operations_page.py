"""The page for operators, the alerts and the dashboard name the metrics that there are."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.metrics import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
SUFFIX = re.compile(r"_(bucket|count|sum)$")


def ours() -> dict[str, tuple[str, ...]]:
    """Every metric of ours as queries call it, with its labels."""
    found = {}
    for name, collector in REGISTRY._names_to_collectors.items():
        if name.startswith("assessor_") and not name.endswith("_created") and not SUFFIX.search(name):
            labels = tuple(getattr(collector, "_labelnames", ()))
            kind = getattr(collector, "_type", "")
            if kind != "counter" or name.endswith("_total"):
                found[name] = labels
    return found


def expressions() -> list[str]:
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())
    board = json.loads((ROOT / "deploy/grafana/assessor.json").read_text())
    alerts = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return alerts + [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_the_page_has_every_metric_with_its_labels() -> None:
    page = (ROOT / "docs/operations.md").read_text()

    rows = re.findall(r"^\| `(assessor_\w+)` \|([^|]*)\|", page, re.MULTILINE)

    assert {name: tuple(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == ours()


@pytest.mark.parametrize("expression", expressions())
def test_alerts_and_dashboard_ask_for_metrics_and_labels_that_there_are(expression: str) -> None:
    metrics = ours()
    asked = [SUFFIX.sub("", name) for name in re.findall(r"\bassessor_\w+", expression)]
    grouped = re.findall(r"by \(([^)]*)\)|\{(\w+)[=!]", expression)
    labels = {one.strip() for by, equal in grouped for one in (by or equal).split(",")} - {"le"}

    assert asked
    assert set(asked) <= set(metrics)
    assert labels <= {label for name in asked for label in metrics[name]}


def test_every_alert_says_what_is_noticed_and_where_to_look() -> None:
    rules: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())

    for rule in rules["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "look"}
