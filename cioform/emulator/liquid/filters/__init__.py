"""The filters of a message, by name.

Those of LiquidJS are checked against LiquidJS itself, by constructs with its recorded output.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from cioform.emulator.liquid.filters.dates import date_filters
from cioform.emulator.liquid.filters.expressions import EXPRESSION_FILTERS
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.filters.lists import LIST_FILTERS
from cioform.emulator.liquid.filters.numbers import NUMBER_FILTERS
from cioform.emulator.liquid.filters.own import CODE_FILTERS, own_filters
from cioform.emulator.liquid.filters.texts import TEXT_FILTERS


def build_filters(now: int, random: Random) -> Mapping[str, Filter]:
    """Return the filters of "latest". `now` is the time, in Unix seconds, of the value `now`."""
    return {
        **NUMBER_FILTERS,
        **TEXT_FILTERS,
        **LIST_FILTERS,
        **EXPRESSION_FILTERS,
        **CODE_FILTERS,
        **date_filters(now),
        **own_filters(random),
        "sample": lambda items, count=1: _sample(random, items, count),
    }


def _sample(random: Random, items: Any, count: int) -> Any:
    chosen = random.sample(list(items), min(int(count), len(items)))
    return chosen[0] if count == 1 and chosen else chosen
