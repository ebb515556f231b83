"""Types of the data, as code."""

from __future__ import annotations

from cioform.contract.shape import Shape
from cioform.contract.type_code import python


def test_a_field_with_the_name_of_a_keyword_compiles() -> None:
    code = python([("event.moved", Shape(fields={"from": Shape(required=True)}))])
    compile(code, "types.py", "exec")
    assert '    "from": Any,' in code
