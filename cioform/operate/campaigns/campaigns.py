"""List campaigns, and read the metrics of everything that sends messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean_address
from cioform.core.text.quoted import quoted
from cioform.model.remote_access.capabilities import MessageSource
from cioform.model.remote_access.conversation import Api, QueryValue, Request
from cioform.model.remote_access.response_schema import ResponseSchema
from cioform.operate import response_schemas as schemas
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.campaigns.messages import MessageStep, parse_message_steps
from cioform.operate.campaigns.metrics import (
    RESOLUTION,
    LinkMetrics,
    Metrics,
    TimeRange,
    parse_links,
    parse_metrics,
)
from cioform.operate.not_found import explain_not_found
from cioform.operate.pagination import as_int
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

Query: TypeAlias = Mapping[str, QueryValue]


@dataclass(frozen=True, slots=True)
class MetricsSubject:
    """What metrics are about: a source of messages, or one of its messages."""

    source: MessageSource
    id: str
    action: str | None = None
    name: str = ""

    @property
    def path(self) -> str:
        """The path below which the App API has its metrics."""
        own = f"/v1/{self.source.path_segment}/{self.id}"
        inner = "contents" if self.source is MessageSource.NEWSLETTER else "actions"
        return own if self.action is None else f"{own}/{inner}/{self.action}"

    def __str__(self) -> str:
        name = self.name or f"{self.source}#{self.id}"
        return name if self.action is None else f"{name} action {self.action}"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as the App API shows it, without its workflow.

    `address` is None if no file manages it.
    """

    id: int
    name: str
    address: Address | None
    state: str
    type: str
    steps: tuple[MessageStep, ...]
    tags: tuple[str, ...]
    first_started: int | None
    updated: int | None


