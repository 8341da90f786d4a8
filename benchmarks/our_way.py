"""newaisle's side of the comparison.

    python -m benchmarks.our_way STEP SHOP MODELS [MODEL_FILE]

Every step runs in a process of its own and prints JSON. Customers, candidates and model files are those of the other
side; an answer goes the whole way of `newaisle recommend --candidates`, embedding of the 20 candidates included.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench_shop import BenchShop
from benchmarks.chats import CHATS, MOST_TOKENS, QUESTIONS, briefing
from benchmarks.scoring import WANTED, judge_answer, spread, summary
from newaisle.agent.learn.split import Case
from newaisle.agent.llm.base import Ask
from newaisle.agent.llm.engine import LlamaEngine
from newaisle.agent.recommend import recommend, usual_language
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.parts import Parts
from newaisle.agent.shop.session import open_parts
from newaisle.agent.wording.template_inputs import rank_input
from newaisle.prompts.library import load_template
from newaisle.prompts.messages import Message, Part, Role

_SCORED = 3  # customers whose candidates are scored
_EMBEDDED = 1_000


def answers(shop: BenchShop, settings: Settings, file: Path | None) -> dict[str, Any]:
    """An explained recommendation for every case, the model loaded before the first.

    What is used for the first time is loaded within the first answer, so shares of time are those of the others.
    """
    seconds, judged, phrased = [], [], []
    with (
        _parts(shop, settings, file) as (parts, engine),
        _llama_seconds() as llama,
        _embedder_seconds(parts) as embedder,
    ):
        queries = [_query(case, parts) for case in shop.cases()]
        parts.index()
        for case, query in zip(shop.cases(), queries, strict=True):
            start = time.perf_counter()
            answer = recommend(query, parts, wording="on")
            seconds.append(time.perf_counter() - start)
            if len(seconds) == 1:
                llama.seconds = embedder.seconds = 0.0
            chosen = answer.recommendations
            judged.append(judge_answer([one.item_id for one in chosen], [one.explanation.text for one in chosen], case))
            phrased.append(sum(one.explanation.source == "llm" for one in chosen))
    following = sum(seconds[1:])
    whole = [spent for spent, count in zip(seconds[1:], phrased[1:], strict=True) if count == WANTED]
    return {
        "seconds": spread(seconds),
        "evaluated": engine.usage.evaluated / len(seconds),
        "generated": engine.usage.generated / len(seconds),
        "phrased": sum(phrased) / len(phrased),
        "all_phrased_s": median(whole) if whole else None,
        "outside_llama_share": 1 - llama.seconds / following,
        "python_share": 1 - (llama.seconds + embedder.seconds) / following,
        "model": engine.name,
        **summary(judged),
    }


def score(shop: BenchShop, settings: Settings, file: Path | None) -> dict[str, Any]:
    """20 titles after the `rank` prompt of a customer that the engine does not know: at once, and one prompt each.

    For the latter a fresh engine is made for every candidate, so nothing is reused; making it does not count.
    """
    with _parts(shop, settings, file) as (parts, engine):
        asked = [_rank_prompt(_query(case, parts), parts) for case in shop.cases()[: _SCORED + 1]]
        together = [_seconds(partial(engine.score, *one)) for one in asked][1:]  # the first allocates
    apart = []
    for prompt, titles in asked[1:]:
        spent = 0.0
        for title in titles:
            with _engine(settings, file) as fresh:
                spent += _seconds(partial(fresh.score, prompt, [title]))
        apart.append(spent)
    scored = sum(len(titles) for _, titles in asked[1:])
    return {"scored": scored, "together_s": sum(together), "apart_s": sum(apart)}


def prefix(shop: BenchShop, settings: Settings, file: Path | None) -> dict[str, Any]:
    """What a second request for the same customer evaluates again of its prompts' shared beginnings.

    Both requests are ranked by likelihood and explained; the second is for three products instead of five, and then,
    as a third, with half of the candidates gone.
    """
    seconds: dict[str, list[tuple[int, int]]] = {"for three": [], "of half the candidates": []}
    with _parts(shop, settings, file) as (parts, engine):
        hold, held = engine._prefixes.hold, seconds["for three"]

        def counted(tokens: Any) -> int:
            reused = hold(tokens)
            held.append((len(tokens), reused))
            return reused

        engine._prefixes.hold = counted  # type: ignore[method-assign]
        for case in shop.cases()[: _SCORED + 1]:
            query, held = _query(case, parts), []
            recommend(query, parts, llm_rank="on", wording="on")
            held = seconds["for three"]
            recommend(replace(query, k=3), parts, llm_rank="on", wording="on")
            held = seconds["of half the candidates"]
            recommend(replace(query, candidates=(query.candidates or ())[::2]), parts, llm_rank="on", wording="on")
    return {
        name: {"prefix_tokens": sum(length for length, _ in counts), "reused_tokens": sum(kept for _, kept in counts)}
        for name, counts in seconds.items()
    }


def chat(shop: BenchShop, settings: Settings, file: Path | None) -> dict[str, Any]:
    """Seconds to the first token of the answer, in two turns of each chat."""
    rows, turns = shop.products(), []
    with _engine(settings, file) as engine:
        for case in shop.cases()[:CHATS]:
            messages = [_message("system", briefing(case, rows)), _message("user", QUESTIONS[0])]
            first, said = _first_token(engine, messages)
            messages += [_message("assistant", said), _message("user", QUESTIONS[1])]
            second, _ = _first_token(engine, messages)
            turns.append([first, second])
    return {"turns_s": turns}


def embed(shop: BenchShop, settings: Settings, _file: Path | None) -> dict[str, Any]:
    """Texts embedded, titles alone."""
    from newaisle.agent.shop.backends import load_embedder

    embedder = load_embedder(settings)
    titles = [row["title"] for row in shop.products().values()][:_EMBEDDED]
    embedder.embed(titles[:1])
    return {"texts": len(titles), "seconds": _seconds(lambda: embedder.embed(titles)), "embedder": embedder.name}


def _first_token(engine: LlamaEngine, messages: list[Message]) -> tuple[float, str]:
    shown: list[float] = []
    start = time.perf_counter()
    ask = Ask(prompt=messages, max_tokens=MOST_TOKENS)
    (answer,) = engine.generate([ask], on_text=lambda _index, _text: shown.append(time.perf_counter() - start))
    return shown[0], answer.text


def _message(role: Role, text: str) -> Message:
    return Message(role, (Part(text, is_data=True),))


def _query(case: Case, parts: Parts) -> Query:
    products = list(parts.ledger.products(case.candidates).values())
    return Query(user_id=case.user_id, category=case.category, k=WANTED, candidates=products)


def _rank_prompt(query: Query, parts: Parts) -> tuple[list[Message], list[str]]:
    context = Retriever.of(parts).find(query)
    template = load_template("rank", language=usual_language(context), folder=None)
    return list(template.render(rank_input(context, ""))), [product.title for product in context.case.candidates]


@contextmanager
def _parts(shop: BenchShop, settings: Settings, file: Path | None) -> Iterator[tuple[Parts, LlamaEngine]]:
    """The parts of an answer from the shop, with an engine of this file or of the default model."""
    settings.home = shop.home
    with open_parts(settings) as parts, _engine(settings, file) as engine:
        yield (
            Parts(
                ledger=parts.ledger,
                embedder_name=parts.embedder_name,
                embedder=parts.embedder,
                index=parts.index,
                model=lambda: engine,
            ),
            engine,
        )


@contextmanager
def _engine(settings: Settings, file: Path | None) -> Iterator[LlamaEngine]:
    """As `newaisle` opens it, after its trial."""
    from newaisle.agent.llm.trial import open_engine

    path = file or settings.model_cache.path(settings.language_models[0])
    with open_engine(path, state_folder=settings.models) as engine:
        assert isinstance(engine, LlamaEngine)
        yield engine


class _Clock:
    """Seconds spent inside some functions."""

    seconds = 0.0

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*values: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*values, **named)
            finally:
                self.seconds += time.perf_counter() - start

        return run


@contextmanager
def _llama_seconds() -> Iterator[_Clock]:
    """Time llama.cpp's evaluation, which includes waiting for its logits."""
    from newaisle.agent.llm.native import load_library

    library, clock = load_library(), _Clock()
    calls = {name: getattr(library, name) for name in ("llama_decode", "llama_get_logits")}
    for name, call in calls.items():
        setattr(library, name, clock.timed(call))
    try:
        yield clock
    finally:
        for name, call in calls.items():
            setattr(library, name, call)


@contextmanager
def _embedder_seconds(parts: Parts) -> Iterator[_Clock]:
    """Time the embedder: its tokenizer and onnxruntime, with the little Python between them."""
    embedder, clock = parts.embedder(), _Clock()
    embedder.embed = clock.timed(embedder.embed)  # type: ignore[method-assign]
    yield clock


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


STEPS = {"answers": answers, "score": score, "prefix": prefix, "chat": chat, "embed": embed}


def main(step: str, shop: str, models: str, file: str | None = None) -> dict[str, Any]:
    return STEPS[step](BenchShop(Path(shop)), Settings(models=Path(models)), Path(file) if file else None)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
