"""The same work as most people would do it today: LangChain, Chroma, ChatLlamaCpp and a JSON schema.

    python -m benchmarks.langchain_way STEP SHOP [MODEL [THREADS]]

Written as the documentation of LangChain says, with the settings of its examples; every step runs in a process of its
own and prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_community.chat_models import ChatLlamaCpp
from langchain_core.messages import convert_to_messages
from langchain_core.prompts import ChatPromptTemplate
from pydantic import BaseModel, Field

from benchmarks.bench_shop import CANDIDATES, BenchShop
from benchmarks.chats import CHATS, MOST_TOKENS, QUESTIONS, briefing
from benchmarks.published import chroma_model
from benchmarks.scoring import WANTED, judge_answer, spread, summary
from newaisle.agent.learn.split import Case

_HISTORY_ROWS = 20  # of a customer's history, the latest
_EMBEDDED = 1_000
# As in ChatLlamaCpp's documentation, but for the context; the number of threads is left to its default.
_SETTINGS: dict[str, Any] = {"temperature": 0.0, "n_ctx": 4096, "n_batch": 200, "max_tokens": 512, "verbose": False}
_PROMPT = ChatPromptTemplate.from_messages(
    [
        (
            "system",
            "You recommend products of a shop. Choose the five candidates that suit the customer best, best first."
            " Copy item_id and title from the list of candidates, and give a reason of one sentence for each that"
            " refers to what the customer bought.",
        ),
        (
            "human",
            "The customer bought:\n{history}\n\nCandidates from {category}:\n{candidates}\n\nRecommend five of them.",
        ),
    ]
)


class Recommendation(BaseModel):
    """One recommended product."""

    item_id: str = Field(description="The candidate's item_id")
    title: str = Field(description="The candidate's title")
    reason: str = Field(description="Why it suits the customer, in one sentence")


class Recommendations(BaseModel):
    """Five recommended products, best first."""

    recommendations: list[Recommendation] = Field(min_length=WANTED, max_length=WANTED)


class DefaultEmbeddings:
    """The embedding function that Chroma uses when it is given none, as LangChain's `Embeddings`."""

    def __init__(self, folder: Path) -> None:
        from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

        ONNXMiniLM_L6_V2.DOWNLOAD_PATH = folder  # where it looks first, and downloads to
        self._function = ONNXMiniLM_L6_V2()
        self._function._download_model_if_not_exists = lambda: None  # type: ignore[method-assign]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self._function(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class CountingModel:
    """ChatLlamaCpp, with a count of the tokens that its llama.cpp evaluates."""

    def __init__(self, file: Path, threads: int | None) -> None:
        more: dict[str, Any] = {} if threads is None else {"n_threads": threads}
        self.chat: Any = ChatLlamaCpp(model_path=str(file), **_SETTINGS, **more)
        self.evaluated = 0
        evaluate = self.chat.client.eval

        def counted(tokens: Sequence[int]) -> None:
            self.evaluated += len(tokens)
            evaluate(tokens)

        self.chat.client.eval = counted


def open_store(shop: BenchShop) -> Any:
    embeddings: Any = DefaultEmbeddings(chroma_model(shop.published))
    return Chroma(collection_name="products", embedding_function=embeddings, persist_directory=str(shop.chroma))


def ingest(shop: BenchShop) -> dict[str, Any]:
    """`add_texts` of the whole catalogue; neither loading nor the embedder's first call counts."""
    store = open_store(shop)
    store.embeddings.embed_query("warm")
    rows = shop.products()
    texts = [_text(row) for row in rows.values()]
    metadatas = [
        {key: row[key] for key in ("item_id", "title", "brand", "category") if key in row} for row in rows.values()
    ]
    start = time.perf_counter()
    store.add_texts(texts, metadatas=metadatas, ids=list(rows))
    return {"rows": len(rows), "seconds": time.perf_counter() - start}


