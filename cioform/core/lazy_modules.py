"""Modules that are slow to import, loaded when they are first used.

A command that does not need such a module should not wait for it. `_LAZY_MODULES` lists them with
the reasons. Use `lazy_module` at the top of a module:

    if TYPE_CHECKING:
        import deepdiff
    else:
        deepdiff = lazy_module("deepdiff")
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Final

_LAZY_MODULES: Final[Mapping[str, str]] = {
    "anyascii": "Needed only to make a name of a text that is not ASCII.",
    "cioform.cli.fleet.runs": "Needed only with --all.",
    "cioform.emulator.liquid.engine": "Imports python-liquid; needed only to render.",
    "cioform.kinds.campaign.compare.changes": "Needed only when a campaign differs.",
    "cioform.kinds.campaign.sync.journeys_api": "Needed only to write campaigns.",
    "cioform.kinds.campaign.upgrade_steps": "Needed only for files of an older format.",
    "cioform.language.liquid.analyze": "Imports python-liquid; needed only to parse Liquid.",
    "cioform.report.for_reviewers": "Needed only for Markdown and pages.",
    "cioform.services.preview.rendering": "Brings Liquid; needed only for previews.",
    "cioform.services.sandbox.tools": "Brings the emulator; not needed by help.",
    "cioform.state.local.local_writes": "Needed only to write a state, and for its runs.",
    "css_inline": "Optional (extra `preview`); needed only for previews.",
    "deepdiff": "Needed only when more than scalar values differ.",
    "filelock": "Imports asyncio; needed only by commands that write.",
    "html": "Has a table of all entities; needed only to mask secrets, and by policies.",
    "httpx": "Needed only to send requests.",
    "igraph": "Optional (extra `pictures`); needed only for diagrams with crossing edges.",
    "mjml": "Optional (extra `preview`); needed only for previews of MJML.",
    "obstore": "Optional (extra `object-storage`); needed only for state in object storage.",
    "obstore.exceptions": "See obstore.",
    "obstore.store": "See obstore.",
    "quickjs": "Optional (extra `preview`); needed only for previews.",
    "ruamel.yaml": "Needed only by commands that write documents.",
    "ruamel.yaml.comments": "See ruamel.yaml.",
    "ruamel.yaml.emitter": "See ruamel.yaml.",
    "ruamel.yaml.resolver": "See ruamel.yaml.",
    "ruamel.yaml.scalarstring": "See ruamel.yaml.",
    "signal": "See subprocess.",
    "subprocess": "Needed only to run Git and other programs.",
    "trustme": "Optional (extra `tls`); imports cryptography.",
    "unicodedata": "Needed only for texts that are not ASCII.",
    "xml.sax.saxutils": "Imports urllib.request and ssl; needed only for JUnit.",
}
"""The modules that are loaded when they are first used, and why."""


class _LazyModule(ModuleType):
    """Stands for a module until one of its attributes is used."""

    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self.__name__), name)


def lazy_module(name: str) -> ModuleType:
    """Return the listed module `name`, which is imported when its first attribute is used.

    The first use raises ImportError if the module is not installed. Setting an attribute does not
    change the module.
    """
    if name not in _LAZY_MODULES:
        raise ValueError(f"{name!r} is not listed in {__name__}; add it there with the reason")
    return _LazyModule(name)
