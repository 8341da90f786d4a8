"""The shop that both sides of the comparison sell from: few enough products for the slower side to embed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newaisle.agent.learn.split import Case, DataFolder, read_cases, sample_cases
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.shop import open_catalogue

CANDIDATES = 20
_DAY = 86_400
_FIRST_DAY = 1_600_000_000  # the data's histories have an order; files of a shop have times


@dataclass(frozen=True, slots=True)
class BenchShop:
    """Where the comparison's files are: catalogue, histories and cases, each side's store, the published models."""

    folder: Path

    @property
    def items(self) -> Path:
        return self.folder / "items.jsonl"

    @property
    def interactions(self) -> Path:
        return self.folder / "interactions.csv"

    @property
    def home(self) -> Path:
        return self.folder / "newaisle"

    @property
    def chroma(self) -> Path:
        return self.folder / "langchain"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def products(self) -> dict[str, dict[str, Any]]:
        """The catalogue's rows by id, in its order."""
        rows = map(json.loads, self.items.read_text(encoding="utf-8").splitlines())
        return {row["item_id"]: row for row in rows}

    def cases(self) -> list[Case]:
        lines = (self.folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
        return [Case.model_validate_json(line) for line in lines]


def make_shop(folder: Path, data: DataFolder, *, category: str | None, cases: int, products: int) -> BenchShop:
    """Write the shop: `cases` cases of one category with 20 candidates each, and a catalogue of `products`.

    Each case's customer is one of their own, with the case's history and nothing else. Raises InputError for data that
    cannot be read.
    """
    shop = BenchShop(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open_catalogue(data.items, on_reject=lambda reject: None) as rows:
        catalogue = {product.item_id: product for product in rows}
    every = read_cases(data.split, known=catalogue)
    wanted = category or every[0].category
    chosen = sample_cases(
        [case for case in every if case.category == wanted], cases_kept=cases, candidates_kept=CANDIDATES
    )
    chosen = [case.model_copy(update={"user_id": f"case-{number}"}) for number, case in enumerate(chosen)]
    kept = _small_catalogue(catalogue, chosen, products)
    shop.items.write_text("".join(_line(product) for product in kept), encoding="utf-8")
    cases_file = folder / "cases.jsonl"
    cases_file.write_text("".join(case.model_dump_json() + "\n" for case in chosen), encoding="utf-8")
    _write_histories(shop.interactions, chosen)
    return shop


def _small_catalogue(catalogue: Mapping[str, Product], cases: Sequence[Case], size: int) -> list[Product]:
    """What the cases are about, then others in the catalogue's order, as many as there is room for."""
    needed = {item_id: None for case in cases for item_id in (*case.history, *case.candidates)}
    others = [item_id for item_id in catalogue if item_id not in needed]
    return [catalogue[item_id] for item_id in (*needed, *others[: max(0, size - len(needed))])]


def _line(product: Product) -> str:
    row = {
        "item_id": product.item_id,
        "title": product.title,
        "category": PATH_SEPARATOR.join(product.category),
        "brand": product.brand,
        "price": product.price,
        "currency": product.currency,
        "description": product.description,
        **product.attributes,
    }
    return json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False) + "\n"


def _write_histories(file: Path, cases: Iterable[Case]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("user_id", "item_id", "event", "timestamp"))
        for case in cases:
            for day, item_id in enumerate(case.history):
                writer.writerow((case.user_id, item_id, "purchase", _FIRST_DAY + day * _DAY))
