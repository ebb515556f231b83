"""Deliveries as rows of a table, and one delivery as a line."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.operate.messages.deliveries import Delivery
from cioform.report.operate.profile import timestamp_text
from cioform.report.values import escape_unprintable


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


def delivery_text(delivery: Delivery) -> str:
    """Return the state of a delivery as a line, with the reason if it failed."""
    reason = f" ({escape_unprintable(delivery.why)})" if delivery.why else ""
    return f"Delivery {delivery.id}: {delivery.state}{reason}\n"
