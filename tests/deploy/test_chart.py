"""The Helm chart: linted and rendered by Helm, held against Kubernetes' schemas and against the service."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.metrics import REGISTRY
from tests.deploy.commands import settings_of, understood
from tests.deploy.container import ROOT, last

helm = pytest.importorskip("helm_python", reason="has no build for this platform")
import kubernetes_validate  # noqa: E402 - only where the chart can be rendered

CHART = ROOT / "deploy/helm/assessor"
KUBERNETES = ["1.27", "1.37"]
"""The oldest that the chart takes, and the newest whose schemas we have."""

LEAST = {"publicUrl": "https://assess.example.org", "secretName": "assessor"}
MOST: dict[str, Any] = {
    **LEAST,
    "image": {"digest": f"sha256:{'0' * 64}", "pullSecrets": [{"name": "registry"}]},
    "settings": {"ASSESSOR_MODEL": "openai/a", "ASSESSOR_MODEL_CONCURRENCY": 32},
    "secretSettings": [{"name": "ASSESSOR_MODEL_API_KEY", "secret": "model", "key": "key"}],
    "worker": {"autoscaling": {"enabled": True, "maxReplicas": 40}},
    "ledger": {"existingClaim": "shared"},
    "ingress": {"enabled": True, "className": "nginx", "host": "assess.example.org", "tlsSecretName": "tls"},
    "networkPolicy": {
        "fromIngress": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}],
        "fromMetrics": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
        "toDatabase": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
        "extraEgress": [{"ports": [{"protocol": "TCP", "port": 11434}]}],
    },
    "nodeSelector": {"disk": "fast"},
    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
}
BOTH = pytest.mark.parametrize("values", [LEAST, MOST], ids=["least", "most"])

Objects = dict[str, dict[str, dict[str, Any]]]


def rendered(values: Mapping[str, Any]) -> Objects:
    """Return the objects of a release named `one`, by kind and name."""
    found: Objects = defaultdict(dict)
    with helm.Chart.load(str(CHART)) as chart:
        for file, text in chart.render(dict(values), name="one", namespace="here").items():
            if file.endswith(".yaml"):
                for one in filter(None, yaml.safe_load_all(text)):
                    found[one["kind"]][one["metadata"]["name"]] = one
    return found


def pods(objects: Objects) -> dict[str, dict[str, Any]]:
    """Return the pods that are asked for, by the name of who asks."""
    owners = {**objects["Deployment"], **objects["StatefulSet"], **objects["Job"]}
    return {name: one["spec"]["template"]["spec"] for name, one in owners.items()}


def environment(pod: Mapping[str, Any]) -> dict[str, str]:
    """Return what a pod sets; what comes from elsewhere has a stand-in."""
    return {one["name"]: one.get("value", "elsewhere") for one in pod["containers"][0]["env"]}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "database-url").write_text("postgresql://assessor:drawn@db.internal/assessor")
    (folder / "master-key").write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    (folder / "signing-key").write_text("{}")
    return folder


@BOTH
def test_helm_has_nothing_against_it(values: dict[str, Any]) -> None:
    said = helm.lint(str(CHART), values, strict=True)["messages"]

    assert [one for one in said if one["error"] != "icon is recommended"] == []


@BOTH
@pytest.mark.parametrize("version", KUBERNETES)
def test_everything_rendered_is_what_kubernetes_takes(values: dict[str, Any], version: str) -> None:
    for objects in rendered(values).values():
        for one in objects.values():
            kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"publicUrl": ""}, "/publicUrl"),
        ({"publicUrl": "http://assess.example.org"}, "/publicUrl"),
        ({"secretName": ""}, "/secretName"),
        ({"worker": {"replica": 3}}, "/worker"),
        ({"web": {"replicas": 0}}, "/web/replicas"),
        ({"settings": {"MODEL": "a"}}, "'MODEL'"),
        ({"ingress": {"enabled": True}}, "/ingress"),
        ({"image": {"digest": "latest"}}, "/image/digest"),
    ],
)
def test_values_that_cannot_be_meant_are_refused_by_their_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(helm.HelmValuesError, match=re.escape(named)):
        rendered(LEAST | wrong)


def test_every_value_is_in_the_schema() -> None:
    with helm.Chart.load(str(CHART)) as chart:
        chart.validate_schema({**yaml.safe_load((CHART / "values.yaml").read_text()), **LEAST})


@BOTH
def test_every_pod_runs_a_command_with_settings_that_production_accepts(
    values: dict[str, Any], secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pod in pods(rendered(values)).values():
        assert understood(pod["containers"][0]["args"])
        with monkeypatch.context() as patch:
            settings = settings_of(environment(pod), secrets, patch)
        assert settings.environment == "production"
        assert settings.public_url == LEAST["publicUrl"]


@BOTH
def test_no_pod_is_root_gains_rights_or_writes_outside_its_volumes(values: dict[str, Any]) -> None:
    user = int(last("USER").partition(":")[0])

    for pod in pods(rendered(values)).values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == user
        assert pod["automountServiceAccountToken"] is False
        assert pod["containers"][0]["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert last("VOLUME") in {one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}


def test_workers_have_stable_names_and_web_processes_do_not_score() -> None:
    found = pods(rendered(LEAST))

    names = {one["name"]: one for one in found["one-worker"]["containers"][0]["env"]}
    assert names["ASSESSOR_EXECUTOR_ID"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert found["one-web"]["containers"][0]["args"] == ["serve", "--no-worker"]


def test_probes_ask_what_there_is_at_the_ports_that_are_set(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pods(rendered(LEAST))
    web, worker = found["one-web"]["containers"][0], found["one-worker"]["containers"][0]
    settings = settings_of(environment(found["one-worker"]), secrets, monkeypatch)

    assert web["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert web["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert worker["livenessProbe"]["httpGet"] == {"path": "/metrics", "port": "metrics"}
    assert {one["name"]: one["containerPort"] for one in web["ports"]} == {
        "http": settings.port,
        "metrics": settings.metrics_port,
    }


def test_a_process_that_drains_is_given_the_time_for_it() -> None:
    pod = pods(rendered({**LEAST, "web": {"drainSeconds": 40}}))["one-web"]

    assert environment(pod)["ASSESSOR_DRAIN_SECONDS"] == "40"
    assert pod["terminationGracePeriodSeconds"] > 40 + 10


def test_the_number_of_workers_follows_a_metric_that_there_is() -> None:
    (scaler,) = rendered(MOST)["HorizontalPodAutoscaler"].values()
    metric = scaler["spec"]["metrics"][0]["external"]["metric"]
    collector = REGISTRY._names_to_collectors[metric["name"]]

    assert getattr(collector, "_labelnames", ()) == tuple(metric["selector"]["matchLabels"])
    assert scaler["spec"]["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "name": "one-worker",
    }
    # A number of its own would be put back at each upgrade.
    assert "replicas" not in rendered(MOST)["StatefulSet"]["one-worker"]["spec"]


@BOTH
def test_what_selects_pods_selects_some(values: dict[str, Any]) -> None:
    objects = rendered(values)
    owners = {**objects["Deployment"], **objects["StatefulSet"], **objects["Job"]}
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in owners.values()]

    selectors = [one["spec"]["selector"] for one in objects["Service"].values()]
    selectors += [one["spec"]["selector"]["matchLabels"] for one in objects["PodDisruptionBudget"].values()]
    selectors += [one["spec"]["podSelector"]["matchLabels"] for one in objects["NetworkPolicy"].values()]

    for selector in selectors:
        assert sum(selector.items() <= one.items() for one in labels) == 1


def test_metrics_are_open_to_nobody_until_somebody_is_named() -> None:
    def let_in(values: dict[str, Any]) -> list[Any]:
        policies = rendered(values)["NetworkPolicy"].values()
        return [rule for one in policies for rule in one["spec"]["ingress"] or ()]

    assert [rule["ports"][0]["port"] for rule in let_in(LEAST)] == ["http"]
    assert {rule["ports"][0]["port"] for rule in let_in(MOST)} == {"http", "metrics"}


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert chart["appVersion"] == chart["version"] == version
