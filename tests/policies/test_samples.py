"""Every check of policies, by the tests of sample policies."""

from __future__ import annotations

from pathlib import Path

from cioform.policies.policy_file import Check
from cioform.services.policies.check import read_policies
from cioform.services.policies.command import run_policy_tests


def test_the_samples_pass(tmp_path: Path) -> None:
    folder = tmp_path / "workspaces/_policies"
    folder.mkdir(parents=True)
    sample = Path(__file__).with_name("samples.yaml").read_text(encoding="utf-8")
    (folder / "samples.yaml").write_text(sample, encoding="utf-8")
    done = run_policy_tests(tmp_path)
    assert done.failures == ()
    assert done.passed == 63
    assert {policy.check_name for policy in read_policies(tmp_path)} == set(Check.model_fields)
