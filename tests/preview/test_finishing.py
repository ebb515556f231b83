"""What is done with an e-mail after Liquid is rendered."""

from __future__ import annotations

import pytest

from cioform.services.preview.finishing import finish

HTML = "<style>p {color: red}</style><p>Hi</p>"


@pytest.mark.parametrize(("preprocessor", "is_inlined"), [("premailer", True), ("", False)])
def test_styles_are_written_into_elements_unless_that_is_off(
    preprocessor: str, is_inlined: bool
) -> None:
    pytest.importorskip("css_inline")
    html, versions = finish(HTML, preprocessor)
    assert ('<p style="color: red' in html, bool(versions)) == (is_inlined, is_inlined)
