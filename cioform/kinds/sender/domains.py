"""The domains that e-mails may come from (journeys facts, section 7, Domains).

Customer.io verifies a domain by DNS records that its owner sets, so only people can set one up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NotRequired

from typing_extensions import TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.model.remote_access.capabilities import Obstacle
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Request,
    ask_all,
    ask_all_as,
    ask_as,
)
from cioform.model.remote_access.response_schema import ResponseSchema, WireId

_DOMAINS: Final = "~/domains"
_CHECKS: Final = {
    "verified_domain": "MX",
    "verified_spf": "SPF",
    "verified_dkim": "DKIM",
    "verified_dmarc": "DMARC",
}
"""What is verified of a domain, by the member that says so."""


class WireDomain(TypedDict):
    """A domain as it is listed. Whether a list says what is verified is not recorded."""

    id: WireId
    domain: str
    verified: NotRequired[bool | None]


class _WireDomains(TypedDict):
    domains: list[WireDomain]


class _WireDetail(TypedDict):
    domain: WireDomain


_LIST: Final[ResponseSchema] = {"domains": list[WireDomain]}
_DETAIL: Final[ResponseSchema] = {"domain": WireDomain}


def find_domain_obstacles(emails: Sequence[str]) -> Conversation[list[Obstacle | None]]:
    """Return what stands in the way of a sender at each address, None for a verified domain."""
    body = yield from ask_as(Request(Api.JOURNEYS, "GET", _DOMAINS, schema=_LIST), _WireDomains)
    listed: Mapping[str, WireDomain] = {each["domain"].lower(): each for each in body["domains"]}
    wanted = {domain: listed[domain] for email in emails if (domain := domain_of(email)) in listed}
    details = yield from ask_all_as(
        [
            Request(Api.JOURNEYS, "GET", f"{_DOMAINS}/{each['id']}", schema=_DETAIL)
            for each in wanted.values()
        ],
        _WireDetail,
    )
    found = dict(zip(wanted, details, strict=True))
    return [_obstacle(domain_of(email), found.get(domain_of(email))) for email in emails]


def domain_of(email: str) -> str:
    """Return the domain of an address."""
    return email.rpartition("@")[2].lower()


def unreadable_domain(email: str) -> Obstacle:
    """Return the obstacle where it is not known whether the domain of an address is verified."""
    text = f"whether {domain_of(email)} is verified could not be read"
    return Obstacle(text, blocks=False)


def add_verified_domains(emails: Sequence[str]) -> Conversation[None]:
    """Add the domains of addresses to a sandbox, which verifies any domain that it is asked to."""
    body = yield from ask_as(Request(Api.JOURNEYS, "GET", _DOMAINS, schema=_LIST), _WireDomains)
    present = {each["domain"] for each in body["domains"]}
    new = [each for each in dict.fromkeys(map(domain_of, emails)) if each not in present]
    added = yield from ask_all_as(
        [Request(Api.JOURNEYS, "POST", _DOMAINS, {"domain": {"domain": each}}) for each in new],
        _WireDetail,
    )
    yield from ask_all(
        [
            Request(Api.JOURNEYS, "POST", f"{_DOMAINS}/{each['domain']['id']}/verify")
            for each in added
        ]
    )


def _obstacle(domain: str, detail: Mapping[str, JsonValue] | None) -> Obstacle | None:
    if detail is None:
        return Obstacle(
            f"{domain} is not a sending domain of this workspace, and a sender needs one that is "
            "verified. Add it in Customer.io under Settings, Email, Sending domains (or with "
            f"`cio domains add {domain}`), set the DNS records that are shown there, then plan "
            "again.",
            blocks=True,
        )
    verified = detail["domain"].get("verified")
    if verified is None:
        return unreadable_domain(domain)
    return None if verified else Obstacle(_unverified(domain, detail), blocks=True)


def _unverified(domain: str, detail: Mapping[str, JsonValue]) -> str:
    missing = [name for member, name in _CHECKS.items() if detail["domain"].get(member) is False]
    lacks = f" ({', '.join(missing)})" if missing else ""
    records = [f"    {record}" for record in _records(detail)]
    if not records:
        return (
            f"The domain {domain} is not verified{lacks}. Set its DNS records, which Customer.io "
            "shows under Settings, Email, Sending domains, and verify it there. Then plan again."
        )
    return (
        f"The domain {domain} is not verified{lacks}. Set these DNS records, verify it in "
        "Customer.io under Settings, Email, Sending domains, then plan again:\n\n"
        + "\n".join(records)
    )


def _records(value: JsonValue) -> Iterator[str]:
    """Yield the DNS records in a response that are not yet as expected.

    Where they are in it is not recorded. A record has a name and the expected value (journeys
    facts, section 7, Domains).
    """
    if isinstance(value, list):
        for each in value:
            yield from _records(each)
    elif isinstance(value, dict):
        name, expected = value.get("name") or value.get("host"), value.get("expected")
        expected = expected or value.get("value")
        if isinstance(name, str) and isinstance(expected, str):
            if value.get("passing") is not True:
                kind = value.get("type")
                yield " ".join([name, *([kind] if isinstance(kind, str) else []), expected])
        else:
            for each in value.values():
                yield from _records(each)
