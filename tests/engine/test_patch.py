"""Patches change what they say, nothing else, and go back."""

from __future__ import annotations

from functools import cached_property, lru_cache

import pytest

from tests.engine.patch import PatchError, Replacement, applied, edit


def double(number: int) -> int:
    """Twice the number."""
    result = number * 2  # a comment
    if result > 10:
        return 10
    return result


@lru_cache
def remembered(number: int) -> int:
    return number + 1


class Holder:
    constant = 1

    @property
    def read(self) -> int:
        return 1

    @cached_property
    def kept(self) -> int:
        return 1

    @staticmethod
    def static() -> int:
        return 1


HELD = [double]


def test_an_expression_is_exchanged_wherever_the_function_is_held() -> None:
    with applied([edit(double, ("number*2", "number * 3"))]):
        assert (double(2), HELD[0](2)) == (6, 6)
    assert double(2) == 4


def test_statements_are_exchanged_by_their_meaning() -> None:
    with applied([edit(double, ("if result > 10:\n    return 10\nreturn result", "return -result"))]):
        assert double(2) == -4


def test_several_changes_of_one_function() -> None:
    with applied([edit(double, ("number * 2", "number * 3"), ("return 10", "return 99"))]):
        assert (double(2), double(50)) == (6, 99)


def test_functions_behind_caches_properties_and_static_methods() -> None:
    patches = [
        edit(remembered, ("number + 1", "number + 2")),
        edit(Holder.read, ("return 1", "return 2")),
        edit(Holder.__dict__["kept"], ("return 1", "return 2")),
        edit(Holder.static, ("return 1", "return 2")),
    ]
    with applied(patches):
        assert (remembered.__wrapped__(1), Holder().read, Holder().kept, Holder.static()) == (3, 2, 2, 2)
    assert (remembered.__wrapped__(1), Holder().read, Holder().kept, Holder.static()) == (2, 1, 1, 1)


def test_constants_and_members_of_tables() -> None:
    table = {"a": 1}
    with applied([Replacement(Holder, "constant", 2), Replacement(table, "a", 2)]):
        assert (Holder.constant, table) == (2, {"a": 2})
    assert (Holder.constant, table) == (1, {"a": 1})


@pytest.mark.parametrize("text", ["number * 4", "result"])
def test_what_is_not_there_exactly_once_is_refused_and_named(text: str) -> None:
    with pytest.raises(PatchError, match=r"double has \d places"), applied([edit(double, (text, "0"))]):
        pass
    assert double(2) == 4


@pytest.mark.parametrize("patch", [Replacement(Holder, "missing", 1), Replacement({}, "missing", 1)])
def test_what_is_missing_is_refused(patch: Replacement) -> None:
    with pytest.raises(PatchError, match="missing"), applied([patch]):
        pass


def test_a_function_is_edited_once_only() -> None:
    with pytest.raises(PatchError, match="one edit"), applied([edit(double, ("number * 2", "9"))] * 2):
        pass
    assert double(50) == 10


def test_a_patch_that_does_not_fit_takes_back_those_before_it() -> None:
    with pytest.raises(PatchError), applied([edit(double, ("number * 2", "0")), edit(remembered, ("nowhere", "0"))]):
        pass
    assert double(2) == 4


def test_what_the_server_remembered_is_forgotten() -> None:
    from reference_server import numbers

    right = numbers.normalise("1.0")
    with applied([edit(numbers._normalise, ("raise ValidationException(messages.NUMBER_DIGITS)", "pass"))]):
        assert numbers._normalise.cache_info().currsize == 0
        numbers.normalise("2.0")
    assert numbers._normalise.cache_info().currsize == 0
    assert numbers.normalise("1.0") == right


def test_a_closure_cannot_be_edited() -> None:
    outer = 1

    def inner() -> int:
        return outer + 1

    with pytest.raises(PatchError, match="closure"), applied([edit(inner, ("outer + 1", "outer + 2"))]):
        pass
