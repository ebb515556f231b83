"""Notify webhooks of applies, of refused applies, and of drift."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from cioform.config.sections.notify import NotifyEvent
from cioform.core.data.json_value import Json
from cioform.core.errors import CioformError
from cioform.core.exit_codes import REFUSED
from cioform.forge.ci_run import read_ci_run
from cioform.plan.drift import DriftReport
from cioform.plan.plan import Plan
from cioform.report.notification import (
    Sender,
    applied_content,
    drift_content,
    notification,
    refused_content,
)
from cioform.run.events import NotDelivered, Outcome
from cioform.services.context import OpenWorkspace
from cioform.services.notifying.deliver import Message, deliver
from cioform.services.project.git import checked_out_commit


def notify_drift(opened: OpenWorkspace, report: DriftReport) -> None:
    """Notify the webhooks of drift, if there is any."""
    if report.drift:
        _notify(opened, NotifyEvent.DRIFT, drift_content(report))


def notify_apply(opened: OpenWorkspace, plan: Plan, outcome: Outcome) -> None:
    """Notify the webhooks of an apply that changed something or tried to."""
    if plan.visible_changes and outcome.results:
        _notify(opened, NotifyEvent.APPLIED, applied_content(plan, outcome))


@contextmanager
def notify_refusals(opened: OpenWorkspace) -> Iterator[None]:
    """Notify the webhooks if what is done in the block is refused."""
    try:
        yield
    except CioformError as error:
        if error.exit_code == REFUSED:
            _notify(opened, NotifyEvent.REFUSED, refused_content(error.diagnostics))
        raise


def _notify(opened: OpenWorkspace, event: NotifyEvent, content: dict[str, Json]) -> None:
    hooks = [each for each in opened.configuration.settings.notify if event in each.events]
    if not hooks:
        return
    sender = Sender(
        opened.name,
        opened.workspace_id,
        checked_out_commit(opened.root),
        read_ci_run(os.environ).url,
    )
    identifier, at = str(uuid4()), int(opened.clock())
    message = Message(identifier, notification(event, identifier, at, sender, content), at)
    for problem in deliver(hooks, message):
        opened.listener(NotDelivered(opened.name, problem))
