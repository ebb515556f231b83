"""Campaigns as they run: which there are, and the metrics of anything that sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from cioform.core.address import Address
from cioform.core.errors import UsageWrong
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import Targets
from cioform.operate.campaigns.messages import Step, read_steps
from cioform.operate.campaigns.metrics import (
    RESOLUTION,
    LinkMetrics,
    Metrics,
    Span,
    read_links,
    read_metrics,
)
from cioform.operate.not_found import told_when_absent
from cioform.operate.pagination import mapping, whole
from cioform.remote.provider import Provider


class Source(StrEnum):
    """What sends messages, and so has metrics."""

    CAMPAIGN = "campaign"
    BROADCAST = "broadcast"
    NEWSLETTER = "newsletter"
    TRANSACTIONAL = "transactional"

    @property
    def folder(self) -> str:
        """Its word in paths."""
        return self.value if self is Source.TRANSACTIONAL else f"{self.value}s"


@dataclass(frozen=True, slots=True)
class Subject:
    """What metrics are asked of: a source of messages, or one message of it."""

    source: Source
    id: str
    action: str | None = None
    name: str = ""

    @property
    def path(self) -> str:
        """Where its metrics lie."""
        own = f"/v1/{self.source.folder}/{self.id}"
        inner = "contents" if self.source is Source.NEWSLETTER else "actions"
        return own if self.action is None else f"{own}/{inner}/{self.action}"

    def __str__(self) -> str:
        name = self.name or f"{self.source}#{self.id}"
        return name if self.action is None else f"{name} action {self.action}"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as the App API shows it, workflow aside; the address where a file manages it."""

    id: int
    name: str
    address: Address | None
    state: str
    type: str
    steps: tuple[Step, ...]
    tags: tuple[str, ...]
    first_started: int | None
    updated: int | None


class Campaigns:
    """The campaigns of one workspace, and all that can be counted in it."""

    def __init__(self, provider: Provider, targets: Targets, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._targets = targets
        self._clock = clock

    def list(self) -> tuple[Campaign, ...]:
        """Give all campaigns, by number."""
        body = mapping(self._provider.send(_get("/v1/campaigns")).body)
        addresses = self._targets.addresses("campaign")
        found = [_campaign(row, addresses) for row in map(mapping, body.get("campaigns") or ())]
        return tuple(sorted(found, key=lambda each: each.id))

    def show(self, campaign: str) -> Campaign:
        """Give one campaign."""
        number = self._targets.id_of("campaign", campaign)
        with told_when_absent("No such campaign", f"The workspace has no campaign {number}."):
            body = mapping(self._provider.send(_get(f"/v1/campaigns/{number}")).body)
        return _campaign(mapping(body.get("campaign")), self._targets.addresses("campaign"))

    def subject(self, text: str, action: str | None = None) -> Subject:
        """Give what `text` means: `campaign.welcome`, `transactional.receipt`, `broadcast#3`,
        `newsletter#4`, or the number of a campaign."""
        text = str(text)  # a number is as welcome as its digits
        for source in Source:
            if text.startswith((f"{source}.", f"{source}#")):
                name = text if text.startswith(f"{source}.") else ""
                if source is Source.TRANSACTIONAL and action is not None:
                    raise UsageWrong.of(
                        "No messages in it", f"{text} is one message, and is counted as a whole."
                    )
                return Subject(source, self._targets.id_of(source, text), action, name)
        if text.isdecimal():
            return Subject(Source.CAMPAIGN, text, action)
        raise UsageWrong.of(
            "Nothing that has metrics",
            f"{text!r} is not the address of a campaign or a transactional message, nor "
            "campaign#1, broadcast#2, newsletter#3 or transactional#4 with a number.",
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
        """Give what was counted of a source, or of one of its messages: sent, delivered, opened,
        clicked and so on. Campaigns are asked in version 2, which knows zones; the others count
        by Customer.io's own days (app facts, section 5.7), so a zone is refused."""
        wanted, span = self.subject(subject, action), Span.of(period, steps, zone)
        if wanted.source is not Source.CAMPAIGN and span.zone != "UTC":
            raise UsageWrong.of(
                "No time zone here",
                f"{wanted} is counted by Customer.io's own days; only campaigns are counted in a "
                "zone of your choice. Leave the zone out.",
            )
        if wanted.source is Source.TRANSACTIONAL and channel is not None:
            raise UsageWrong.of("One type of message", f"{wanted} is one message of one type.")
        kind = {} if channel is None else {"type": channel}
        query = {**self._query(wanted, span), **kind}
        with _found(wanted):
            body = self._provider.send(_get(f"{wanted.path}/metrics", query)).body
        return read_metrics(str(wanted), span, body, "metric", self._clock())

    def journey(
        self, campaign: str, *, period: str = "days", steps: int | None = None, zone: str = "UTC"
    ) -> Metrics:
        """Give how the journeys went that began in each step: started, finished, converted."""
        wanted, span = self.subject(campaign), Span.of(period, steps, zone)
        if wanted.source is not Source.CAMPAIGN:
            raise UsageWrong.of("No journeys", f"Only a campaign has journeys; {wanted} is none.")
        start, end = self._ends(span)
        # Sources disagree on the name of the resolution, so it goes by both.
        length = RESOLUTION[span.period]
        query = {"start": start, "end": end, "res": length, "resolution": length}
        with _found(wanted):
            body = self._provider.send(_get(f"{wanted.path}/journey_metrics", query)).body
        return read_metrics(f"{wanted} journeys", span, body, "journey_metric", self._clock())

    def links(
        self,
        subject: str,
        *,
        action: str | None = None,
        period: str = "days",
        steps: int | None = None,
        unique: bool = False,
    ) -> tuple[LinkMetrics, ...]:
        """Give how often each link was followed; `unique` counts each person once."""
        wanted, span = self.subject(subject, action), Span.of(period, steps)
        query: dict[str, Plain] = {"period": span.period.value, "steps": span.steps}
        query |= {"unique": "true"} if unique else {}
        with _found(wanted):
            return read_links(self._provider.send(_get(f"{wanted.path}/metrics/links", query)).body)

    def _query(self, subject: Subject, span: Span) -> dict[str, Plain]:
        if subject.source is not Source.CAMPAIGN:
            return {"period": span.period.value, "steps": span.steps}
        start, end = self._ends(span)
        return {
            "version": "2",
            "res": RESOLUTION[span.period],
            "tz": span.zone,
            "start": start,
            "end": end,
        }

    def _ends(self, span: Span) -> tuple[int, int]:
        now = self._clock()
        return int(span.starts(now)[0].timestamp()), int(now)


def _get(path: str, query: Mapping[str, Plain] | None = None) -> Request:
    return Request(Api.APP, "GET", path, query=query or {})


def _found(subject: Subject) -> AbstractContextManager[None]:
    return told_when_absent("Nothing of that number", f"The workspace has no {subject}.")


def _campaign(row: Mapping[str, Plain], addresses: Mapping[str, Address]) -> Campaign:
    return Campaign(
        id=whole(row.get("id")) or 0,
        name=str(row.get("name") or ""),
        address=addresses.get(str(row.get("id"))),
        state=str(row.get("state") or ""),
        type=str(row.get("type") or ""),
        steps=read_steps(row.get("actions")),
        tags=tuple(map(str, row.get("tags") or ())),
        first_started=whole(row.get("first_started")),
        updated=whole(row.get("updated")),
    )
