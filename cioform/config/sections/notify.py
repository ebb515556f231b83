"""`notify`: the webhooks that are called for drift, refusals and applies.

URLs and secrets are in the environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from cioform.config.permissions import NOTIFY_PREFIX, how_to_allow_variable, may_read
from cioform.config.read.layering.variables import environment_name
from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.dataclasses import dataclass
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import SECRET_SUMMARY


class NotifyEvent(StrEnum):
    """What a webhook is notified of."""

    APPLIED = "applied"
    """An apply made changes, all or some of them."""
    DRIFT = "drift"
    REFUSED = "refused"
    """An apply was refused, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A server that is notified."""

    url_variable: str
    secret_variable: str
    url: Secret | None
    """None if the variable is not set. It is kept secret because it may grant access by itself."""
    secret: Secret | None
    events: frozenset[NotifyEvent]


def read_notify(
    parsed: SettingsFile, environment: Mapping[str, str]
) -> tuple[tuple[Webhook, ...], list[SettingProblem]]:
    """Return the webhooks of the settings, and what is wrong with them."""
    problems: list[SettingProblem] = []
    hooks = []
    for number, section in enumerate(parsed.notify):
        found = list(_problems(number, "url", section.url, environment))
        found += _problems(number, "secret", section.secret, environment)
        problems += found
        if not found:
            url = environment_name(section.url) or ""
            secret = environment_name(section.secret) or ""
            hooks.append(
                Webhook(
                    url,
                    secret,
                    _secret(environment.get(url)),
                    _secret(environment.get(secret)),
                    frozenset(map(NotifyEvent, section.on)),
                )
            )
    return tuple(hooks), problems


def webhook_secrets(hooks: Iterable[Webhook]) -> Iterator[Secret]:
    """Yield what no file may contain: the secrets and URLs that are set."""
    for hook in hooks:
        yield from (each for each in (hook.secret, hook.url) if each is not None)


def _problems(
    number: int, field: str, value: str, environment: Mapping[str, str]
) -> Iterator[SettingProblem]:
    variable = environment_name(value)
    path = ("notify", number, field)
    if variable is None:
        yield SettingProblem(
            SECRET_SUMMARY,
            f"`notify.{field}` must refer to an environment variable and not contain the value "
            f"itself: anyone who has it can send or read notifications. Write:\n\n"
            f"    {field}: ${{env.{NOTIFY_PREFIX}{field.upper()}}}",
            path,
        )
    elif not may_read(variable, NOTIFY_PREFIX, environment):
        yield SettingProblem(
            "Environment variable not allowed",
            f"`notify.{field}` may not read `{variable}`. "
            + how_to_allow_variable(variable, NOTIFY_PREFIX),
            path,
        )


def _secret(value: str | None) -> Secret | None:
    return Secret(value) if value else None
