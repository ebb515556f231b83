"""Packages that `pip install .` does not bring are needed by what uses them alone."""

from __future__ import annotations

import subprocess
import sys

OPTIONAL = ("css_inline", "igraph", "mjml", "obstore", "quickjs", "trustme")
IMPORT_ALL = f"""
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({OPTIONAL}))  # None: an import raises ImportError
import cioform
for found in pkgutil.walk_packages(cioform.__path__, "cioform."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
"""


def test_every_module_is_imported_without_them() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
