"""Read the policies of a project, and apply them to files and plans."""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from cioform.config.load import secrets_of
from cioform.config.project import WORKSPACES_FOLDER, workspace_names
from cioform.config.read.files import ProjectFiles
from cioform.config.read.text_locations import TextLocator
from cioform.config.workspace_summary import project_secrets, summarize_workspace
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError, UsageError
from cioform.core.secrets.secret import Secret
from cioform.core.suggest import did_you_mean
from cioform.kinds import find_kinds
from cioform.lint.finding import Finding
from cioform.lint.subject import Subject
from cioform.model.resource import Resource
from cioform.plan.change import Change
from cioform.plan.matching.base_documents import former_addresses
from cioform.plan.plan import Plan
from cioform.plan.policy_violation import PolicyViolation
from cioform.plan.reach.entering import most_people
from cioform.policies.checks import PolicyInput, find_violations
from cioform.policies.parse import parse_policies
from cioform.policies.policy import Policy
from cioform.services.context import OpenWorkspace
from cioform.services.policies.patterns import pattern_problems
from cioform.services.project.finding_location import finding_location
from cioform.services.project.git import texts_at

POLICIES_FOLDER: Final = "_policies"


def read_policies(
    root: Path, secrets: Collection[Secret] | None = None, commit: str | None = None
) -> tuple[Policy, ...]:
    """Return the policies of the files, or those of a commit.

    Raises ConfigError, also for one of `secrets` in a file; without them, for one of any workspace.
    """
    if secrets is None:
        every = (summarize_workspace(root, name, {}) for name in workspace_names(root))
        secrets = project_secrets(every, os.environ)
    problems: list[Diagnostic] = []
    found: list[Policy] = []
    for shown, text in _files(root, problems) if commit is None else _at_commit(root, commit):
        try:
            found += parse_policies(text, shown, secrets)
        except ConfigError as error:
            problems += error.diagnostics
    problems += _duplicates(found)
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def policy_problems(root: Path) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the policies of the files."""
    try:
        policies = read_policies(root)
    except ConfigError as error:
        return error.diagnostics
    return tuple(pattern_problems(policies, find_kinds(), workspace_names(root)))


def _files(root: Path, problems: list[Diagnostic]) -> Iterator[tuple[str, str]]:
    project = ProjectFiles.at(root)
    folder = project.join(WORKSPACES_FOLDER, POLICIES_FOLDER)
    if not project.is_folder(folder):
        return
    for path in project.yaml_files(folder, problems, []):
        # The parser refuses secrets, in the files of a commit too.
        yield project.display_path(path), project.read_unsearched(path)


def _at_commit(root: Path, commit: str) -> Iterator[tuple[str, str]]:
    for path, text in texts_at(root, commit, f"{WORKSPACES_FOLDER}/{POLICIES_FOLDER}"):
        yield f"{commit[:12]}:{path}", text


def _duplicates(policies: Iterable[Policy]) -> Iterator[Diagnostic]:
    first: dict[str, Policy] = {}
    for policy in policies:
        other = first.setdefault(policy.id, policy)
        if other is not policy:
            yield Diagnostic(
                "Duplicate policy ID",
                f"{other.location} has the ID `{policy.id}` already. Give one of them another ID.",
                location=policy.location,
            )


def check_approvals(opened: OpenWorkspace, approved: Iterable[str]) -> frozenset[str]:
    """Return the IDs of approved policies. Raises UsageError for one that cannot be approved."""
    ids = frozenset(approved)
    known = {each.id: each for each in _policies_of(opened)} if ids else {}
    for name in sorted(ids):
        if name not in known:
            raise UsageError.of(
                "Unknown policy",
                f"There is no policy `{name}`.{did_you_mean(name, known)} List them with:\n\n"
                "    cioform policies list",
            )
        if known[name].outcome != "approval":
            raise UsageError.of(
                "Policy without approval",
                f"The policy `{name}` denies what violates it, and nobody can approve that. "
                "Change the files instead.",
            )
    return ids


def policies_in_force(opened: OpenWorkspace) -> tuple[Policy, ...]:
    """Return the policies that judge plans: in a pull request, those of its target branch."""
    settings = opened.configuration.settings
    return read_policies(opened.root, secrets_of(settings), settings.base_commit)


def _policies_of(opened: OpenWorkspace) -> list[Policy]:
    return [each for each in policies_in_force(opened) if each.covers_workspace(opened.name)]


def with_policies(opened: OpenWorkspace, plan: Plan) -> Plan:
    """Return the plan with what in it violates the policies.

    Judged are the objects that it writes, as it writes them, and what uses them.
    """
    policies = _policies_of(opened)
    if not policies:
        return replace(plan, breaches=())
    former = former_addresses(plan.changes, opened.base)
    written = {c.address: c for c in plan.changes if _is_checked(c, former)}
    files = opened.configuration.desired.resources
    as_written = {a: _as_written(opened, change, files.get(a)) for a, change in written.items()}
    resources = opened.with_resources(as_written).configuration.desired.resources
    causes: dict[Address, list[Address]] = {address: [address] for address in written}
    for address, change in written.items():
        for user in change.users:
            if user.address in resources:
                causes.setdefault(user.address, []).append(address)
    subject = Subject(resources, opened.kinds, scope=frozenset(causes))
    audiences = {a: _audience(c) for a, c in written.items() if c.action.writes_values}
    given = PolicyInput(subject, audiences, former)
    locator = TextLocator(opened.root)
    return replace(
        plan,
        breaches=tuple(
            PolicyViolation(
                policy.id,
                policy.outcome == "approval",
                policy.fields.text,
                describe_violation(found, subject, locator),
                found.address,
                tuple(causes[found.address]),
            )
            for policy in policies
            for found in find_violations(policy, given)
            if found.address in causes
        ),
    )


def _is_checked(change: Change, former: Container[Address]) -> bool:
    # A rename may write nothing, but policies may not be about the new address.
    is_written = change.action.writes_values or change.address in former
    return is_written and change.wanted is not None


def _as_written(opened: OpenWorkspace, change: Change, file: Resource | None) -> Resource:
    wanted = change.wanted or {}
    if file is not None and file.attributes == wanted:
        return file
    return opened.kinds.with_attributes(file or Resource(change.address, {}), wanted)


def _audience(change: Change) -> int | None:
    """Return how many people at most a change reaches, None if unknown.

    For a draft, only people who can enter through a changed trigger are counted.
    """
    counts: list[int | None] = [u.people for u in change.users if u.state.may_be_live]
    reach = change.reach
    is_counted = reach.people is not None or reach.people_after is not None
    is_live = reach.is_live or change.has_unknown_state
    if is_counted or is_live or change.people_let_in is not None:
        is_unknown = not is_counted and change.people_let_in is None
        is_unknown = is_unknown or (change.lets_in_unknown and is_live)
        counts.append(None if is_unknown else most_people(change))
    unmanaged = change.unknown_users_may_be_live or any(
        user.state.may_be_live for user in change.unmanaged_users
    )
    known = [count for count in counts if count is not None]
    return None if unmanaged or len(known) < len(counts) else sum(known)


def describe_violation(found: Finding, subject: Subject, locator: TextLocator) -> str:
    """Return what violates a policy, after its place in the files."""
    place = finding_location(found, subject, locator)
    return f"{place or found.address}: {found.message}"
