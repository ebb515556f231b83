"""What a template becomes for lists of some lengths."""

from __future__ import annotations

import pytest

from cioform.lint.samples import MASK, samples_of

TEMPLATES = {
    "[{% for i in a %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]": [
        ["[1,2]", "[1,2]"],
        ["[1]", "[1]"],
        ["[]", "[]"],
    ],
    "{% if a %}x{% elsif b %}y{% else %}z{% endif %}": [["x", "z"]],
    "{% unless a %}x{% else %}y{% endunless %}": [["y", "x"]],
    "{% for i in a %}x{% else %}none{% endfor %}": [["xx", "xx"], ["x", "x"], ["none", "none"]],
    "a{% comment %}{{ b }}{% endcomment %}c": [["ac", "ac"]],
    "{% case a %}{% when 1 %}x{% endcase %}": [],
    "{% for i in a %}" * 20 + "x" + "{% endfor %}" * 20: [],
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda text: text[:40])
def test_samples(template: str) -> None:
    found = samples_of(template)
    wanted = TEMPLATES[template]
    assert len(found) == len(wanted)
    for samples, texts in zip(found, wanted, strict=True):
        for sample, text in zip(samples, texts, strict=True):
            shown = [each for each in sample.text.split(MASK) if each]
            assert "".join(shown) == "".join(c for c in text if not c.isdigit())
            for at, character in enumerate(sample.text):
                assert character in (MASK, template[sample.origin(at)])
