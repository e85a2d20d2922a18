"""A step that could not be done says why in the language of whoever asked for it."""

from bpmn.expressions import compile_expression
from bpmn.expressions.errors import ExpressionError
from engine.errors import ProcessError
from kernel.errors import Message


def test_the_reason_is_told_in_the_persons_language() -> None:
    error = ProcessError("discount", "Discount?", Message("“%(text)s” is not a list.", text="rows"))
    assert str(error) == "The process could not go on at “Discount?”: “rows” is not a list. Nothing was changed."
    assert error.in_language("ru") == "Процесс не смог пройти «Discount?»: «rows» — не список. Ничего не изменилось."
    assert error.details == {"element_id": "discount", "reason": "“rows” is not a list."}


def test_the_error_of_an_expression_is_a_reason() -> None:
    try:
        compile_expression("'a' + 1").evaluate({})
    except ExpressionError as wrong:
        told = ProcessError("discount", "Discount?", wrong).in_language("ru")
    assert told.startswith("Процесс не смог пройти «Discount?»: «'a' + 1»")
    assert "cannot" not in told
