"""Find the policies that a pull request changes; its own plans are judged by the former ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cioform.config.load import secrets_of
from cioform.core.data.json_value import Json, digest
from cioform.core.errors import ConfigError
from cioform.policies.policy import Policy
from cioform.services.context import OpenWorkspace
from cioform.services.policies.check import policies_in_force, read_policies


def changed_policies(opened: OpenWorkspace) -> Iterator[str]:
    """Yield the policies of the base that the files change or remove, such as `policy quiet`.

    A plan lists them, because nothing else shows that a pull request empties a policy, which then
    does not judge the next pull request.
    """
    settings = opened.configuration.settings
    if settings.base_commit is None:
        return
    before = _by_id(policies_in_force(opened))
    try:
        after = _by_id(read_policies(opened.root, secrets_of(settings)))
    except ConfigError:  # `validate` shows what is wrong with them.
        after = {}
    yield from (f"policy {each}" for each, fields in before.items() if after.get(each) != fields)


def policy_digests(opened: OpenWorkspace) -> dict[str, str]:
    """Return the digest of each policy in force, by a name such as `policy quiet`."""
    found = _by_id(policies_in_force(opened))
    return {f"policy {name}": digest(fields) for name, fields in found.items()}


def _by_id(policies: Iterable[Policy]) -> dict[str, Json]:
    return {each.id: each.fields.model_dump(mode="json", exclude={"tests"}) for each in policies}
