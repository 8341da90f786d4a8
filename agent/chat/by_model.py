"""What the rules left unread of a turn, read by a language model.

The model answers in a few lines of a fixed form (`category: NAME`, `without: WORDS`, `small talk`). Code takes of them
what is a name of the catalogue or stands in the turn, under keys that it knows, and leaves the rest: nothing that the
rules have read is changed, and no price, place or product can come from a model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from newaisle.agent.chat.intent import Intent, Relation
from newaisle.agent.chat.reading.text import LONGEST, normal
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.shop.parts import Parts
from newaisle.errors import LanguageModelError, ModelError
from newaisle.languages import Language
from newaisle.prompts.inputs import TurnInput
from newaisle.prompts.library import load_template
from newaisle.prompts.template import Template
from newaisle.store.rows import PATH_SEPARATOR
from newaisle.store.words import is_chinese, words

TEMPLATE = "turn"
_ENOUGH_PARAMETERS = 3_000_000_000
_DEADLINE = 2.0  # seconds of a turn that the model may take
_MAX_TOKENS = 24
_LINES = 6  # of an answer that are read: no turn says more, and a server may not keep to the limit
_CATEGORIES, _BRANDS = 24, 12  # names that a prompt lists
_KEYS = {
    **dict.fromkeys(("category", "品类", "类目"), "category"),
    **dict.fromkeys(("brand", "品牌"), "brands"),
    **dict.fromkeys(("not brand", "不要品牌"), "not_brands"),
    **dict.fromkeys(("with", "要"), "words"),
    **dict.fromkeys(("without", "不要"), "exclude"),
}
_RELATIONS: dict[str, Relation] = {
    **dict.fromkeys(("cheaper", "更便宜"), "cheaper"),
    **dict.fromkeys(("dearer", "更贵"), "dearer"),
    **dict.fromkeys(("different", "换一批"), "different"),
}
_SMALL_TALK = ("small talk", "闲聊")
_LIKE = 60  # of 100, how much a brand must be written like what was said
_MARKS = " \t-*•.,;。，；\"'“”「」"
_BETWEEN = re.compile(r"[,，、;；]")


def reader(parts: Parts, vocabulary: Vocabulary) -> Callable[[str, Intent], Intent]:
    """What puts turns that were not read whole to the model of `parts`, which is opened when there is the first one."""

    def read(turn: str, intent: Intent) -> Intent:
        if parts.model is None or not is_open(intent):
            return intent
        with suppress(ModelError, LanguageModelError):
            return refined(intent, turn, parts.model(), vocabulary, prompts_folder=parts.prompts_folder)
        return intent

    return read


def refined(
    intent: Intent,
    turn: str,
    model: LanguageModel | None,
    vocabulary: Vocabulary,
    *,
    prompts_folder: Path | None = None,
) -> Intent:
    """The intent with what the model makes of its unread words; as it is where the model is not wanted, or fails.

    The model is asked once, and for two seconds at most. Raises PromptError for a template that cannot be used.
    """
    language: Language = "zh" if is_chinese(turn) else "en"
    if model is None or not is_open(intent) or not wanted(model, language):
        return intent
    template = load_template(TEMPLATE, language=language, folder=prompts_folder)
    with suppress(LanguageModelError):
        return reread(intent, turn, answer(intent, turn, model, vocabulary, template), vocabulary)
    return intent


def is_open(intent: Intent) -> bool:
    """Whether there is something for a model to read: in a wish; products and questions are for the rules alone."""
    return bool(intent.unread) and intent.act == "recommend"


def wanted(model: LanguageModel, language: Language) -> bool:
    """Whether turns in a language are put to this model; one that does not say its size is a server's, and large."""
    is_large = model.parameters is None or model.parameters >= _ENOUGH_PARAMETERS
    return is_large and model.supports(language)


def answer(intent: Intent, turn: str, model: LanguageModel, vocabulary: Vocabulary, template: Template) -> str:
    """What the model says of the unread words; a line that it was stopped in is left out.

    Raises LanguageModelError when the model fails.
    """
    ask = ask_of(template, turn_input(intent, turn, vocabulary), most=_MAX_TOKENS, continues=model.continues)
    (written,) = model.generate([ask], deadline=_DEADLINE)
    said = ask.start + written.text
    return said if written.finish == "stop" else said.rpartition("\n")[0]


def turn_input(intent: Intent, turn: str, vocabulary: Vocabulary) -> TurnInput:
    """The input of `turn`."""
    return TurnInput(
        categories=_nearest(intent.unread, vocabulary.categories.paths, _CATEGORIES),
        brands=_nearest(intent.unread, vocabulary.brands.names, _BRANDS),
        understood=_understood(intent, "zh" if is_chinese(turn) else "en"),
        turn=" ".join(turn[:LONGEST].split()),
        unread=list(intent.unread),
    )


