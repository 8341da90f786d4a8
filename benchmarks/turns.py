"""How many turns of a chat are understood: `python -m benchmarks.turns [--quiet] [FILE or FOLDER...]`.

Each line of a file is a turn with the intent that is expected of it; the shop is the sample, and five products are on
the screen. Without a file it is those in `chat_turns`. `--quiet` leaves the misses out.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.sample import CATALOGUE
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Product
from newaisle.store.shop import ReadOptions
from newaisle.store.words import is_chinese

DATA = Path(__file__).with_name("chat_turns")
TAGS = ("price", "brand", "negation", "ordinal")
SHOWN = {
    "en": ("ck-01", "ck-03", "ck-04", "ck-05", "ck-17"),
    "zh": ("ck-26", "ck-28", "ck-02", "ck-18", "ck-04"),
}


@dataclass(frozen=True)
class Turn:
    say: str
    shown: bool
    expect: Mapping[str, Any]
    tags: Sequence[str]
    language: str


@dataclass(frozen=True)
class Reading:
    turn: Turn
    read: Intent

    @property
    def is_right(self) -> bool:
        return comparable(self.read.model_dump()) == comparable(self.turn.expect)


def read_turns(path: Path) -> list[Turn]:
    """The turns of a file; its language is that of most of them."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    language = "zh" if sum(is_chinese(row["say"]) for row in rows) * 2 > len(rows) else "en"
    return [Turn(row["say"], row["shown"], row["expect"], row["tags"], language) for row in rows]


def comparable(intent: Mapping[str, Any]) -> dict[str, Any]:
    """An intent without what is at its default and what is not compared; lists as sets.

    Places mean something by the relation to them; in a wish without one they only told whose brand was meant.
    """
    found = {key: frozenset(value) if isinstance(value, list | tuple) else value for key, value in intent.items()}
    if "@shown" in found.get("not_brands", ()):
        found |= {"not_brands": found["not_brands"] - {"@shown"}, "shown_brands": True}
    is_wish = found.get("act", "recommend") == "recommend"
    left = {"unread", "items"} if is_wish and not found.get("relation") else {"unread"}
    return {key: value for key, value in found.items() if value and key not in left}


def read_all(turns: Sequence[Turn], vocabulary: Vocabulary, products: Mapping[str, Product]) -> list[Reading]:
    """Every turn read, with the products of its language on the screen where it has any."""
    shown = {language: [products[item_id] for item_id in ids] for language, ids in SHOWN.items()}
    return [
        Reading(turn, read_turn(turn.say, vocabulary, shown[turn.language] if turn.shown else ())) for turn in turns
    ]


@contextmanager
def sample_shop() -> Iterator[Ledger]:
    """The sample catalogue, read into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        ingest(home, embedder=HashEmbedder(), catalogue=CATALOGUE, options=ReadOptions(), with_index=False)
        with home.reader() as ledger:
            yield ledger


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return middle - half, middle + half


def summary(readings: Sequence[Reading]) -> list[tuple[str, int, int]]:
    """Name, right and total: of all, of those with any of the tags, and of each tag."""
    groups = {"all": readings, "any of the tags": [one for one in readings if set(TAGS) & set(one.turn.tags)]}
    groups |= {tag: [one for one in readings if tag in one.turn.tags] for tag in TAGS}
    return [(name, sum(one.is_right for one in some), len(some)) for name, some in groups.items()]


def main(arguments: Sequence[str]) -> None:
    """Print the shares understood by file, and the misses."""
    quiet = "--quiet" in arguments
    with sample_shop() as ledger:
        vocabulary = Vocabulary.of(ledger)
        products = ledger.products(ledger.item_ids())
        read_turn("hello", vocabulary)
        everything: dict[str, list[Reading]] = {}
        for path in _files([Path(argument) for argument in arguments if not argument.startswith("--")] or [DATA]):
            turns = read_turns(path)
            start = time.perf_counter()
            readings = read_all(turns, vocabulary, products)
            mean = (time.perf_counter() - start) / max(1, len(turns))
            everything.setdefault(turns[0].language if turns else "en", []).extend(readings)
            print(f"{path}: {len(turns)} turns, {mean * 1000:.2f} ms each")
            if not quiet:
                _print_misses(readings)
    for language, readings in everything.items():
        print(f"\n{language}")
        for name, right, total in summary(readings):
            low, high = wilson(right, total)
            print(f"  {name:16} {right:4} of {total:4}  {right / max(1, total):6.1%}  ({low:.1%} to {high:.1%})")


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]


def _print_misses(readings: Sequence[Reading]) -> None:
    for one in readings:
        if not one.is_right:
            print(f"  {one.turn.say!r}\n    expected {_short(one.turn.expect)}")
            print(f"    read     {_short(one.read.model_dump())}")
            print(f"    unread   {list(one.read.unread)}")


def _short(intent: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in intent.items() if value}, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1:])
