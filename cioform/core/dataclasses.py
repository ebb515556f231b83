"""A `@dataclass` that creates a class in a third of the time.

The standard one compiles up to eleven methods for each class, whether they are called or not. For
the 220 classes of a plan, that was a tenth of the work of planning 1,000 resources. Here, only
`__init__` is compiled, when the first instance is made. Until then, `inspect.signature` does not
know its parameters (docs/decisions/0026-dataclasses.md).
"""

from __future__ import annotations

import dataclasses
import operator
import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import (
    MISSING,
    Field,
    FrozenInstanceError,
    InitVar,
    asdict,
    field,
    fields,
    is_dataclass,
)
from dataclasses import replace as replace
from functools import cache
from types import CodeType, FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeVar, cast

__all__ = ["asdict", "dataclass", "field", "fields", "is_dataclass", "replace"]

ClassT = TypeVar("ClassT", bound=type)

_SHARED_OPTIONS: Final = {"frozen", "slots", "order"}
"""The options of classes that are made here. All others are left to the standard library."""

if TYPE_CHECKING:
    from dataclasses import dataclass

    class DataclassInstance(Protocol):
        __dataclass_fields__: ClassVar[dict[str, Field[object]]]


else:

    def dataclass(cls=None, /, **options):
        """Make a dataclass of a class, as `dataclasses.dataclass` does."""
        if cls is None:
            return lambda decorated: dataclass(decorated, **options)
        if options.keys() <= _SHARED_OPTIONS and not _has_init_var(cls):
            return _make(cls, **options)
        return dataclasses.dataclass(cls, **options)


def _has_init_var(cls: type) -> bool:
    hints = vars(cls).get("__annotations__", {}).values()
    return any("InitVar" in h if isinstance(h, str) else isinstance(h, InitVar) for h in hints)


def _make_fields(cls: ClassT, *, slots: bool) -> ClassT:
    """Return a dataclass without methods.

    The standard library searches each annotation that is a string three times. To save that, it
    gets a type instead, except for `ClassVar` and `KW_ONLY`.
    """
    make = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)
    hints = vars(cls).get("__annotations__", {})
    cls.__annotations__ = {name: _type_or_text(hint) for name, hint in hints.items()}
    made = cast(ClassT, make(cls))
    made.__annotations__ = hints
    for each in fields(made):
        each.type = hints.get(each.name, each.type)
    return made


def _type_or_text(hint: object) -> object:
    is_field = isinstance(hint, str) and "ClassVar" not in hint and "KW_ONLY" not in hint
    return object if is_field else hint


def _make(cls: ClassT, *, frozen: bool = False, slots: bool = False, order: bool = False) -> ClassT:
    if not frozen and getattr(cls, "__setattr__", None) is _refuse_setting:
        raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    # Python sets `__hash__` to None beside an `__eq__`.
    own = {name for name, value in vars(cls).items() if value is not None}
    if not cls.__doc__:
        # Otherwise the standard library writes the signature, which takes longer than the rest.
        cls.__doc__ = cls.__name__
    made = _make_fields(cls, slots=slots)
    _check_defaults(made)
    values = _values_of(f for f in fields(made) if f.compare)
    methods: dict[str, object] = {
        "__init__": _lazy_init(made),
        "__repr__": _repr,
        "__eq__": _compare_by(operator.eq, values),
        "__hash__": None,
    }
    if order:
        methods |= {f"__{name}__": _compare_by(test, values) for name, test in _ORDER.items()}
    if frozen:
        methods |= _FROZEN_METHODS
        methods["__hash__"] = _hash_by(
            _values_of(f for f in fields(made) if (f.compare if f.hash is None else f.hash))
        )
    if frozen and slots:
        methods |= _FROZEN_SLOTS_METHODS
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _check_defaults(cls: type) -> None:
    """Raise TypeError if a field without a default follows one with a default."""
    has_default = False
    for f in fields(cls):
        if not f.init or f.kw_only:
            continue
        if _is_optional(f):
            has_default = True
        elif has_default:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")


