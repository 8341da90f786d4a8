"""Ranking methods to be compared, each by name: a case in, a score for each of its candidates out.

Zero-shot methods see product texts and the given history. `popularity` also sees what other customers did in the
category: it is warm, what a category has after its first weeks, and is there for comparison.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from agent.answer import Constraints
from agent.context import Context
from agent.evaluate.split import Case
from agent.llm.base import LanguageModel
from agent.rank.blend import Scores, rank, with_signal
from agent.rank.case import HistoryRow, RankingCase, stack
from agent.rank.likelihood import likelihood
from agent.rank.typical import typical
from agent.recommend import usual_language
from agent.template_inputs import rank_input
from prompts.library import load_template
from store.ledger import Ledger
from store.rows import Event, Product
from store.words import product_text, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WARM = frozenset({"popularity"})  # methods that use interactions of the new category


class CaseMaker:
    """Makes what signals see of a case: products and vectors of a ledger, and nothing that anybody did."""

    def __init__(self, ledger: Ledger) -> None:
        self._products = {product.item_id: product for product in ledger.listed()}
        embedder = str(ledger.meta("embedder"))
        self._vectors = ledger.vectors(list(self._products), embedder)
        self._mean_vector = ledger.mean_vector(embedder)
        self._frequencies = ledger.product_frequencies

    @property
    def products(self) -> Mapping[str, Product]:
        """The whole catalogue by id."""
        return self._products

    def make(self, case: Case) -> RankingCase:
        """Candidates as given; each distinct product of the history counts as liked."""
        candidates = [self._products[item_id] for item_id in case.candidates]
        history = [self._products[item_id] for item_id in dict.fromkeys(case.history)]
        return RankingCase(
            candidates=candidates,
            history=[HistoryRow(product=product, event=Event.PURCHASE, liking=1.0) for product in history],
            candidate_vectors=stack(self._vectors, candidates),
            history_vectors=stack(self._vectors, history),
            mean_vector=self._mean_vector,
            product_count=len(self._products),
            frequencies=self._frequencies,
        )


class Popularity:
    """How many other customers did something with a candidate: leak-free for the customer, but not zero-shot."""

    def __init__(self, ledger: Ledger) -> None:
        self._customers: Counter[str] = Counter()
        self._own: defaultdict[str, set[str]] = defaultdict(set)
        for row in ledger.interactions():
            if row.item_id not in self._own[row.user_id]:
                self._own[row.user_id].add(row.item_id)
                self._customers[row.item_id] += 1

    def __call__(self, case: Case) -> Scores:
        own = self._own.get(case.user_id, set())
        return np.array([self._customers[item_id] - (item_id in own) for item_id in case.candidates], dtype=np.float64)


class TfIdf:
    """The usual baseline: mean TF-IDF cosine to the history, fitted on the catalogue with scikit-learn's defaults.

    Its words have at least two characters, as those defaults say, but Chinese is read in pairs. It is apart from the
    lexical signal so that it stays what it is when that changes.
    """

    def __init__(self, products: Mapping[str, Product]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._row = {item_id: row for row, item_id in enumerate(products)}
        vectorizer = TfidfVectorizer(analyzer=lambda text: [word for word in words(text) if len(word) > 1])
        self._matrix = vectorizer.fit_transform(product_text(product) for product in products.values())

    def __call__(self, case: Case) -> Scores:
        history = np.asarray(self._rows(dict.fromkeys(case.history)).mean(axis=0)).ravel()
        return np.asarray(self._rows(case.candidates) @ history, dtype=np.float64)

    def _rows(self, item_ids: Iterable[str]) -> csr_matrix:
        return self._matrix[[self._row[item_id] for item_id in item_ids]]


class Methods:
    """All methods over one filled ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._cases = CaseMaker(ledger)
        self._popularity = Popularity(ledger)
        self._tf_idf = TfIdf(self._cases.products)

    def __call__(self, case: Case, *, model: LanguageModel | None = None) -> dict[str, Scores]:
        """Scores by name of the method, each of shape (candidates,); with a model, also those that need it."""
        ranking_case = self._cases.make(case)
        ranking = rank(ranking_case)
        scores = {
            "random": np.zeros(len(case.candidates)),  # no preference: the metrics put ties in random order
            "popularity": self._popularity(case),
            "tfidf": self._tf_idf(case),
            **ranking.parts,
            "typical": typical(ranking_case),
            "blend": ranking.scores,
        }
        if model is not None:
            scores["likelihood"] = likelihood_of_titles(model, ranking_case, case.category)
            everyone = np.arange(len(case.candidates))
            scores["blend+likelihood"] = with_signal(ranking, "likelihood", everyone, scores["likelihood"]).scores
        return scores


def likelihood_of_titles(model: LanguageModel, case: RankingCase, category: str) -> Scores:
    """The model's likelihood of each candidate's title after the bundled `rank` prompt."""
    context = Context(
        category=category,
        constraints=Constraints(),
        case=case,
        is_new_to_user=True,
        is_new_to_catalogue=False,
        nearest=[],
    )
    template = load_template("rank", language=usual_language(context), folder=None)
    titles = [product.title for product in case.candidates]
    return likelihood(model, template.render(rank_input(context, "")), titles)