class Campaigns:
    """The campaigns of one workspace, and the metrics of all messages."""

    def __init__(
        self, provider: Provider, resolver: AddressResolver, clock: Callable[[], float]
    ) -> None:
        self._provider = provider
        self._resolver = resolver
        self._clock = clock

    def list(self) -> tuple[Campaign, ...]:
        """Return all campaigns, by number."""
        body = as_mapping(self._get("/v1/campaigns", schemas.CAMPAIGNS))
        addresses = self._resolver.sources(MessageSource.CAMPAIGN).by_id()
        found = [
            _parse_campaign(as_mapping(row), addresses) for row in as_list(body.get("campaigns"))
        ]
        return tuple(sorted(found, key=lambda each: each.id))

    def show(self, campaign: str) -> Campaign:
        """Return one campaign."""
        campaigns = self._resolver.sources(MessageSource.CAMPAIGN)
        number = campaigns.id_of(campaign)
        with explain_not_found("Campaign not found", f"The workspace has no campaign {number}."):
            body = as_mapping(self._get(f"/v1/campaigns/{number}", schemas.CAMPAIGN))
        return _parse_campaign(as_mapping(body.get("campaign")), campaigns.by_id())

    def subject(self, text: str, action: str | None = None) -> MetricsSubject:
        """Return the subject that `text` names.

        Accepts `campaign.welcome`, `transactional.receipt`, `broadcast#3`, `newsletter#4`, or the
        number of a campaign.
        """
        text = str(text)  # callers may pass a number
        for source in MessageSource:
            names = self._resolver.sources(source)
            if names.has_form(text):
                name = text if names.is_address(text) else ""
                if source is MessageSource.TRANSACTIONAL and action is not None:
                    raise UsageError.of(
                        "No messages to choose from",
                        f"{text} is a single message. Leave the action out.",
                    )
                return MetricsSubject(source, names.id_of(text), action, name)
        if text.isdecimal():
            return MetricsSubject(MessageSource.CAMPAIGN, text, action)
        sources = map(self._resolver.sources, MessageSource)
        known = [address for names in sources for address in names.by_id().values()]
        raise UsageError.of(
            "Unknown metrics subject",
            f"{quoted(text)} is not the address of a campaign or a transactional message."
            + (
                did_you_mean_address(text, known)
                or " Use an address, or campaign#1, broadcast#2, newsletter#3 or transactional#4 "
                "with the number."
            ),
        )

    def metrics(
        self,
        subject: str,
        *,
        action: str | None = None,
        period: str = "days",
        steps: int | None = None,
        zone: str = "UTC",
        channel: str | None = None,
    ) -> Metrics:
        """Return the metrics of a source or one of its messages: sent, delivered, opened and so on.

        Campaigns use version 2 of the endpoint, which supports time zones. The others are counted
        in Customer.io's own days (app facts, section 5.7), so a zone is refused.
        """
        wanted, span = self.subject(subject, action), TimeRange.of(period, steps, zone)
        if wanted.source is not MessageSource.CAMPAIGN and span.zone != "UTC":
            raise UsageError.of(
                "Unsupported time zone",
                f"Customer.io counts {wanted} in its own days. Only campaigns support a time zone. "
                "Leave the zone out.",
            )
        if wanted.source is MessageSource.TRANSACTIONAL and channel is not None:
            raise UsageError.of(
                "No channels to choose from",
                f"{wanted} is a single message of one channel. Leave the channel out.",
            )
        kind = {} if channel is None else {"type": channel}
        query = {**self._metrics_query(wanted, span), **kind}
        with _explain_missing_subject(wanted):
            body = self._get(f"{wanted.path}/metrics", schemas.METRIC, query)
        return parse_metrics(str(wanted), span, body, "metric", self._clock())

    def journey(
        self, campaign: str, *, period: str = "days", steps: int | None = None, zone: str = "UTC"
    ) -> Metrics:
        """Return how many journeys that began in each period started, finished and converted."""
        wanted, span = self.subject(campaign), TimeRange.of(period, steps, zone)
        if wanted.source is not MessageSource.CAMPAIGN:
            raise UsageError.of(
                "No journeys", f"Only campaigns have journeys; {wanted} is not a campaign."
            )
        start, end = self._start_and_end(span)
        # Journey metrics have another name for `res` (corrections 2026-11, row 16).
        resolution = RESOLUTION[span.period]
        query: Query = {"start": start, "end": end, "resolution": resolution}
        with _explain_missing_subject(wanted):
            body = self._get(f"{wanted.path}/journey_metrics", schemas.JOURNEY_METRIC, query)
        return parse_metrics(f"{wanted} journeys", span, body, "journey_metric", self._clock())

    def links(
        self,
        subject: str,
        *,
        action: str | None = None,
        period: str = "days",
        steps: int | None = None,
        unique: bool = False,
    ) -> tuple[LinkMetrics, ...]:
        """Return how often each link was clicked; `unique` counts each person once."""
        wanted, span = self.subject(subject, action), TimeRange.of(period, steps)
        query: dict[str, QueryValue] = {"period": span.period.value, "steps": span.steps}
        query |= {"unique": "true"} if unique else {}
        with _explain_missing_subject(wanted):
            return parse_links(self._get(f"{wanted.path}/metrics/links", schemas.LINKS, query))

    def _get(self, path: str, schema: ResponseSchema, query: Query | None = None) -> Json:
        request = Request(Api.APP, "GET", path, query=query or {}, schema=schema)
        return send_checked(self._provider, request).body

    def _metrics_query(self, subject: MetricsSubject, span: TimeRange) -> Query:
        if subject.source is not MessageSource.CAMPAIGN:
            return {"period": span.period.value, "steps": span.steps}
        start, end = self._start_and_end(span)
        return {
            "version": "2",
            "res": RESOLUTION[span.period],
            "tz": span.zone,
            "start": start,
            "end": end,
        }

    def _start_and_end(self, span: TimeRange) -> tuple[int, int]:
        now = self._clock()
        return int(span.starts(now)[0].timestamp()), int(now)


def _explain_missing_subject(subject: MetricsSubject) -> AbstractContextManager[None]:
    return explain_not_found("Object not found", f"The workspace has no {subject}.")


def _parse_campaign(row: Mapping[str, Json], addresses: Mapping[str, Address]) -> Campaign:
    return Campaign(
        id=as_int(row.get("id")) or 0,
        name=str(row.get("name") or ""),
        address=addresses.get(str(row.get("id"))),
        state=str(row.get("state") or ""),
        type=str(row.get("type") or ""),
        steps=parse_message_steps(row.get("actions")),
        tags=tuple(map(str, as_list(row.get("tags")))),
        # 0 stands for a campaign that was never started (corrections 2026-11, row 2).
        first_started=as_int(row.get("first_started")) or None,
        updated=as_int(row.get("updated")),
    )
