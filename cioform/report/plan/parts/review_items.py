"""The items of a plan for its review: warnings about texts, owners, and approvals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.quantities import pluralize
from cioform.plan.plan import Plan
from cioform.report.plan.parts.items import ItemView
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable

_MAX_WARNINGS: Final = 10


def warning_items(plan: Plan) -> tuple[ItemView, ...]:
    """Return the first warnings about texts, and how to see the others."""
    items = [
        ItemView(
            "!",
            Tone.WARNING,
            str(each.address),
            f"{escape_unprintable(each.title)} ({each.rule})",
            detail=escape_unprintable(f"{each.location or each.address}: {each.message}"),
        )
        for each in plan.warnings[:_MAX_WARNINGS]
    ]
    if (more := len(plan.warnings) - _MAX_WARNINGS) > 0:
        number = pluralize(more, "more warning", "more warnings")
        command = f"    cioform lint {plan.header.workspace}"
        items.append(ItemView("·", Tone.DIM, number, detail=f"See all of them:\n\n{command}"))
    return tuple(items)


def approval_items(plan: Plan) -> tuple[ItemView, ...]:
    """Return each needed approval, with the people who can give it."""
    return tuple(
        ItemView(
            "?",
            Tone.WARNING,
            escape_unprintable(each.owner),
            f"{len(each.approved_by)} of {each.approvals}",
            detail=escape_unprintable(
                f"{'; '.join(each.because)}. Can be approved by {', '.join(each.people)}."
            ),
        )
        for each in plan.approvals
    )


def managed_elsewhere_items(plan: Plan) -> Iterator[ItemView]:
    """Yield each object that another project or workspace manages, with the file there."""
    for address, place in plan.managed_elsewhere.items():
        yield ItemView("!", Tone.WARNING, address, escape_unprintable(place))
