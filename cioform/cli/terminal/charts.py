"""Metrics and links in the requested form."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.cli.output import print_output, stdout_styler
from cioform.cli.streams import write_stdout
from cioform.core.dataclasses import dataclass
from cioform.operate.campaigns.metrics import LinkMetrics, Metrics
from cioform.report.operate.metrics import links_csv, metrics_csv, render_links, render_metrics


@dataclass(frozen=True, slots=True)
class MetricsPrinter:
    """Prints metrics as a chart, as CSV or as JSON, and returns the exit code."""

    workspace: str
    as_csv: bool
    as_json: bool
    color: bool

    def print_metrics(self, metrics: Metrics) -> int:
        """Print the counts of each interval."""
        if self.as_csv and not self.as_json:
            write_stdout(metrics_csv(metrics))
            return 0
        text = render_metrics(metrics, stdout_styler(self.color))
        print_output(
            text, self.as_json, workspace=self.workspace, metrics=metrics, totals=metrics.totals
        )
        return 0

    def print_links(self, subject: str, links: Sequence[LinkMetrics]) -> int:
        """Print the clicks on each link."""
        if self.as_csv and not self.as_json:
            write_stdout(links_csv(links))
            return 0
        text = render_links(links, stdout_styler(self.color))
        print_output(text, self.as_json, workspace=self.workspace, subject=subject, links=links)
        return 0
