"""The parts of a plan that only Markdown and pages have, loaded as one module."""

from __future__ import annotations

from cioform.report.plan.collect_extras import collect_extras as collect_extras
from cioform.report.plan.comments.markdown import render_markdown as render_markdown