def embed(shop: BenchShop) -> dict[str, Any]:
    """Texts embedded, titles alone."""
    embeddings = DefaultEmbeddings(chroma_model(shop.published))
    titles = [row["title"] for row in shop.products().values()][:_EMBEDDED]
    embeddings.embed_query("warm")
    start = time.perf_counter()
    embeddings.embed_documents(titles)
    return {"texts": len(titles), "seconds": time.perf_counter() - start}


def answers(shop: BenchShop, model: CountingModel) -> dict[str, Any]:
    """An explained recommendation for every case."""
    store, rows = open_store(shop), shop.products()
    chain: Any = _PROMPT | model.chat.with_structured_output(Recommendations, include_raw=True)
    seconds, judged, generated, examples = [], [], 0, []
    for case in shop.cases():
        start = time.perf_counter()
        try:
            result = chain.invoke(_inputs(case, store, rows))
        except ValueError as exc:  # llama-cpp-python's word for a prompt that is too long
            result = {"raw": None, "parsed": None, "parsing_error": exc}
        seconds.append(time.perf_counter() - start)
        parsed = result["parsed"].recommendations if isinstance(result["parsed"], Recommendations) else []
        judged.append(judge_answer([one.item_id for one in parsed], [one.reason for one in parsed], case))
        generated += _generated(model, result["raw"])
        examples.append(str(result["parsing_error"] or [one.item_id for one in parsed])[:200])
    return {
        "seconds": spread(seconds),
        "evaluated": (model.evaluated - generated) / len(seconds),
        "generated": generated / len(seconds),
        **summary(judged),
        "examples": examples[:3],
    }


def chat(shop: BenchShop, model: CountingModel) -> dict[str, Any]:
    """Seconds to the first token of the answer, in two turns of each chat."""
    rows = shop.products()
    turns: list[list[float]] = []
    for case in shop.cases()[:CHATS]:
        messages = convert_to_messages([("system", briefing(case, rows)), ("human", QUESTIONS[0])])
        first, said = _first_token(model, messages)
        second, _ = _first_token(model, [*messages, *convert_to_messages([("ai", said), ("human", QUESTIONS[1])])])
        turns.append([first, second])
    return {"turns_s": turns}


def _first_token(model: CountingModel, messages: Sequence[Any]) -> tuple[float, str]:
    start, first, said = time.perf_counter(), 0.0, ""
    for chunk in model.chat.bind(max_tokens=MOST_TOKENS).stream(list(messages)):
        if chunk.content and not said:
            first = time.perf_counter() - start
        said += str(chunk.content)
    return first, said


def _inputs(case: Case, store: Any, rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    """What the prompt is filled with: the candidates are retrieved, as near to the history as the store finds them."""
    bought = [rows[item_id]["title"] for item_id in case.history[-_HISTORY_ROWS:]]
    retriever = store.as_retriever(
        search_kwargs={"k": CANDIDATES, "filter": {"item_id": {"$in": list(case.candidates)}}}
    )
    found = retriever.invoke("\n".join(bought))
    return {
        "history": "\n".join(f"- {title}" for title in bought),
        "category": case.category,
        "candidates": "\n".join(f"- {one.metadata['item_id']}: {one.metadata['title']}" for one in found),
    }


def _generated(model: CountingModel, raw: Any) -> int:
    """Tokens of an answer, its text tokenized again."""
    if raw is None:
        return 0
    calls = raw.additional_kwargs.get("tool_calls") or []
    text = "".join(call["function"]["arguments"] for call in calls) or str(raw.content)
    return len(model.chat.client.tokenize(text.encode(), add_bos=False))


def _text(row: dict[str, Any]) -> str:
    return ". ".join(str(row[key]) for key in ("title", "brand", "category", "description") if row.get(key))


def main(step: str, shop: BenchShop, file: str | None = None, threads: str | None = None) -> dict[str, Any]:
    if file is None:
        return {"ingest": ingest, "embed": embed}[step](shop)
    model = CountingModel(Path(file), int(threads) if threads else None)
    return {"answers": answers, "chat": chat}[step](shop, model)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], BenchShop(Path(sys.argv[2])), *sys.argv[3:])))
