"""The dataclasses of `core.dataclasses` behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import operator
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from cioform.core.dataclasses import dataclass

T = TypeVar("T")


def _classes(decorate: Callable[..., Any]) -> dict[str, Any]:
    """Return classes that use everything that a dataclass can have."""

    @decorate(frozen=True, slots=True)
    class Plain:
        """A point."""

        x: int
        y: str = "north"
        KINDS: ClassVar[int] = 3

    @decorate(frozen=True)
    class Fields(Generic[T]):
        always: T
        made: list[int] = dataclasses.field(default_factory=list, hash=False)
        quiet: int = dataclasses.field(default=1, repr=False, compare=False)
        named: str = dataclasses.field(default="n", kw_only=True)
        needed: str = dataclasses.field(kw_only=True)
        late: int = dataclasses.field(init=False)
        later: list[int] = dataclasses.field(init=False, default_factory=list, hash=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "late", 7)

    @decorate(frozen=True, slots=True)
    class Filled:
        key: int
        kind: str = dataclasses.field(init=False, default="filled")

    @decorate(frozen=True)
    class Given:
        key: int
        twice: dataclasses.InitVar[int] = 2  # type: ignore[assignment]

    @decorate(frozen=True, slots=True)
    class Heir(Plain):
        z: float = 0.5

    @decorate(frozen=True, slots=True)
    class Own:
        value: object = None

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self))

        def __repr__(self) -> str:
            return "own"

    @decorate(frozen=True, slots=True)
    class Empty:
        pass

    @decorate(frozen=True, order=True, slots=True)
    class Ordered:
        rank: int
        name: str = dataclasses.field(default="", compare=False)

    @decorate(slots=True)
    class Open:
        count: int = 0
        found: list[int] = dataclasses.field(default_factory=list)

    @decorate
    class OpenWithHash:
        count: int = 0

        def __hash__(self) -> int:
            return 7

    classes = (Plain, Fields, Filled, Given, Heir, Own, Empty, Ordered, Open, OpenWithHash)
    return {c.__name__: c for c in classes}


STANDARD = _classes(dataclasses.dataclass)
OURS = _classes(dataclass)


@dataclass(frozen=True, slots=True)
class Pickled:
    x: int
    y: tuple[str, ...] = ()


CALLS: list[tuple[str, tuple[object, ...], dict[str, object]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, "south"), {}),
    ("Plain", (), {"y": "east", "x": 2}),
    ("Plain", ([],), {}),
    ("Fields", (1,), {"needed": "yes"}),
    ("Fields", (None, [1], 2), {"needed": "yes", "named": "m"}),
    ("Fields", (1, [2], 3), {"needed": "yes"}),
    ("Filled", (1,), {}),
    ("Given", (1, 3), {}),
    ("Heir", (1, "south", 2.5), {}),
    ("Own", (), {}),
    ("Own", ("v",), {}),
    ("Empty", (), {}),
    ("Ordered", (1,), {}),
    ("Ordered", (1, "first"), {}),
    ("Ordered", (2,), {}),
    ("Open", (), {}),
    ("Open", (1, [2]), {}),
    ("OpenWithHash", (3,), {}),
]
MUTABLE = ("Open", "OpenWithHash")


WRONG_CALLS: list[tuple[str, tuple[object, ...], dict[str, object]]] = [
    ("Plain", (), {}),
    ("Plain", (1, "s", 3), {}),
    ("Plain", (1,), {"w": 1}),
    ("Fields", (1,), {}),
    ("Fields", (1,), {"needed": "", "late": 1}),
    ("Filled", (1, "other"), {}),
    ("Empty", (1,), {}),
]


def _result(act: Callable[[], object]) -> object:
    try:
        return act()
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize(("name", "args", "named"), CALLS)
def test_instances_are_the_same(name, args, named):
    standard, ours = (classes[name](*args, **named) for classes in (STANDARD, OURS))
    for act in (
        repr,
        lambda it: _result(lambda: hash(it) and None),
        lambda it: repr(_result(lambda: dataclasses.asdict(it))),
        lambda it: it == copy.deepcopy(it),
        lambda it: it == dataclasses.replace(it) if name != "Fields" else None,
        lambda it: it == object(),
    ):
        assert act(ours) == act(standard)
    for attribute in () if name in MUTABLE else ("x", "unknown"):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"field '{attribute}'"):
            setattr(ours, attribute, 2)
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"field '{attribute}'"):
            delattr(ours, attribute)
    assert [ours == OURS[n](*a, **k) for n, a, k in CALLS] == [
        standard == STANDARD[n](*a, **k) for n, a, k in CALLS
    ]


@pytest.mark.parametrize(("name", "args", "named"), WRONG_CALLS)
def test_wrong_calls_are_refused_in_the_same_words(name, args, named):
    standard = _result(lambda: STANDARD[name](*args, **named))
    ours = _result(lambda: OURS[name](*args, **named))
    assert str(ours) == str(standard)
    assert isinstance(ours, tuple)


def test_instances_can_be_pickled():
    assert pickle.loads(pickle.dumps(Pickled(1, ("a",)))) == Pickled(1, ("a",))


def test_equal_instances_have_one_hash_and_only_a_class_with_instances_is_compiled():
    @dataclass(frozen=True, slots=True)
    class Point:
        x: int

    before = Point.__init__
    assert {Point(1), Point(1), Point(2)} == {Point(1), Point(2)}
    assert Point.__init__ is not before
    assert Point.__match_args__ == ("x",)


@pytest.mark.parametrize("name", OURS)
def test_classes_have_the_same_order_or_none(name):
    calls = [(args, named) for each, args, named in CALLS if each == name]
    standard, ours = (
        [classes[name](*args, **named) for args, named in calls] for classes in (STANDARD, OURS)
    )
    for test in (operator.lt, operator.le, operator.gt, operator.ge):
        assert _results(test, ours) == _results(test, standard)
    assert ours[0].__lt__(1) is NotImplemented


def _results(test: Callable[[Any, Any], bool], instances: list[Any]) -> list[str]:
    return [str(_result(partial(test, a, b))) for a in instances for b in instances]


@pytest.mark.parametrize("name", MUTABLE)
def test_classes_that_are_not_frozen_can_be_changed(name):
    ours = OURS[name](1)
    ours.count += 1
    assert ours == OURS[name](2)
    assert (OURS[name].__hash__ is None) == (STANDARD[name].__hash__ is None)


def _defaults_first(decorate: Callable[..., Any]) -> None:
    @decorate(frozen=True)
    class Wrong:
        x: int = 0
        y: int


def _thaw(decorate: Callable[..., Any]) -> None:
    @decorate(frozen=True)
    class Base:
        x: int

    @decorate
    class Heir(Base):
        y: int


@pytest.mark.parametrize("declare", [_defaults_first, _thaw])
def test_wrong_classes_are_refused(declare):
    for decorate in (dataclasses.dataclass, dataclass):
        with pytest.raises(TypeError, match=r"follows default argument|cannot inherit non-frozen"):
            declare(decorate)


def test_an_instance_that_contains_itself_can_be_shown():
    knot = OURS["Open"](1)
    knot.found.append(knot)
    assert repr(knot).endswith("Open(count=1, found=[...])")


def test_other_options_are_those_of_the_standard_library():
    @dataclass(kw_only=True)
    class Counter:
        count: int = 0

    assert Counter(count=1) == Counter(count=1)
    with pytest.raises(TypeError):
        Counter(1)  # type: ignore[call-arg]
