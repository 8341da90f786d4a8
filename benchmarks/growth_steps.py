"""One step of the growth benchmark in a process of its own, so that its memory can be told: prints JSON.

python -m benchmarks.growth_steps build|answer HOME PRODUCTS
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.generated import new_category, write_shop
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.query import Query
from newaisle.store.embedders import HashEmbedder

if TYPE_CHECKING:
    from newaisle.agent.shop.parts import Parts

DIMENSIONS = 384  # as many as the default embedder's vectors have
ASKED = 30  # customers whose answers are timed
_NEAREST = 20  # products asked of Chroma
_SAID_EVERY = 100_000  # texts or records between two lines about the progress


def build(home: Path, products: int) -> dict[str, Any]:
    """Generate the shop's files, read them in, and say how long each stage took."""
    from newaisle.store.home import Home
    from newaisle.store.ingest import ingest
    from newaisle.store.shop import ReadOptions

    files = write_shop(home.parent / f"{home.name}.files", products)
    stages: dict[str, float] = {}
    said: dict[str, int] = {}
    latest = time.perf_counter()

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal latest
        now = time.perf_counter()
        stages[stage] = stages.get(stage, 0.0) + now - latest
        latest = now
        if stage in ("embed", "index") and done // _SAID_EVERY > said.get(stage, 0):
            said[stage] = done // _SAID_EVERY
            print(f"{stage} {done:,} of {total:,}", file=sys.stderr, flush=True)

    start = time.perf_counter()
    report = ingest(
        Home(home),
        embedder=HashEmbedder(DIMENSIONS),
        catalogue=files.items,
        histories=files.interactions,
        options=ReadOptions(),
        progress=progress,
    )
    seconds = time.perf_counter() - start
    rmtree(files.items.parent)
    return {"seconds": seconds, "stages_s": stages, **report.counts, "rejected": report.rejected}


def answer(home: Path, products: int) -> dict[str, Any]:
    """Latencies, in milliseconds, of what an answer without a language model is made of; the first is apart."""
    from newaisle.agent.shop.parts import Parts
    from newaisle.store.home import Home
    from newaisle.store.index import open_index

    embedder = HashEmbedder(DIMENSIONS)
    with Home(home).reader() as ledger:
        start = time.perf_counter()
        index = open_index(Home(home), embedder=embedder.name)
        opened = time.perf_counter() - start
        parts = Parts(
            ledger=ledger, embedder_name=embedder.name, embedder=lambda: embedder, index=lambda: index, model=None
        )
        try:
            figures = _latencies(parts, products)
        finally:
            index.close()
    return {"open_index_s": opened, "milliseconds": figures}


def _latencies(parts: Parts, products: int) -> dict[str, dict[str, float]]:
    from newaisle.agent.rank.blend import rank
    from newaisle.agent.recommend import recommend

    index, retriever = parts.index(), Retriever.of(parts)
    queries = [
        Query(user_id=f"c{number}", category=category)
        for number in range(ASKED)
        if (category := new_category(number, products)) is not None
    ]
    contexts = {query.user_id: retriever.find(query) for query in queries[:1]}  # the first, apart from the timed ones

    def tastes(query: Query) -> Any:
        return contexts[query.user_id].case.history_vectors.mean(axis=0)

    def context(query: Query) -> None:
        contexts[query.user_id] = Retriever.of(parts).find(query)

    return {
        "context": _timed(context, queries),
        "ranking": _timed(lambda query: rank(contexts[query.user_id].case), queries),
        "nearest categories by Chroma": _timed(
            lambda query: index.nearest_categories(tastes(query), _NEAREST), queries
        ),
        "nearest products by Chroma": _timed(lambda query: index.nearest_products(tastes(query), _NEAREST), queries),
        "recommend": _timed(lambda query: recommend(query, parts), queries),
    }


def _timed(work: Callable[[Query], object], queries: list[Query]) -> dict[str, float]:
    """Milliseconds: of the first call, and the median and largest of the others."""
    spent = []
    for query in queries:
        start = time.perf_counter()
        work(query)
        spent.append(1000 * (time.perf_counter() - start))
    return {"first": spent[0], "median": median(spent[1:]), "max": max(spent[1:])}


if __name__ == "__main__":
    step, folder, size = sys.argv[1:]
    print(json.dumps({"build": build, "answer": answer}[step](Path(folder), int(size))))