def reread(intent: Intent, turn: str, said: str, vocabulary: Vocabulary) -> Intent:
    """The intent with what holds of a model's answer, line by line."""
    found = intent
    for line in said.splitlines()[:_LINES]:
        found = _with_line(found, line.strip(_MARKS), intent.unread, normal(turn), vocabulary)
    if found != intent:
        return found
    is_small_talk = any(line.strip(_MARKS).casefold() in _SMALL_TALK for line in said.splitlines()[:1])
    if is_small_talk and intent == Intent(unread=intent.unread):
        return Intent(act="small_talk")
    return intent


def _with_line(intent: Intent, line: str, unread: Sequence[str], turn: str, vocabulary: Vocabulary) -> Intent:
    relation = _RELATIONS.get(line.casefold())
    if relation and intent.relation is None:
        return intent.model_copy(update={"relation": relation, "unread": ()})
    key, _, value = line.replace("：", ":").partition(":")
    match _KEYS.get(" ".join(key.casefold().split())):
        case "category" if intent.category is None:
            if category := _category(value, vocabulary):
                return intent.model_copy(update={"category": category, "unread": ()})
        case ("brands" | "not_brands") as field:
            return _with_brands(intent, field, value, vocabulary)
        case ("words" | "exclude") as field:
            return _with_words(intent, field, value, unread, turn, vocabulary)
    return intent


def _category(said: str, vocabulary: Vocabulary) -> str | None:
    """The one category of that path or name."""
    key = _key(said)
    paths = vocabulary.categories.paths
    found = [path for path in paths if _key(path) == key] or [
        path for path in paths if _key(path.rpartition(PATH_SEPARATOR)[2]) == key
    ]
    return found[0] if len(found) == 1 else None


def _with_brands(intent: Intent, field: str, said: str, vocabulary: Vocabulary) -> Intent:
    keys = {_key(one) for one in (said, *_BETWEEN.split(said))}
    named = [name for name in vocabulary.brands.names if _key(name) in keys and _resembles(name, intent.unread)]
    new = tuple(name for name in named if name not in (*intent.brands, *intent.not_brands))
    return intent.model_copy(update={field: (*getattr(intent, field), *new), "unread": ()}) if new else intent


def _resembles(name: str, unread: Sequence[str]) -> bool:
    """Whether a brand may be what was said: it is written much like it, or in the other script."""
    from rapidfuzz import fuzz

    return any(
        is_chinese(name) != is_chinese(one) or fuzz.ratio(_key(name), _key(one)) >= _LIKE
        for one in (*unread, " ".join(unread))
    )


def _with_words(
    intent: Intent, field: str, said: str, unread: Sequence[str], turn: str, vocabulary: Vocabulary
) -> Intent:
    """With words of the turn that were unread; a word that no product has can be excluded and not asked for."""
    new: list[str] = []
    for value in map(_key, _BETWEEN.split(said)):
        is_new = value not in (*intent.words, *intent.exclude, *new)
        is_known = field == "exclude" or set(words(value)) <= vocabulary.frequencies(words(value)).keys()
        if value and is_new and is_known and _stands_in(value, turn) and _is_about(value, unread):
            new.append(value)
    left = tuple(one for one in intent.unread if not any(_is_about(value, [one]) for value in new))
    return intent.model_copy(update={field: (*getattr(intent, field), *new), "unread": left}) if new else intent


def _stands_in(value: str, turn: str) -> bool:
    """Whether it is said in the turn, as whole words where words are spaced."""
    return value in turn if is_chinese(value) else bool(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", turn))


def _is_about(value: str, unread: Iterable[str]) -> bool:
    return any(_stands_in(value, one) or _stands_in(one, value) for one in map(_key, unread))


def _key(text: str) -> str:
    return normal(text).strip(_MARKS)


def _nearest(unread: Sequence[str], names: Sequence[str], most: int) -> list[str]:
    """All the names of a small shop; of a large one those that resemble what was left unread."""
    if len(names) <= most:
        return list(names)
    from rapidfuzz import fuzz, process

    found = process.extract(" ".join(unread), names, scorer=fuzz.WRatio, limit=most)
    return sorted(name for name, _, _ in found)


def _understood(intent: Intent, language: Language) -> list[str]:
    """What was read, in the form of the answer."""
    said: list[str] = []
    for field, keys in (
        ("category", ("category", "品类")),
        ("brands", ("brand", "品牌")),
        ("not_brands", ("not brand", "不要品牌")),
        ("words", ("with", "要")),
        ("exclude", ("without", "不要")),
    ):
        value = getattr(intent, field)
        values = [value] if isinstance(value, str) else value or ()
        said += [f"{keys[0]}: {one}" if language == "en" else f"{keys[1]}：{one}" for one in values]
    return said
