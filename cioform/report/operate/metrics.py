"""Metrics on a terminal: a row of small bars for each thing that was counted; and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from cioform.operate.campaigns.metrics import LinkMetrics, Metrics
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable

_BARS: Final = "▁▂▃▄▅▆▇█"
_EMPTY_BAR: Final = "·"
_MAX_SHOWN_STEPS: Final = 60
"""Steps beside each other; of more the last are shown."""
_BAR_WIDTH: Final = 24


def render_metrics(metrics: Metrics, style: Styler = PLAIN) -> str:
    """Give a row for each thing that happened: its name, how often, and when. All rows have the
    same scale; what never happened is left out."""
    totals = {name: total for name, total in metrics.totals.items() if total}
    head = style(escape_unprintable(metrics.subject), Tone.BOLD)
    if not metrics.starts or not totals:
        return f"{head}\nNothing was counted in this time.\n"
    first, last = metrics.starts[-_MAX_SHOWN_STEPS:][0], metrics.starts[-1]
    lines = [f"{head}  {metrics.period}, {first} to {last}, {metrics.zone}", ""]
    most = max(max(metrics.series[name]) for name in totals)
    width = max(map(len, totals))
    digits = max(len(f"{total:,}") for total in totals.values())
    for name, total in sorted(totals.items(), key=lambda pair: -pair[1]):
        row = sparkline(metrics.series[name][-_MAX_SHOWN_STEPS:], most)
        lines.append(
            f"  {escape_unprintable(name):<{width}}  {total:>{digits},}  {style(row, Tone.MOVED)}"
        )
    return "".join(f"{line}\n" for line in [*lines, "", f"  a full bar is {most:,}"])


def sparkline(numbers: Sequence[int], most: int) -> str:
    """Give one character a number, `█` for `most` and a dot for none."""
    return "".join(_EMPTY_BAR if n <= 0 else _BARS[_bar_level(n, most)] for n in numbers)


def render_links(links: Sequence[LinkMetrics], style: Styler = PLAIN) -> str:
    """Give a bar for each link, the most followed first."""
    if not links:
        return "No link was followed in this time.\n"
    most = max(1, *(link.total for link in links))
    digits = len(f"{most:,}")
    return "".join(
        f"  {link.total:>{digits},}  {style(_bar(link.total, most), Tone.MOVED)}  "
        f"{escape_unprintable(link.href)}\n"
        for link in links
    )


def metrics_csv(metrics: Metrics) -> str:
    """Give a line for each step, a column for each thing that is counted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = sorted(metrics.series)
    writer.writerow(["start", *names])
    for number, start in enumerate(metrics.starts):
        row = [_value_at(metrics.series[name], number) for name in names]
        writer.writerow([start, *row])
    return text.getvalue()


def links_csv(links: Sequence[LinkMetrics]) -> str:
    """Give a line for each link."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["href", "clicked"])
    writer.writerows([link.href, link.total] for link in links)
    return text.getvalue()


def _bar_level(number: int, most: int) -> int:
    return min(len(_BARS) - 1, max(0, -(-number * len(_BARS) // max(most, 1)) - 1))


def _bar(number: int, most: int) -> str:
    return ("█" * max(1 if number else 0, round(_BAR_WIDTH * number / most))).ljust(
        _BAR_WIDTH, _EMPTY_BAR
    )


def _value_at(numbers: Sequence[int], place: int) -> int | str:
    return numbers[place] if place < len(numbers) else ""
