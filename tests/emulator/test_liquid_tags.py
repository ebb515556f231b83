"""Tags of the service that only print: what stands around them stays (content facts, 1.2)."""

import pytest

from cioform.emulator.liquid_engine import Engine


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (
            '<a href="{% unsubscribe_url %}">leave</a> now',
            '<a href="https://sandbox.invalid/unsubscribe/D1">leave</a> now',
        ),
        ("{% cio_link url:https://a.example track:true %}!", "https://a.example!"),
        ("{% generate_uuid %}{% generate_uuid %}.", "D1D1."),
        ("a {% view_in_browser_url %}", "a https://sandbox.invalid/view/D1"),
    ],
)
def test_a_tag_prints_and_nothing_around_it_is_lost(text: str, printed: str) -> None:
    assert Engine(0).render(text, {"delivery_id": "D1"}) == printed
