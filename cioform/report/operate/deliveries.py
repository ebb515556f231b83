"""Deliveries as rows, and one as a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.operate.messages.deliveries import Delivery
from cioform.report.operate.profile import timestamp_text
from cioform.report.values import escape_unprintable


def delivery_rows(deliveries: Iterable[Delivery]) -> list[tuple[str, ...]]:
    """Give a heading and a row for each."""
    rows: list[tuple[str, ...]] = [("ID", "TYPE", "STATE", "FROM", "CREATED", "SUBJECT")]
    for each in deliveries:
        subject = escape_unprintable(each.subject or each.why)
        rows.append(
            (
                each.id,
                each.type,
                each.state,
                each.source or "-",
                timestamp_text(each.created),
                subject,
            )
        )
    return rows


def delivery_text(delivery: Delivery) -> str:
    """Give what is known of one delivery, on a line."""
    why = f": {escape_unprintable(delivery.why)}" if delivery.why else ""
    return f"{delivery.id} is {delivery.state}{why}\n"
