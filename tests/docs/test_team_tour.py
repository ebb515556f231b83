"""The tour of a team works as its page shows it."""

from docs.generate.tour_page import PAGE, page, run_tour


def test_the_tour_is_up_to_date() -> None:
    text = page(run_tour())
    assert text == PAGE.read_text("utf-8"), "Run: python -m docs.generate tour"
