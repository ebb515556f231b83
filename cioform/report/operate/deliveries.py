"""Deliveries as rows of a table, and one delivery as a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.operate.messages.deliveries import ArchivedMessage, Delivery
from cioform.report.operate.profile import timestamp_text
from cioform.report.plain_text import plain_text
from cioform.report.values import escape_unprintable

_ELEMENT: Final = lazy_pattern(r"<(html|body|table|p|div|h1|h2|br|a|span)\b", re.IGNORECASE)
"""What shows that a body is HTML."""


def delivery_rows(deliveries: Iterable[Delivery]) -> list[tuple[str, ...]]:
    """Return a heading, and a row for each delivery."""
    rows: list[tuple[str, ...]] = [("ID", "TYPE", "STATE", "FROM", "CREATED", "SUBJECT")]
    for delivery in deliveries:
        rows.append(
            (
                delivery.id,
                delivery.type,
                delivery.state,
                delivery.source or "-",
                timestamp_text(delivery.created),
                escape_unprintable(delivery.subject or delivery.why),
            )
        )
    return rows


def archived_text(delivery_id: str, archived: ArchivedMessage | None) -> str:
    """Return what was sent, as people read it: HTML without its markup."""
    if archived is None:
        return f"Customer.io keeps no copy of delivery {delivery_id}.\n"
    heads = {
        "From": archived.sender,
        "To": archived.recipient,
        "Subject": archived.subject,
        "Preheader": archived.preheader,
    }
    lines = [f"{name}: {escape_unprintable(value)}" for name, value in heads.items() if value]
    is_html = _ELEMENT.search(archived.body) is not None
    body = plain_text(archived.body, links=True) if is_html else archived.body
    lines += ("", *map(escape_unprintable, body.splitlines()))
    return "".join(f"  {line}".rstrip() + "\n" for line in lines)


def delivery_text(delivery: Delivery) -> str:
    """Return the state of a delivery as a line, with the reason if it failed."""
    reason = f" ({escape_unprintable(delivery.why)})" if delivery.why else ""
    return f"Delivery {delivery.id}: {delivery.state}{reason}\n"