def _values_of(chosen: Iterable[Field[object]]) -> Callable[[object], object]:
    names = [f.name for f in chosen]
    return operator.attrgetter(*names) if names else _no_values


def _lazy_init(cls: type) -> Callable[..., None]:
    """Return an `__init__` that replaces itself with a compiled one when it is called."""

    def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807
        cls.__init__ = _compile_init(cls)  # type: ignore[misc]
        cls.__init__(self, *args, **kwargs)  # type: ignore[misc]

    return __init__


def _compile_init(cls: type) -> Callable[..., None]:
    given = [f for f in fields(cls) if f.init]
    positional = [f for f in given if not f.kw_only]
    named = [f for f in given if f.kw_only]
    others = [f for f in fields(cls) if not f.init and _is_optional(f)]
    parameters = (*positional, *named)
    code = _init_code(
        len(positional), len(named), len(others), ends_in_hook=hasattr(cls, "__post_init__")
    )
    setters = {f"_set_{i}": _setter(cls, f) for i, f in enumerate((*parameters, *others))}
    values = {f"_{i}": f.default for i, f in enumerate(others, len(parameters))}
    names = ("self", *(f.name for f in parameters))
    init = FunctionType(code.replace(co_varnames=names), setters | values)
    init.__defaults__ = tuple(f.default for f in positional if _is_optional(f))
    init.__kwdefaults__ = {f.name: f.default for f in named if _is_optional(f)}
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


@cache
def _init_code(positional: int, named: int, others: int, *, ends_in_hook: bool) -> CodeType:
    """Return the code of all `__init__` with as many parameters, which have numbers for names.

    Fields that are no parameters, the `others`, have the next numbers.
    """
    parameters = ["self", *(f"_{i}" for i in range(positional + named))]
    if named:
        parameters.insert(1 + positional, "*")
    lines = [f"_set_{i}(self, _{i})" for i in range(positional + named + others)]
    if ends_in_hook:
        lines.append("self.__post_init__()")
    scope: dict[str, FunctionType] = {}
    exec(f"def __init__({', '.join(parameters)}):\n {'; '.join(lines or ['pass'])}", scope)
    return scope["__init__"].__code__


def _is_optional(f: Field[object]) -> bool:
    """Return whether a field has a default: MISSING if a factory makes it."""
    return f.default is not MISSING or f.default_factory is not MISSING


def _setter(cls: type, f: Field[object]) -> Callable[[object, object], None]:
    """Return what sets a field: its slot, in half the time of `__setattr__`, if it has one."""
    name, make = f.name, f.default_factory
    slot = getattr(cls, name, None)
    set_value = slot.__set__ if isinstance(slot, MemberDescriptorType) else _set_by_name(name)
    if make is MISSING:
        return set_value
    return lambda self, value: set_value(self, make() if value is MISSING else value)


def _set_by_name(name: str) -> Callable[[object, object], None]:
    return lambda self, value: object.__setattr__(self, name, value)


def _compare_by(
    test: Callable[..., object], values: Callable[[object], object]
) -> Callable[[object, object], object]:
    def compare(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return test(values(self), values(other))

    return compare


def _hash_by(values: Callable[[object], object]) -> Callable[[object], int]:
    def __hash__(self: object) -> int:  # noqa: N807
        return hash(values(self))

    return __hash__


def _no_values(_instance: object) -> tuple[()]:
    return ()


@reprlib.recursive_repr()
def _repr(self: DataclassInstance) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _get_state(self: DataclassInstance) -> list[object]:
    return [getattr(self, f.name) for f in fields(self)]


def _set_state(self: DataclassInstance, state: Sequence[object]) -> None:
    for f, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, f.name, value)


def _refuse_setting(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_ORDER: Final = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
_FROZEN_METHODS: Final[dict[str, object]] = {
    "__setattr__": _refuse_setting,
    "__delattr__": _refuse_deletion,
}
_FROZEN_SLOTS_METHODS: Final[dict[str, object]] = {
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}
