"""Numbers and amounts of money, as a locale writes them (content facts, 1.2)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_precision,
    get_territory_currencies,
    list_currencies,
)

from cioform.emulator.liquid.javascript import parse_number, text_of


def currency(value: Any, locale: Any = "en-US", code: Any = None) -> str:
    """Return an amount: `€9.00` for `currency: "en", "EUR"`; US dollars without arguments."""
    found = _locale(locale)
    unit = _currency_code(found, code)
    return str(format_currency(_rounded(value, get_currency_precision(unit)), unit, locale=found))


def rounded_currency(value: Any, locale: Any = "en-US", code: Any = None) -> str:
    """Return an amount without cents."""
    found = _locale(locale)
    pattern = str(found.currency_formats["standard"].pattern).replace(".00", "")
    unit = _currency_code(found, code)
    return str(
        format_currency(_rounded(value, 0), unit, pattern, locale=found, currency_digits=False)
    )


def format_number(value: Any, locale: Any = "en-US") -> str:
    """Return a number with the separators of a locale, and at most three decimals."""
    return str(format_decimal(_rounded(value, 3), locale=_locale(locale)))


def _rounded(value: Any, digits: int) -> Decimal:
    number = parse_number(value)
    if not abs(number) < 1e15:
        raise ValueError(f"{text_of(value)!r} is not a number")
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _locale(name: Any) -> Locale:
    try:
        return Locale.parse(text_of(name), sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"unknown locale {text_of(name)!r}") from None


def _currency_code(locale: Locale, code: Any) -> str:
    """Return a currency code, or that of the country of a locale; English without one: USD."""
    if code is not None:
        known = text_of(code).upper()
        if known not in list_currencies():
            raise ValueError(f"unknown currency {text_of(code)!r}")
        return known
    territory = locale.territory or ("US" if locale.language == "en" else None)
    if territory is None:
        raise ValueError(f"the locale {locale.language!r} names no country, so name the currency")
    return str(get_territory_currencies(territory)[-1])
