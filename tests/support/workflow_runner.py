"""Run the jobs of the workflows that `cioform init --ci github` writes, step by step.

`run` steps are run: cioform in this process, everything else by bash. Actions are played: a
checkout clones the remote, and an artifact is a folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.services.ci.templates import ci_files
from tests.support.command_line import CommandResult

RunCioform = Callable[..., CommandResult]
_EXPRESSION: Final = re.compile(r"\$\{\{ *(.*?) *\}\}")
_ACTION: Final = "./.github/actions/cioform"


@dataclass
class JobResult:
    """How a job ended."""

    code: int = 0
    out: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class WorkflowRunner:
    """A machine for jobs: each gets an empty folder, the event, and its own environment."""

    remote: Path
    place: Path
    patch: pytest.MonkeyPatch
    cioform: RunCioform
    environment: Mapping[str, str]
    """What every step has."""
    secrets: Mapping[str, str]
    artifacts: dict[str, Path] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    """The workflows and the names of the steps that were run."""
    _jobs: int = 0

    def run(
        self,
        workflow: str,
        job: str,
        *,
        sha: str,
        inputs: Mapping[str, str] | None = None,
        needs: Mapping[str, Mapping[str, str]] | None = None,
    ) -> JobResult:
        """Run a job of `cioform-{workflow}.yml`; it ends with the first step that fails."""
        content = _workflow(workflow)
        self._jobs += 1
        context: dict[str, Any] = {
            "github": {"sha": sha, "token": self.environment["GITHUB_TOKEN_OF_JOB"], "run_id": "7"},
            "inputs": _defaults(content) | dict(inputs or {}),
            "secrets": self.secrets,
            "needs": {name: {"outputs": outputs} for name, outputs in (needs or {}).items()},
            "steps": {},
        }
        folder = self.place / f"job-{self._jobs}"
        context["runner"] = {"temp": str(folder / "temp")}
        (folder / "temp").mkdir(parents=True)
        result = JobResult()
        spec = content["jobs"][job]
        for step in spec["steps"]:
            if result.code == 0 or "cancelled()" in str(step.get("if")):
                self._step(step, folder, context, result)
                self.seen |= {(workflow, step["name"])} if "run" in step else set()
        outputs = spec.get("outputs", {})
        result.outputs = {name: _filled(text, context) for name, text in outputs.items()}
        return result

    def _step(
        self, step: Mapping[str, Any], folder: Path, context: dict[str, Any], result: JobResult
    ) -> None:
        given = {name: _filled(value, context) for name, value in step.get("with", {}).items()}
        if "run" in step:
            self._run(step, folder, context, result)
            return
        action = step["uses"].partition("@")[0]
        if action == "actions/checkout":
            self._check_out(given, folder, context)
        elif action == "actions/upload-artifact":
            self._upload(given, folder)
            context["steps"][step["id"]] = {"outputs": {"artifact-url": "https://a.example/1"}}
        elif action == "actions/download-artifact":
            shutil.copytree(self.artifacts[given["name"]], folder / given["path"])
        else:
            assert action == _ACTION
            self._install(given, folder)

    def _install(self, given: Mapping[str, str], folder: Path) -> None:
        """Run the step of the action of ours, with a Python that only says what it is asked to."""
        [step] = [each for each in _action()["runs"]["steps"] if "run" in each]
        python = folder / "bin" / "python"
        python.parent.mkdir()
        python.write_text('#!/bin/sh\necho "$@"\n')
        python.chmod(0o755)
        values = {"inputs": {"install": given["install"]} if given else {"install": "cioform"}}
        with self.patch.context() as patch:
            patch.setenv("PATH", f"{python.parent}{os.pathsep}{os.environ['PATH']}")
            for name, value in step["env"].items():
                patch.setenv(name, _filled(value, values))
            code, text = self._execute(step["run"])
        assert (code, text.split()[:3]) == (0, ["-m", "pip", "install"])
        self.seen.add(("action", step["name"]))

    def _check_out(
        self, given: Mapping[str, str], folder: Path, context: Mapping[str, Any]
    ) -> None:
        if "path" not in given:
            return  # the workflows themselves, which `ci_files` has
        target = folder / given["path"]
        ref = given.get("ref") or context["github"]["sha"]
        for words in (
            ("clone", "-q", "--no-checkout", f"file://{self.remote}", str(target)),
            ("-C", str(target), "checkout", "-q", ref),
        ):
            subprocess.run(["git", *words], check=True, capture_output=True)

    def _upload(self, given: Mapping[str, str], folder: Path) -> None:
        found = folder / given["path"]
        if found.is_dir():
            target = self.place / f"artifact-{self._jobs}"
            shutil.copytree(found, target)
            self.artifacts[given["name"]] = target

    def _run(
        self, step: Mapping[str, Any], folder: Path, context: dict[str, Any], result: JobResult
    ) -> None:
        outputs = folder / "outputs.txt"
        outputs.write_text("")
        own = {name: _filled(value, context) for name, value in step.get("env", {}).items()}
        with self.patch.context() as patch:
            patch.delenv("GITHUB_TOKEN", raising=False)
            everything = {**self.environment, **own, "GITHUB_OUTPUT": str(outputs)}
            everything["RUNNER_TEMP"] = context["runner"]["temp"]
            for name, value in everything.items():
                patch.setenv(name, value)
            patch.chdir(folder / step.get("working-directory", "."))
            result.code, text = self._execute(step["run"].strip())
        result.out += text
        lines = outputs.read_text().splitlines()
        found = dict(line.partition("=")[::2] for line in lines)
        context["steps"][step.get("id")] = {"outputs": found}

    def _execute(self, script: str) -> tuple[int, str]:
        if script.startswith("cioform ") and "\n" not in script:
            done = self.cioform(*_words(script.removeprefix("cioform ")))
            return done.code, done.out + done.err
        ended = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr


def _words(text: str) -> list[str]:
    """Return the words of a command, as bash expands them."""
    printed = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, text=True, check=True
    )
    return printed.stdout.split("\0")[:-1]


@cache
def _workflow(name: str) -> Any:
    return yaml.safe_load(ci_files("github")[Path(f".github/workflows/cioform-{name}.yml")])


def every_step() -> set[tuple[str, str]]:
    """Return the workflow and the name of each step with a script."""
    found = {("action", each["name"]) for each in _action()["runs"]["steps"] if "run" in each}
    for path in ci_files("github"):
        name = path.stem.removeprefix("cioform-")
        if path.parent.name == "workflows" and name != "cioform":
            jobs = _workflow(name)["jobs"].values()
            found |= {(name, s["name"]) for job in jobs for s in job.get("steps", ()) if "run" in s}
    return found


@cache
def _action() -> Any:
    return yaml.safe_load(ci_files("github")[Path(".github/actions/cioform/action.yml")])


def _defaults(workflow: Mapping[Any, Any]) -> dict[str, str]:
    trigger = next(iter(workflow[True].values()))  # YAML 1.1 reads `on` as true
    return {name: str(each.get("default", "")) for name, each in trigger["inputs"].items()}


def _filled(text: object, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(lambda found: _value(found[1], context), str(text))


def _value(expression: str, context: Mapping[str, Any]) -> str:
    """Return the value of an expression: names with dots, of which the first that is set counts."""
    for option in expression.split(" || "):
        value: Any = context
        for name in option.split("."):
            value = value.get(name, "") if isinstance(value, Mapping) else ""
        if value:
            return str(value)
    return ""
