"""Finish a rendered e-mail as Customer.io does: MJML to HTML, styles inline."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import css_inline
    import mjml
else:
    css_inline = lazy_module("css_inline")
    mjml = lazy_module("mjml")

_MJML: Final = lazy_pattern(r"\s*(<!--.*?-->\s*)*<mjml\b", re.DOTALL)


def finish(html: str, preprocessor: str) -> tuple[str, tuple[str, ...]]:
    """Return a mail as it is sent, and the versions of what changed it.

    Without a `preprocessor`, styles stay where they are.
    Raises ValueError for MJML that is not valid.
    """
    versions: list[str] = []
    if _MJML.match(html):
        html = str(mjml.mjml2html(html))
        versions.append(f"MJML (mjml-python {version('mjml-python')})")
    if preprocessor:
        # Without the option, it reads any file of this machine that a mail links.
        inliner = css_inline.CSSInliner(
            load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True
        )
        html = str(inliner.inline(html))
        versions.append(f"css-inline {version('css-inline')}")
    return html, tuple(versions)
