"""Metrics for a terminal, as a row of small bars for each metric; and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from cioform.core.text.delimited import delimited_line
from cioform.operate.campaigns.metrics import LinkMetrics, Metrics
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable

_BARS: Final = "▁▂▃▄▅▆▇█"
_EMPTY_BAR: Final = "·"
_MAX_SHOWN_STEPS: Final = 60
"""The most steps in a row. If there are more, the last ones are shown."""
_BAR_WIDTH: Final = 24


def render_metrics(metrics: Metrics, style: Styler = PLAIN) -> str:
    """Return a row for each metric: its name, its total, and a bar for each step of time.

    All rows have the same scale. Metrics with a total of zero are left out.
    """
    totals = {name: total for name, total in metrics.totals.items() if total}
    heading = style(escape_unprintable(metrics.subject), Tone.BOLD)
    if not metrics.starts or not totals:
        return f"{heading}\nThere is no data for this period.\n"
    first, last = metrics.starts[-_MAX_SHOWN_STEPS:][0], metrics.starts[-1]
    lines = [f"{heading}  {metrics.period}, {first} to {last}, {metrics.zone}", ""]
    highest = max(max(metrics.series[name]) for name in totals)
    width = max(map(len, totals))
    digits = max(len(f"{total:,}") for total in totals.values())
    for name, total in sorted(totals.items(), key=lambda pair: -pair[1]):
        row = sparkline(metrics.series[name][-_MAX_SHOWN_STEPS:], highest)
        lines.append(
            f"  {escape_unprintable(name):<{width}}  {total:>{digits},}  {style(row, Tone.MOVED)}"
        )
    return "".join(f"{line}\n" for line in [*lines, "", f"  A full bar is {highest:,}."])


def sparkline(numbers: Sequence[int], highest: int) -> str:
    """Return one character for each number, `█` for `highest` and a dot for zero."""
    return "".join(_EMPTY_BAR if n <= 0 else _BARS[_bar_level(n, highest)] for n in numbers)


def render_links(links: Sequence[LinkMetrics], style: Styler = PLAIN) -> str:
    """Return a bar for each link, the most clicked first."""
    if not links:
        return "No link was clicked in this period.\n"
    highest = max(1, *(link.total for link in links))
    digits = len(f"{highest:,}")
    return "".join(
        f"  {link.total:>{digits},}  {style(_bar(link.total, highest), Tone.MOVED)}  "
        f"{escape_unprintable(link.href)}\n"
        for link in links
    )


def metrics_csv(metrics: Metrics) -> str:
    """Return CSV with a line for each step of time and a column for each metric."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = sorted(metrics.series)
    writer.writerow(["start", *names])
    for index, start in enumerate(metrics.starts):
        row = [_value_at(metrics.series[name], index) for name in names]
        writer.writerow([start, *row])
    return text.getvalue()


def links_csv(links: Sequence[LinkMetrics]) -> str:
    """Return CSV with a line for each link."""
    rows = ((escape_unprintable(link.href), str(link.total)) for link in links)
    return "".join(map(delimited_line, [("href", "clicked"), *rows]))


def _bar_level(number: int, highest: int) -> int:
    rounded_up = -(-number * len(_BARS) // max(highest, 1))
    return min(len(_BARS), max(1, rounded_up)) - 1


def _bar(number: int, highest: int) -> str:
    length = max(1 if number else 0, round(_BAR_WIDTH * number / highest))
    return ("█" * length).ljust(_BAR_WIDTH, _EMPTY_BAR)


def _value_at(numbers: Sequence[int], index: int) -> int | str:
    """Return a number, or an empty cell where a series is shorter than the others."""
    return numbers[index] if index < len(numbers) else ""
