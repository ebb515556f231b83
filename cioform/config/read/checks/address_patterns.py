"""Check patterns of addresses, such as those of `exclude` in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.suggest import did_you_mean
from cioform.model.registry import Registry
from cioform.model.settings.owners import Owner


def check_setting_patterns(
    exclude: Mapping[str, Location | None], owners: Iterable[Owner], registry: Registry
) -> Iterator[Diagnostic]:
    """Yield a problem for each pattern of the settings that fits the addresses of no kind."""
    yield from check_address_patterns("exclude", exclude, registry)
    for owner in owners:
        yield from check_address_patterns("addresses", owner.places, registry)


def check_address_patterns(
    field: str, patterns: Mapping[str, Location | None], registry: Registry
) -> Iterator[Diagnostic]:
    """Yield a problem for each pattern of a field that fits the addresses of no kind.

    A pattern that fits no address now is no problem: it may be about what is yet to come.
    """
    for pattern, location in patterns.items():
        kind, dot, name = pattern.partition(".")
        name_in = kind or name or "legacy_*"
        if kind in registry.names and not name:
            yield Diagnostic(
                "Invalid pattern of addresses",
                f"`{field}` lists `{pattern}`, which is a kind and not an address. Write "
                f"`{kind}.*` for all of them, or the name of one.",
                location=location,
            )
        elif not kind or not dot or not name:
            yield Diagnostic(
                "Invalid pattern of addresses",
                f"`{field}` lists `{pattern}`, which is not an address or a pattern of addresses. "
                f"Write a kind and a name, such as `campaign.{name_in}`, or `*.{name_in}` for all "
                "kinds.",
                location=location,
            )
        elif not any(fnmatchcase(each, kind) for each in registry.names):
            yield Diagnostic(
                "Invalid pattern of addresses",
                f"`{field}` lists `{pattern}`, and there is no kind `{kind}`."
                f"{did_you_mean(kind, registry.names)}",
                location=location,
            )
