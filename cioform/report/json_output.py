"""JSON output, with a format number."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Json, as_mapping
from cioform.core.data.to_json import to_json
from cioform.core.diagnostic import Diagnostic
from cioform.plan.drift import DriftReport
from cioform.plan.promotion import Promotion
from cioform.run.events import Outcome

FORMAT: Final = 1


def to_json_value(value: object) -> Json:
    """Return a value as JSON data: addresses and paths as text, enums by value."""
    return to_json(value, (Address, PurePath))


def dumps(**content: object) -> str:
    """Return one JSON document, with the format number first and a line break at the end."""
    document = {"format": FORMAT, **as_mapping(to_json_value(content))}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def drift_json(workspace: str, report: DriftReport, **origin: object) -> str:
    """Return the output of `drift --json`; `origin` says which files and which run it is of."""
    return dumps(
        workspace=workspace,
        **origin,
        drift=report.drift,
        unreadable=report.unreadable,
        not_looked_at=report.not_looked_at,
        compared=report.compared,
        unrecorded=report.unrecorded,
        unmanaged_unreadable=report.unmanaged_unreadable,
        ended_ignores=[diagnostic_json(item) for item in report.ended],
        excluded=report.excluded,
    )


def promotion_json(promotion: Promotion, paths: Iterable[PurePath] | None = None) -> str:
    """Return the output of `diff --json`, and with the files written that of `promote --json`."""
    written = {} if paths is None else {"paths": paths}
    return dumps(
        source=promotion.source,
        target=promotion.target,
        documents=promotion.documents,
        left=[diagnostic_json(item) for item in promotion.left],
        shared=promotion.shared,
        not_included=promotion.not_included,
        only_in_target=promotion.only_in_target,
        unchanged=promotion.unchanged,
        **written,
    )


def outcome_json(workspace: str, outcome: Outcome) -> str:
    """Return the output of `apply --json`."""
    return dumps(
        workspace=workspace,
        run=outcome.run,
        complete=outcome.complete,
        requests=outcome.requests,
        results=[
            {
                "address": result.address,
                "action": result.action,
                "status": result.status,
                "half_made": result.half_made,
                "diagnostics": [diagnostic_json(item) for item in result.diagnostics],
            }
            for result in outcome.results
        ],
    )


def diagnostics_json(diagnostics: Iterable[Diagnostic], **more: object) -> str:
    """Return diagnostics as `--json` prints them."""
    return dumps(**more, diagnostics=[diagnostic_json(item) for item in diagnostics])


def diagnostic_json(item: Diagnostic) -> Json:
    """Return one diagnostic with its location in flat fields, for editors and CI."""
    location = item.location
    return {
        "severity": item.severity.value,
        "summary": item.summary,
        "detail": item.detail,
        "address": to_json_value(item.address),
        "file": location.file if location else None,
        "line": location.line if location else None,
        "column": location.column if location else None,
    }
