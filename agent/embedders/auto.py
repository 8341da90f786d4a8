"""Which of the catalogue's embedders a shop has: what filled it, else what its texts ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.embedders.opening import open_embedder
from newaisle.agent.llm.server.endpoint import Keys
from newaisle.agent.models.catalog import (
    DEFAULT_EMBEDDER,
    EMBEDDERS,
    HASH_EMBEDDER,
    MULTILINGUAL_EMBEDDER,
    known_models,
)
from newaisle.store.embedders import UNREADABLE, Embedder, HashEmbedder, OnnxEmbedder

if TYPE_CHECKING:
    from newaisle.agent.models.cache import ModelCache
    from newaisle.store.ledger import Ledger

MOST_BEYOND = 0.05  # share of the products, or of what customers did, whose texts may be beyond the default embedder
SPELLED_OUT = (
    1.3  # pieces to one of the multilingual vocabulary; English texts have .7 to .9, French or German ones more
)
_SAMPLE = 1_000
_WORD = re.compile(r"[^\W\d_]+")


def installed(cache: ModelCache) -> list[str]:
    """The embedders that may be chosen."""
    present = {entry.name for entry in cache.entries() if entry.state != "absent"}
    return [name for name in EMBEDDERS if name in present]


def require_installed(cache: ModelCache) -> None:
    """Raise ModelMissing where there is nothing to choose from."""
    if not installed(cache):
        open_embedder(DEFAULT_EMBEDDER, cache=cache, keys=Keys())


def choose_embedder(ledger: Ledger | None, *, cache: ModelCache, keys: Keys) -> Embedder:
    """The embedder of a shop, where there is one; one that was not filled gets what its texts ask for, with a `why`.

    That is the multilingual one where more than MOST_BEYOND of them are beyond the other, as far as both are installed.
    Raises ModelMissing where neither is.
    """
    if ledger and (filled_with := ledger.meta("embedder")):
        return open_embedder(_called(filled_with), cache=cache, keys=keys)
    names = installed(cache)
    default, *others = [open_embedder(name, cache=cache, keys=keys) for name in names or [DEFAULT_EMBEDDER]]
    share = share_beyond(ledger, default, others[0] if others else None) if ledger else 0.0
    chosen = others[0] if others and share > MOST_BEYOND else default
    chosen.why = _why(chosen.spec, share, names)
    for other in (default, *others):
        if other is not chosen:
            other.close()
    return chosen


def _called(name: str) -> str:
    """What the settings call the embedder with a name; one that the catalogue lacks has to be named by the user."""
    if name == HashEmbedder().name:
        return HASH_EMBEDDER
    spec = name.partition("/")[0]
    return spec if spec in known_models() else DEFAULT_EMBEDDER


def _why(spec: str, share: float, names: Sequence[str]) -> str:
    if DEFAULT_EMBEDDER not in names:
        return f"{spec} embeds the texts, as {DEFAULT_EMBEDDER} is not installed"
    beyond = f"{100 * share:.0f} % of those of products or histories are beyond {DEFAULT_EMBEDDER}"
    if MULTILINGUAL_EMBEDDER not in names and share > MOST_BEYOND:
        again = (
            f"`newaisle models pull {MULTILINGUAL_EMBEDDER}` and `newaisle reindex --embedder {MULTILINGUAL_EMBEDDER}`"
        )
        return f"{spec} embeds the texts, but {beyond}: run {again}"
    return f"{spec} embeds the texts: {beyond} (`newaisle reindex --embedder NAME` takes another)"


def share_beyond(ledger: Ledger, default: Embedder, multilingual: Embedder | None) -> float:
    """The share of texts beyond `default` among a sample of products, or in what customers did with them if more.

    Without `multilingual`, only what the vocabulary of `default` lacks can be told.
    """
    sample = ledger.text_sample(_SAMPLE)
    if not sample:
        return 0.0
    beyond = is_beyond(ledger.texts(list(sample)), default, multilingual)
    done = np.array(list(sample.values()))
    return max(float(beyond.mean()), float(beyond @ done / max(done.sum(), 1)))


def is_beyond(texts: Sequence[str], default: Embedder, multilingual: Embedder | None) -> NDArray[np.bool_]:
    """Which texts the vocabulary of `default` lacks, or spells out where the multilingual one has pieces of words.

    A vocabulary made for a language has a piece for its usual words. No text is beyond one whose vocabulary lacks it no
    less in the other. Numbers and signs say nothing of a language.
    """
    texts = [" ".join(_WORD.findall(text)) for text in texts]
    lacked = default.unknown_share(texts) > UNREADABLE
    if not (isinstance(default, OnnxEmbedder) and isinstance(multilingual, OnnxEmbedder)):
        return np.asarray(lacked)
    is_spelled_out = default.token_counts(texts) > SPELLED_OUT * multilingual.token_counts(texts)
    return (lacked | is_spelled_out) & (multilingual.unknown_share(texts) <= UNREADABLE)
