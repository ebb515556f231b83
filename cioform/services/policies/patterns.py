"""Find patterns of policies that nothing can match, so that the policy checks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from cioform.config.read.checks.address_patterns import check_address_patterns
from cioform.core.diagnostic import Diagnostic
from cioform.core.suggest import did_you_mean
from cioform.model.registry import Registry
from cioform.policies.checks import CHANNELS
from cioform.policies.policy import Policy

_EVERYTHING: Final = "*"


def pattern_problems(
    policies: Iterable[Policy], registry: Registry, workspaces: Sequence[str]
) -> Iterator[Diagnostic]:
    """Yield a problem for each pattern of addresses, workspaces or channels that matches none."""
    for policy in policies:
        patterns = [each for each in policy.fields.addresses if each != _EVERYTHING]
        places = dict.fromkeys(patterns, policy.location)
        yield from check_address_patterns("addresses", places, registry)
        for pattern in policy.fields.workspaces:
            if not any(fnmatchcase(name, pattern) for name in workspaces):
                yield _nothing(policy, "workspaces", pattern, "workspace", workspaces)
        for channel in policy.fields.channels or ():
            if channel not in CHANNELS:
                yield _nothing(policy, "channels", channel, "channel", sorted(CHANNELS))


def _nothing(
    policy: Policy, field: str, pattern: str, noun: str, known: Sequence[str]
) -> Diagnostic:
    return Diagnostic(
        f"Unknown {noun}",
        f"`{field}` of the policy {policy.id} lists `{pattern}`, and there is no such {noun}."
        f"{did_you_mean(pattern, known)} The policy would check nothing there.",
        location=policy.location,
    )
