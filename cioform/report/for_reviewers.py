"""The code that only Markdown and pages need, loaded as one module."""

from __future__ import annotations

from cioform.report.page.render import render_page as render_page
from cioform.report.plan.collect_extras import collect_extras as collect_extras
from cioform.report.plan.comments.markdown import render_markdown as render_markdown
