"""The cost and the limits of a plan, as its head shows them."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.text.quantities import duration_text, pluralize
from cioform.model.remote_access.conversation import Api
from cioform.plan.guards.wording import names
from cioform.plan.plan import Plan, PlanHeader, PreferredSide, is_conflict
from cioform.plan.review.digest import content_digest
from cioform.report.plan.parts.plan_options import scope_options
from cioform.report.values import escape_unprintable

_CREDENTIAL_NAMES = {Api.APP: "an App API key", Api.JOURNEYS: "a service account"}


def plan_facts(plan: Plan) -> Iterator[str]:
    """Yield the cost and the limits of a plan, a line each."""
    header = plan.header
    if header.settings_from:
        yield _settings_fact(header)
    if header.changed_since_apply:
        changed = ", ".join(map(escape_unprintable, header.changed_since_apply))
        yield f"settings changed since the last apply: {changed}"
    if plan.requests:
        requests = pluralize(plan.requests, "request", "requests")
        yield f"{requests}, about {duration_text(plan.seconds)}"
    elif plan.visible_changes or only_records(plan):
        yield "no requests; only the state file is updated"
    credentials = [name for api, name in _CREDENTIAL_NAMES.items() if api in header.apis]
    if len(credentials) == 1:
        yield f"planned with {credentials[0]} only"
    if Api.JOURNEYS not in header.apis and Api.APP in header.apis:
        yield "an App API key does not show all fields that are in no file"
    if header.target or header.exclude:
        yield f"limited to a part of the workspace:{scope_options(plan)}"
    if header.prefer is PreferredSide.CONFIG and any(map(is_conflict, plan.changes)):
        yield "conflicts keep the version in the files"
    if ending := [c for c in plan.changes if c.protected and not c.protect and c.wanted]:
        yield f"no longer protected after this: {names(ending)}"
    if plan.unmanaged and not plan.is_empty:
        yield _unmanaged_fact(plan)
    if plan.visible_changes and header.window is not None:
        yield header.window.text
    if plan.visible_changes:
        yield f"digest {content_digest(plan)}"


def _unmanaged_fact(plan: Plan) -> str:
    fact = f"{pluralize(plan.unmanaged, 'unmanaged object', 'unmanaged objects')} ignored"
    kinds = "kind not listed" if len(plan.not_listed) == 1 else "kinds not listed"
    return f"{fact}; {kinds}: {', '.join(plan.not_listed)}" if plan.not_listed else fact


def _settings_fact(header: PlanHeader) -> str:
    fact = f"judged by the settings of commit {(header.settings_from or '')[:12]}"
    changed = ", ".join(map(escape_unprintable, header.changed_settings))
    return f"{fact}; changed in the files and not used: {changed}" if changed else fact


def only_records(plan: Plan) -> bool:
    """Return whether apply would only update the state, without any visible change."""
    is_accepted = plan.unmanaged_edits and plan.header.prefer is PreferredSide.LIVE
    has_news = bool(plan.drift or plan.kept or is_accepted)
    return has_news and bool(plan.changes) and not plan.visible_changes
