"""What the code that reads a model's answers says to one, with nothing but the inputs of the template to go by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from newaisle.agent.chat.by_model import reread
from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.evaluate.fact_reading import evidence_of
from newaisle.agent.llm.base import Finish
from newaisle.agent.rank.by_model import places
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.agent.wording.phrase import STYLES
from newaisle.languages import Language
from newaisle.prompts.inputs import ExplainInput, ListwiseInput, TurnInput
from newaisle.store.rows import PATH_SEPARATOR, Product

Judge = Callable[[str, Finish], str | None]
_NOTHING = ("nothing", "无")


def judge_of(name: str, language: Language, inputs: BaseModel, folder: Path | None = None) -> Judge | None:
    """What says why an answer to the prompt `name` is of no use, in a few words, or None where it is of use.

    None where no code can tell: of the other prompts, and of explanations of facts that are no sentences of newaisle.
    folder: of the user's own phrases.
    """
    if isinstance(inputs, ExplainInput):
        evidence = evidence_of(inputs, language, STYLES[name], folder)
        return None if evidence is None else partial(_explanation, evidence)
    if isinstance(inputs, ListwiseInput):
        return partial(_order, len(inputs.candidates))
    return partial(_reading, inputs) if isinstance(inputs, TurnInput) else None


def _explanation(evidence: TextEvidence, answer: str, finish: Finish) -> str | None:
    return problem(answer, finish, evidence)


def _order(count: int, answer: str, finish: Finish) -> str | None:  # noqa: ARG001 - an order that was cut off is one
    return "it puts no two products in order" if places(answer, range(count)) is None else None


def _reading(inputs: TurnInput, answer: str, finish: Finish) -> str | None:  # noqa: ARG001 - lines are read one by one
    """A turn's answer is of use where a line of it is read, or where it says that there is nothing to read."""
    vocabulary = Vocabulary.of_products(
        [
            Product(item_id="", title=inputs.turn, category=tuple(path.split(PATH_SEPARATOR)))
            for path in inputs.categories
        ]
        + [Product(item_id="", title=inputs.turn, brand=brand) for brand in inputs.brands]
    )
    known = reread(Intent(unread=(inputs.turn,)), inputs.turn, "\n".join(inputs.understood), vocabulary)
    intent = known.model_copy(update={"unread": tuple(inputs.unread)})
    is_nothing = answer.strip(" .。\n").casefold() in _NOTHING
    if is_nothing or reread(intent, inputs.turn, answer, vocabulary) != intent:
        return None
    return "no line of it can be read"
