"""Names made of any text."""

import pytest

from cioform.core.address import is_device_name, is_name, slugify


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Main address", "main_address"),
        ("Réactivation", "reactivation"),
        ("Re\u0301activation", "reactivation"),
        ("Straße & Söhne", "strasse_sohne"),
        ("ﬁne", "fine"),
        ("İstanbul ılık", "istanbul_ilik"),
        ("Ełk ø", "elk_o"),
        ("Приветствие", "privetstvie"),
        ("Возврат 30 дней", "vozvrat_30_dney"),
        ("ようこそ", "youkoso"),
        ("뉴스", "nyuseu"),
        ("🎉", "tada"),
        ("none", "none_"),
        ("CON", "con_"),
        ("aux.", "aux_"),
        ("LPT1", "lpt1_"),
        ("console", "console"),
        ("!!!", ""),
        ("a" * 300, "a" * 100),
    ],
)
def test_a_name_is_readable(text: str, name: str) -> None:
    assert slugify(text) == name
    assert is_name(name) or not name


@pytest.mark.parametrize("name", ["con", "NUL", "aux.yaml", "com1.de.html", "prn ", "lpt9"])
def test_devices_of_windows(name: str) -> None:
    assert is_device_name(name)
    assert not is_device_name(f"{name.partition('.')[0].strip()}_")
