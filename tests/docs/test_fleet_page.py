"""The recipes for many workspaces are valid, and use what the commands have."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from cioform.core.errors import UnavailableError
from cioform.core.exit_codes import INTERRUPTED, TERMINATED
from cioform.services.fleet.shards import parse_shard
from docs.generate.commands_page import every_command

PAGE: Final = Path(__file__).parents[2] / "docs" / "fleet.md"
KILLED: Final = 137


def blocks(field: str) -> list[Any]:
    """Return the YAML documents of the page that have a field."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^```yaml.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [document for block in found if field in (document := yaml.safe_load(block))]


def test_the_workflows_are_valid() -> None:
    pytest.importorskip("check_jsonschema", reason="without it, workflows are only parsed")
    schema = json.loads(
        (resources.files("check_jsonschema") / "builtin_schemas/vendor/github-workflows.json")
        .read_text(encoding="utf-8")
    )  # fmt: skip
    workflows = blocks("jobs")
    assert len(workflows) == 2
    for workflow in workflows:
        # YAML 1.1 reads the field `on` as true.
        jsonschema.validate({"on": workflow.pop(True), **workflow}, schema)


def test_the_job_of_kubernetes_tells_apart_what_is_worth_another_try() -> None:
    [cron_job] = blocks("apiVersion")
    job = cron_job["spec"]["jobTemplate"]["spec"]
    pod = job["template"]["spec"]
    [container] = pod["containers"]
    assert (job["completionMode"], pod["restartPolicy"]) == ("Indexed", "Never")
    ignored, failed = job["podFailurePolicy"]["rules"]
    assert ignored["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    codes = failed["onExitCodes"]
    assert (failed["action"], codes["operator"]) == ("FailIndex", "NotIn")
    assert codes["containerName"] == container["name"]
    again = {UnavailableError.exit_code, INTERRUPTED, TERMINATED, KILLED}
    assert set(codes["values"]) == again
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {each["name"] for each in pod["volumes"]} == {
        each["name"] for each in container["volumeMounts"]
    }


def test_the_job_of_kubernetes_runs_a_command_that_exists() -> None:
    [cron_job] = blocks("apiVersion")
    job = cron_job["spec"]["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    command, *options = container["args"]
    assert {each.partition("=")[0] for each in options} <= every_command()[command,]
    [shard] = [each.partition("=")[2] for each in options if each.startswith("--shard=")]
    last = {"JOB_COMPLETION_INDEX": str(job["completions"] - 1)}
    assert parse_shard(shard, last).number == job["completions"] == job["parallelism"]
