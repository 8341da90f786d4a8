"""Makes what signals see of a case, fast: the texts of the whole catalogue are read once."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.case import CoInteractions, HistoryRow, Matrix, RankingCase, Scores, price_level
from newaisle.agent.rank.tf_idf import TfIdf
from newaisle.store.rows import Event, Product
from newaisle.store.words import product_text, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class CaseMaker:
    """Ranking cases out of a data set's products and vectors; nothing that anybody did is looked at."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._words = [words(product_text(product)) for product in dataset.products]
        self._tf_idf = TfIdf(
            self._words, [], product_count=len(dataset.products), frequencies=lambda _: self._frequencies
        )  # in one space for all cases
        has_vector = dataset.vectors.any(axis=1)
        self._mean_vector: Matrix = (
            dataset.vectors[has_vector].mean(axis=0)
            if has_vector.any()
            else np.zeros_like(dataset.vectors[:0].sum(axis=0))
        )

    @cached_property
    def _frequencies(self) -> Mapping[str, int]:
        """In how many products each word occurs."""
        counts: dict[str, int] = {}
        for found in self._words:
            for word in set(found):
                counts[word] = counts.get(word, 0) + 1
        return counts

    @cached_property
    def _price_levels(self) -> list[float | None]:
        """The price level of each product, among those of its category that are priced in its currency."""
        prices: defaultdict[tuple[tuple[str, ...], str | None], list[float]] = defaultdict(list)
        for product in self.dataset.products:
            if product.price is not None:
                insort(prices[product.category, product.currency], product.price)
        return [
            None if product.price is None else price_level(product.price, prices[product.category, product.currency])
            for product in self.dataset.products
        ]

    @property
    def texts(self) -> csr_matrix:
        """The TF-IDF rows of all products, of unit length."""
        return self._tf_idf.first

    @property
    def vocabulary(self) -> list[str]:
        """The words that the columns of `texts` are."""
        return self._tf_idf.words

    def numbers(self, item_ids: Sequence[str]) -> list[int]:
        """The products' places in the data set's catalogue."""
        return [self.dataset.item_number[item_id] for item_id in item_ids]

    def make(
        self, case: Case, *, expected_popularity: Scores | None = None, co_interactions: CoInteractions | None = None
    ) -> RankingCase:
        """Candidates as given; each distinct product of the history counts as liked.

        `expected_popularity` is that of all products of the data set, `co_interactions` what other customers took of
        the candidates.
        """
        candidates = self.numbers(case.candidates)
        history = self.numbers(list(dict.fromkeys(case.history)))
        # Every product of the history counts as bought and liked alike.
        made = RankingCase(
            candidates=self._products(candidates),
            history=[
                HistoryRow(
                    product=self.dataset.products[i],
                    event=Event.PURCHASE,
                    liking=1.0,
                    price_level=self._price_levels[i],
                )
                for i in history
            ],
            candidate_vectors=self.dataset.vectors[candidates],
            history_vectors=self.dataset.vectors[history],
            mean_vector=self._mean_vector,
            product_count=len(self.dataset.products),
            frequencies=lambda asked: self._frequencies,
            expected_popularity=None if expected_popularity is None else expected_popularity[candidates],
            co_interactions=co_interactions,
        )
        # What a case would work out when first asked for it is here already.
        vars(made).update(
            candidate_words=[self._words[i] for i in candidates],
            tf_idf=TfIdf.of(self._tf_idf, self.texts[candidates], self.texts[history], self._tf_idf.counts[candidates]),
        )
        return made

    def _products(self, numbers: Sequence[int]) -> list[Product]:
        return [self.dataset.products[i] for i in numbers]
