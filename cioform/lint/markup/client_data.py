"""The support of features by mail programs, as tested by caniemail.com until 2026-05-13.

Written by `docs/generate/client_support.py` from the package caniemail (see LICENSE.caniemail).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CLIENTS: Final = ("Gmail", "Outlook for Windows", "Outlook.com", "Apple Mail", "Yahoo Mail")
FEATURES: Final[Mapping[str, tuple[str, str]]] = {
    "display:flex": ("2021-11-02", "ynyyy"),
    "display:grid": ("2019-02-28", "ynyyy"),
    "position": ("2021-05-16", "nnaaa"),
    "float": ("2024-05-08", "ynyya"),
    "animation": ("2026-04-07", "nnnyn"),
    "aspect-ratio": ("2023-12-19", "nnnyn"),
    "backdrop-filter": ("2024-01-17", "nnnyn"),
    "border-image": ("2019-02-28", "nnnyn"),
    "clip-path": ("2021-03-09", "nnnyn"),
    "filter": ("2024-01-03", "nnnyn"),
    "inset": ("2024-05-29", "nnnyn"),
    "list-style-image": ("2020-04-20", "nnnyn"),
    "mask-image": ("2024-11-27", "nnnyn"),
    "mix-blend-mode": ("2020-12-12", "ynyyn"),
    "object-fit": ("2021-07-15", "ynyyn"),
    "shape-outside": ("2024-02-28", "nnnyn"),
    "transform": ("2019-02-28", "nnnyn"),
    "writing-mode": ("2022-05-04", "ynyyn"),
    "var()": ("2020-02-25", "nnnyn"),
    "calc()": ("2020-02-25", "ynnyn"),
    "clamp()": ("2021-05-07", "ynnyn"),
    "max()": ("2021-05-07", "ynnyn"),
    "min()": ("2021-05-07", "ynnyn"),
    "conic-gradient()": ("2023-01-02", "nnnyn"),
    "light-dark()": ("2024-08-14", "nnnyn"),
    "oklch()": ("2023-01-18", "nnnyn"),
    "<svg>": ("2020-02-06", "nnnyn"),
    "<dialog>": ("2019-02-28", "nnnyn"),
    "<marquee>": ("2020-04-21", "nnaya"),
    "<meter>": ("2019-02-28", "nnyyn"),
    "<progress>": ("2019-02-28", "nnnyn"),
    "[hidden]": ("2024-01-26", "nnnyn"),
}
"""The day of the last test, and a letter for each client: y, n, a (partly) or u (unknown)."""
