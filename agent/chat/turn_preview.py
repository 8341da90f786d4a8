"""Preview of any prompt, that about a turn of a chat too: the very messages that a language model gets."""

from __future__ import annotations

from newaisle.agent.chat.by_model import TEMPLATE, is_open, turn_input
from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.preview import Preview, filled
from newaisle.agent.why.preview import preview as preview_answer
from newaisle.errors import RequestError
from newaisle.store.words import is_chinese


def preview(name: str, query: Query, parts: Parts, *, place: int = 1, turn: str = "") -> Preview:
    """As `agent.why.preview.preview`; of the prompt `turn` it is about what is said in `turn`."""
    return preview_turn(turn, parts) if name == TEMPLATE else preview_answer(name, query, parts, place=place)


def preview_turn(turn: str, parts: Parts) -> Preview:
    """What a model gets about a turn; raises RequestError for one that is put to no model, and PromptError."""
    if not turn.strip():
        raise RequestError("this prompt is about something that is said in a chat: give it with --turn TEXT")
    vocabulary = Vocabulary.of(parts.ledger)
    intent = read_turn(turn, vocabulary)
    if not is_open(intent):
        raise RequestError("the rules read all of this turn, so that no model is asked about it: try another")
    return filled(TEMPLATE, "zh" if is_chinese(turn) else "en", turn_input(intent, turn, vocabulary), parts)
