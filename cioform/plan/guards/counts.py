"""Guards that count: deletions, changes, people, and how much an audience grows."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.text.quantities import pluralize
from cioform.core.text.word_lists import join_first
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.guards.wording import (
    SHOWN_ADDRESSES,
    addresses_of,
    names,
)
from cioform.plan.plan import Plan
from cioform.plan.reach.entering import most_people


def check_counts(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    """Yield what changes or deletes more than the guards allow."""
    writes = [c for c in plan.counted_changes if c.action.writes]
    if guards.max_changes is not None and len(writes) > guards.max_changes:
        yield GuardViolation(
            "max_changes",
            f"{pluralize(len(writes), 'object', 'objects')} would change; the limit is "
            f"{guards.max_changes}.",
            "Raise guards.max_changes in workspace.yaml, or apply in steps with --target.",
            addresses_of(writes),
        )
    existing = [c for c in writes if c.action is not Action.CREATE]
    # A noop is counted among the unchanged objects already.
    total = plan.unchanged + len(plan.counted_changes) - (len(writes) - len(existing))
    if len(existing) <= guards.percent_exempt_changes or total == 0:
        return
    percent = 100 * len(existing) / total
    if percent > guards.max_percent:
        yield GuardViolation(
            "max_percent",
            f"{len(existing)} of {total} existing objects would change, which is {percent:.0f}%; "
            f"the limit is {guards.max_percent:.0f}%.",
            "Raise guards.max_percent in workspace.yaml, or apply in steps with --target.",
            addresses_of(existing),
        )


def check_people(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    """Yield what reaches more people than `max_people`, as far as the audience is known."""
    if guards.max_people is None:
        return
    reached = {
        c.address: people
        for c in plan.changes
        if c.action.writes and (people := most_people(c)) > guards.max_people
    }
    if reached:
        wide = [c for c in plan.changes if c.address in reached]
        count = (
            f"reaches {pluralize(reached[wide[0].address], 'person', 'people')}"
            if len(wide) == 1
            else f"reach up to {pluralize(max(reached.values()), 'person', 'people')}"
        )
        yield GuardViolation(
            "max_people",
            f"{names(wide)} {count}; the limit is {guards.max_people}.",
            "Raise guards.max_people in workspace.yaml.",
            addresses_of(wide),
        )


def check_audience_growth(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    """Yield audiences that grow by more than `max_audience_growth`."""
    limit = guards.max_audience_growth
    if limit is None:
        return
    selecting = [c for c in plan.changes if c.selects_people and c.action is not Action.CREATE]
    grown = [change for change in selecting if (change.reach.growth or 0) > limit]
    if grown:
        sizes = [
            f"{c.address} from {c.reach.people or 0:,} to {c.reach.people_after or 0:,} people"
            for c in grown
        ]
        not_judged = join_first(plan.growth_not_judged, SHOWN_ADDRESSES)
        rest = f" Not estimated: {not_judged}." if not_judged else ""
        yield GuardViolation(
            "max_audience_growth",
            f"The audience would grow by more than {limit:,.0f}%: "
            f"{join_first(sizes, SHOWN_ADDRESSES)}.{rest}",
            "Raise guards.max_audience_growth in workspace.yaml, or make the conditions narrower.",
            addresses_of(grown),
        )
