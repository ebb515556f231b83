"""Stamps in descriptions: whatever the text is, it is read as it was written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cioform.config.sections.managed_by import repository_name
from cioform.model.objects.stamp import Stamp, read_stamp, write_stamp

OURS = Stamp.of("github.com/acme/messages", "workspaces/acme/segments/vip.yaml")
WRITTEN = f"[managed-by: cioform {OURS.repository} {OURS.path}]"
PIECES = st.sampled_from(
    ["", "\n", "\n\n", " ", "Vip", WRITTEN, "[managed-by: cioform]", "[managed-by: cioform ", "]"]
)
TEXTS = st.lists(PIECES | st.text()).map("".join)
STAMPS = st.none() | st.builds(Stamp.of, st.text(min_size=1), st.text(min_size=1))


@example(WRITTEN, None)
@example(f"Copied: {WRITTEN}", None)
@example("[managed-by: cioform]", None)
@example(f"{WRITTEN}\n\n{WRITTEN}", OURS)
@given(TEXTS, STAMPS)
def test_a_text_is_read_as_it_was_written(text: str, stamp: Stamp | None) -> None:
    assert read_stamp(write_stamp(text, stamp)) == (text, stamp)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="[")))
def test_a_text_without_stamp_is_written_as_it_is(text: str) -> None:
    assert write_stamp(text, None) == text


@pytest.mark.parametrize(
    ("there", "text"),
    [
        (f"Vip\n\n{WRITTEN}", "Vip"),
        (f"New start. Vip\n\n{WRITTEN}", "New start. Vip"),
        (f"Vip\n\n{WRITTEN}\nEdited by Jane", "Vip\nEdited by Jane"),
        (f"Vip {WRITTEN}", "Vip "),  # somebody has removed the lines between
        (WRITTEN, ""),
        (WRITTEN.lower().removesuffix("]"), WRITTEN.lower().removesuffix("]")),
    ],
)
def test_an_edit_around_the_stamp_keeps_the_text(there: str, text: str) -> None:
    assert read_stamp(there)[0] == text


@pytest.mark.parametrize("forged", ["<script>", "@acme/all", "a b", "\x1b[31m", "\u202e", "`x`"])
def test_a_forged_stamp_is_plain_text(forged: str) -> None:
    text = f"Vip\n\n[managed-by: cioform {forged} {forged}]"
    assert read_stamp(text) == (text, None)
    assert set(Stamp.of(forged, forged).place).isdisjoint("<>@`[] \x1b\u202e")


@pytest.mark.parametrize(
    ("place", "is_in"),
    [
        ("github.com/acme/messages", True),
        ("GitHub.com/Acme/messages/", True),
        ("github.com/acme/messages/workspaces/acme", True),
        (OURS.place, True),
        ("github.com/acme/mess", False),
        ("github.com/acme/messages/workspaces/ac", False),
        ("github.com/acme/other", False),
    ],
)
def test_the_place_of_a_stamp(place: str, is_in: bool) -> None:
    assert OURS.is_in(place) is is_in


@pytest.mark.parametrize(
    "path", ["Customer IO/für uns.yaml", "a:b@c/100%.yaml", "f%C3%BCr.yaml", "[a]/{b}, #c?.yaml"]
)
def test_the_place_that_is_shown_can_be_taken_over(path: str) -> None:
    stamp = Stamp.of("github.com/acme/messages", path)
    assert stamp.is_in(stamp.place)
    assert repository_name(stamp.place) == stamp.place
    assert not stamp.is_in("github.com/acme/messages/other")


def test_a_place_is_the_same_however_it_is_quoted() -> None:
    stamp = Stamp.of("github.com/acme/messages", "Customer IO/für uns.yaml")
    assert stamp.is_in("github.com/acme/messages/Customer IO/für uns.yaml")
    assert stamp.is_in("github.com/acme/messages/Customer%20IO")
    assert Stamp(stamp.repository, "%43ustomer%20IO/a.yaml").is_in(
        "github.com/acme/messages/Customer IO"
    )
