"""Retrieval: what bears on one customer and one new category.

Candidates and the customer's own rows are read from the ledger and compared exactly: inside a category or a history
that is faster than an approximate index, and exact. Chroma finds what has to be searched for among everything: the
nearest known categories, and the shortlist of a category too large to score whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.models.catalog import MULTILINGUAL_EMBEDDER
from newaisle.agent.rank.case import HistoryRow, Matrix, RankingCase, price_level, stack
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.agent.retrieve.co_interactions import InteractionMatrix, interaction_matrix_of
from newaisle.agent.retrieve.constraints import Admitted, admit, limits_price, usual_currency
from newaisle.agent.retrieve.known import known_categories, paths_meant
from newaisle.agent.retrieve.nearest import CategoryText, nearest_categories, text_of
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.errors import IndexDamaged, RequestError, did_you_mean
from newaisle.store.embedders import Embedder
from newaisle.store.index import Index
from newaisle.store.ledger import Ledger, embedding_text
from newaisle.store.rows import PATH_SEPARATOR, Event, Interaction, Product, liking_by_product
from newaisle.store.synonyms import known_synonyms

EXACT_LIMIT = 20_000  # candidates scored exactly; of a larger category the index makes a shortlist first
SHORTLIST = 2_000
_NEAREST = 5  # known categories named in an answer
_BY_WEIGHT = (
    *(Event.IMPRESSION, Event.DISLIKE, Event.RETURN, Event.VIEW),
    *(Event.LIKE, Event.RATING, Event.REVIEW, Event.PURCHASE),
)
OWNING = frozenset({Event.PURCHASE, Event.REVIEW, Event.RATING, Event.RETURN, Event.DISLIKE})


@dataclass(slots=True, kw_only=True)
class Context:
    """What was found for a query, ready to be ranked."""

    category: str  # path of the category, or its name where the catalogue does not know it
    constraints: Constraints
    case: RankingCase
    is_new_to_user: bool
    is_new_to_catalogue: bool
    nearest: list[tuple[str, float]]
    warnings: list[str] = field(default_factory=list)
    index_generation: str | None = None
    index_failure: IndexDamaged | None = None
    interaction_matrix: InteractionMatrix | None = None  # of other customers

    @property
    def category_name(self) -> str:
        return self.category.split(PATH_SEPARATOR)[-1]


class Retriever:
    """Finds context in one shop. The index and the embedder are opened only where a query needs them."""

    def __init__(
        self,
        ledger: Ledger,
        index: Callable[[], Index],
        embedder: Callable[[], Embedder],
        embedder_name: str,
        *,
        expected_popularity: ExpectedPopularity | None = None,
        synonyms_file: Path | None = None,
        exact_limit: int = EXACT_LIMIT,
        shortlist: int = SHORTLIST,
    ) -> None:
        self._ledger = ledger
        self._open_index = index
        self._open_embedder = embedder
        self._embedder_name = embedder_name
        self._expected_popularity = (
            expected_popularity if expected_popularity and expected_popularity.embedder == embedder_name else None
        )
        self._synonyms_file = synonyms_file
        self._exact_limit = exact_limit
        self._shortlist = shortlist
        self._index_failure: IndexDamaged | None = None

    @classmethod
    def of(cls, parts: Parts) -> Retriever:
        """One over the parts of an answer."""
        expected_popularity = parts.learned.expected_popularity
        return cls(
            parts.ledger,
            parts.index,
            parts.embedder,
            parts.embedder_name,
            expected_popularity=expected_popularity,
            synonyms_file=parts.synonyms_file,
        )

    @cached_property
    def _index(self) -> Index | None:
        try:
            return self._open_index()
        except IndexDamaged as exc:
            self._index_failure = exc
            return None

    def find(self, query: Query) -> Context:
        """The context of a query; raises RequestError for an unknown customer or category."""
        done = [*self._history(query.user_id), *query.said]
        sizes = self._ledger.categories()
        category, paths = _resolve(query, sizes)
        of_history = self._ledger.products(row.item_id for row in done)
        liking = liking_by_product(done)
        liked = _liked(done, of_history, liking)
        history = self._with_price_levels(_with_models(liked, self._ledger.products(query.like)))
        history_vectors = self._stored_vectors([row.product for row in history])
        taste = np.array([row.liking for row in history], dtype=np.float32) @ history_vectors
        products = self._products(query, category, {path: sizes[path] for path in paths}, taste)
        constraints = _with_currency(query.constraints, products)
        owned = {row.item_id for row in done if row.event in OWNING}
        barred = owned.union(query.left_out, query.like)
        offered = [product for product in products if product.item_id not in barred]
        admitted = admit(offered, constraints, known_synonyms(self._synonyms_file))
        candidates, eligible = self._compared(offered, admitted, constraints)
        interaction_matrix = self._interaction_matrix(query, history, candidates)
        case = RankingCase(
            candidates=candidates,
            admitted=eligible,
            history=history,
            candidate_vectors=self._vectors(candidates, stored=query.candidates is None),
            history_vectors=history_vectors,
            mean_vector=self._ledger.mean_vector(self._embedder_name),
            product_count=self._ledger.product_count(),
            frequencies=self._ledger.product_frequencies,
            disliked=[product for item_id, product in of_history.items() if liking[item_id] < 0],
            compares_languages=self._embedder_name.startswith(f"{MULTILINGUAL_EMBEDDER}/"),
            co_interactions=interaction_matrix.co_interactions() if interaction_matrix else None,
        )
        if self._expected_popularity is not None and case.candidates:
            case = case.with_expected_popularity(self._expected_popularity.of(case))
        return Context(
            category=category,
            constraints=constraints,
            case=case,
            is_new_to_user=not any(set(paths).intersection(p.paths) for p in of_history.values()),
            is_new_to_catalogue=not paths,
            nearest=self._nearest(paths, case, query),
            warnings=admitted.warnings or _nothing_left(products, admitted),
            index_generation=self._index.generation if self._index else None,
            index_failure=self._index_failure,
            interaction_matrix=interaction_matrix,
        )

    def _compared(
        self, offered: Sequence[Product], admitted: Admitted, constraints: Constraints
    ) -> tuple[list[Product], NDArray[np.intp] | None]:
        """The products that are scored, and the places among them of those admitted, None for all.

        What a row of the history adds is measured against the whole category, whatever is asked for; only what is out
        of stock is no part of it, and what is too much to be scored.
        """
        candidates = admit(offered, Constraints(in_stock=constraints.in_stock)).products
        if len(candidates) > self._exact_limit or len(admitted.products) in (0, len(candidates)):
            return admitted.products, None
        known = {product.item_id for product in admitted.products}
        return candidates, np.flatnonzero([product.item_id in known for product in candidates])

    def _history(self, user_id: str | None) -> list[Interaction]:
        if user_id is None:
            return []
        done = self._ledger.history(user_id)
        if not done:
            hint = did_you_mean(user_id, self._ledger.user_ids())
            raise RequestError(
                f"no customer {user_id!r}{hint}: check the id, or leave --user out for somebody without a history"
            )
        return done

    def _with_price_levels(self, history: Sequence[HistoryRow]) -> list[HistoryRow]:
        """The rows with the place of each price among those of its category and currency."""
        priced = {PATH_SEPARATOR.join(row.product.category) for row in history if row.product.price is not None}
        prices = {category: self._ledger.prices(category) for category in priced if category}
        return [replace(row, price_level=_level(row.product, prices)) for row in history]

    def _interaction_matrix(
        self, query: Query, history: Sequence[HistoryRow], candidates: Sequence[Product]
    ) -> InteractionMatrix | None:
        if query.candidates is not None:
            return None
        liked = [row.product.item_id for row in history]
        return interaction_matrix_of(self._ledger, query.user_id, liked, [product.item_id for product in candidates])

    def _products(self, query: Query, category: str, sizes: Mapping[str, int], taste: Matrix) -> list[Product]:
        """The query's own products or those of the category; of a very large one those nearest to the taste.

        A brand, a word or a price limit may leave nothing of a shortlist, so then the whole category is read.
        """
        if query.candidates is not None:
            return list({product.item_id: product for product in query.candidates}.values())
        narrow = query.constraints.brands or query.constraints.words or limits_price(query.constraints)
        if sum(sizes.values()) > self._exact_limit and taste.any() and not narrow and self._index is not None:
            try:
                near = self._index.nearest_products(taste, self._shortlist, categories=list(sizes))
                found = [*(neighbour.id for neighbour in near), *self._ledger.also_in(category)]
                return list(self._ledger.products(found).values())
            except IndexDamaged as exc:
                self._index_failure = exc
        return self._ledger.candidates(category)

    def _stored_vectors(self, products: Sequence[Product]) -> Matrix:
        return stack(self._ledger.vectors([product.item_id for product in products], self._embedder_name), products)

    def _vectors(self, products: Sequence[Product], *, stored: bool) -> Matrix:
        if stored:
            return self._stored_vectors(products)
        return self._embed([embedding_text(product) for product in products])

    def _embed(self, texts: Sequence[str]) -> Matrix:
        from newaisle.store.ingest import check_embedder  # whose reading of files an answer seldom needs

        embedder = self._open_embedder()
        check_embedder(self._ledger, embedder)
        return embedder.embed_readable(texts)

    def _nearest(self, own_paths: Sequence[str], case: RankingCase, query: Query) -> list[tuple[str, float]]:
        """The known categories nearest to this one, best first, as far as they are near at all."""
        text = text_of(query.category, query.brief)
        asked = CategoryText(
            product_words=case.candidate_words,
            vectors=case.candidate_vectors,
            text=text,
            text_vector=self._embed([text])[0] if query.brief else None,
        )
        known = known_categories(self._ledger, self._embedder_name)
        near = nearest_categories(asked, known, leave_out=own_paths)[:_NEAREST]
        return [(path, similarity) for path, similarity in near if similarity > 0]


def _liked(
    done: Sequence[Interaction], products: Mapping[str, Product], liking: Mapping[str, float]
) -> list[HistoryRow]:
    """The liked products, oldest first, each with the strongest thing the customer did with it."""
    events = {row.item_id: row.event for row in sorted(done, key=_telling_most) if row.liking > 0}
    return [
        HistoryRow(product=product, event=events[item_id], liking=liking[item_id])
        for item_id, product in products.items()
        if liking[item_id] > 0
    ]


def _with_models(liked: Sequence[HistoryRow], models: Mapping[str, Product]) -> list[HistoryRow]:
    """The rows, and after them, as heavy as all of them, the products that others shall be like.

    The customer has looked at these: that is all that can be said of them.
    """
    others = [row for row in liked if row.product.item_id not in models]
    weight = max(1.0, sum(row.liking for row in others)) / max(1, len(models))
    return [*others, *(HistoryRow(product=one, event=Event.VIEW, liking=weight) for one in models.values())]


def _level(product: Product, prices: Mapping[str, Mapping[str | None, Sequence[float]]]) -> float | None:
    """None without a price, or where the shop lists no price of its category and currency any more."""
    known = prices.get(PATH_SEPARATOR.join(product.category), {}).get(product.currency)
    return price_level(product.price, known) if known and product.price is not None else None


def _resolve(query: Query, known: Collection[str]) -> tuple[str, list[str]]:
    """The category meant, with every path at or below it; no path where only the query's candidates know it."""
    category, paths = paths_meant(query.category, known)
    if paths:
        return category, paths
    if query.candidates is None:
        names = {part for path in known for part in path.split(PATH_SEPARATOR)}
        raise RequestError(
            f"no category {query.category!r}{did_you_mean(query.category, names)}:"
            " check the name, or bring its products with --candidates FILE"
        )
    return category, []


def _telling_most(row: Interaction) -> int:
    """Sorts what a customer did with a product by how much it says, the most last."""
    return _BY_WEIGHT.index(row.event)


def _nothing_left(products: Sequence[Product], admitted: Admitted) -> list[str]:
    if admitted.products or not products:
        return []
    return [f"none of {len(products):,} products can be recommended: they are owned already or break a constraint"]


def _with_currency(constraints: Constraints, products: Sequence[Product]) -> Constraints:
    if not limits_price(constraints) or constraints.currency is not None:
        return constraints
    return constraints.model_copy(update={"currency": usual_currency(products)})
