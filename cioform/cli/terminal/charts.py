"""Metrics and links, printed the way that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.cli.output import stdout_styler
from cioform.cli.streams import write_stdout
from cioform.operate.campaigns.metrics import LinkMetrics, Metrics
from cioform.report.json_output import dumps
from cioform.report.operate.metrics import links_csv, metrics_csv, render_links, render_metrics


def print_metrics(
    workspace: str, metrics: Metrics, as_csv: bool, as_json: bool, no_color: bool
) -> int:
    """Print metrics as a chart, CSV or JSON."""

    if as_json:
        write_stdout(dumps(workspace=workspace, metrics=metrics, totals=metrics.totals))
    elif as_csv:
        write_stdout(metrics_csv(metrics))
    else:
        write_stdout(render_metrics(metrics, stdout_styler(not no_color)))
    return 0


def print_links(
    workspace: str,
    subject: str,
    links: Sequence[LinkMetrics],
    as_csv: bool,
    as_json: bool,
    no_color: bool,
) -> int:
    """Print links as bars, CSV or JSON."""

    if as_json:
        write_stdout(dumps(workspace=workspace, subject=subject, links=links))
    elif as_csv:
        write_stdout(links_csv(links))
    else:
        write_stdout(render_links(links, stdout_styler(not no_color)))
    return 0
