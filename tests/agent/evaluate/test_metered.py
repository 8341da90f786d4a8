"""What a model's work takes is added up, by the model's own count where it keeps one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newaisle.agent.evaluate.metered import Metered
from newaisle.agent.llm.base import Ask, Generated
from newaisle.agent.llm.engine import Usage
from newaisle.testing import ScriptedModel, asks, chat


class Counting(ScriptedModel):
    """Says, as a local engine does, how many tokens it evaluated."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.usage = Usage(evaluated=1000)

    def generate(self, asks: Sequence[Ask], **more: Any) -> list[Generated]:
        self.usage.evaluated += 7
        return super().generate(asks, **more)


PROMPTS = [chat(("user", "one two three")), chat(("user", "four"))]


def test_all_tokens_of_the_prompts_and_the_answers_are_added_up() -> None:
    metered = Metered(ScriptedModel(["a b", "c"]))
    assert [one.text for one in metered.generate(asks(*PROMPTS))] == ["a b", "c"]
    assert (metered.spent.evaluated, metered.spent.generated) == (4 + 2, 3)
    assert metered.spent.seconds > 0


def test_what_is_scored_is_evaluated_too() -> None:
    metered = Metered(ScriptedModel())
    metered.score(PROMPTS[0], ["a b c", "d"])
    assert (metered.spent.evaluated, metered.spent.generated) == (4 + 4, 0)


def test_a_model_that_counts_itself_is_believed() -> None:
    metered = Metered(Counting(["a"]))
    metered.generate(asks(PROMPTS[0]))
    assert (metered.spent.evaluated, metered.spent.generated) == (7, 1)


def test_it_is_in_all_else_the_model_that_it_counts() -> None:
    model = ScriptedModel(name="small", languages=("zh",), parameters=5, context_size=99)
    model.can_score = False
    metered = Metered(model)
    assert (metered.name, metered.parameters, metered.context_size, metered.can_score) == ("small", 5, 99, False)
    assert (metered.supports("zh"), metered.supports("en")) == (True, False)
    assert metered.count_tokens(PROMPTS[0]) == 4
    metered.close()
    assert model.closed
