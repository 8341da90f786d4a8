"""Why not: what keeps a product out of an answer, and what would have to change.

Nothing is guessed: one reason after the other is lifted and the answer is made again, until the product is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.case import Matrix
from newaisle.agent.recommend import usual_language
from newaisle.agent.retrieve.context import OWNING, Retriever
from newaisle.agent.retrieve.known import paths_meant
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.why import Obstacle, WhyNot
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.obstacles import obstacle, of_constraints, options_of, owned
from newaisle.agent.why.standing import Standing
from newaisle.agent.why.why import about, asked, index_of, warnings_of
from newaisle.errors import RequestError
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Interaction, Product
from newaisle.store.synonyms import known_synonyms


def why_not(query: Query, product: Product, parts: Parts) -> WhyNot:
    """Why a product is not in the answer to a query, and what would put it there; it says so if it is there.

    Raises RequestError for an unknown customer or category.
    """
    search, blend = _AsIf(parts, product), parts.learned.blend
    obstacles, category, lifted = _of_category(query, product, parts.ledger)
    obstacles += search.forget_if_owned(query.user_id)
    context = search.find(lifted)
    request = asked(query, context, query.language or usual_language(context))
    if broken := list(of_constraints(product, context.constraints, known_synonyms(parts.synonyms_file))):
        lifted = replace(lifted, constraints=broken[-1][1])
        context = search.find(lifted)
    obstacles += [*search.of_missing(), *(found for found, _ in broken)]
    candidate = index_of(product, context.case.candidates)
    assert candidate is not None  # nothing keeps it from being one any more
    standing = Standing(context=context, ranking=rank(context.case, blend), blend=blend, candidate=candidate)
    of_place, shown, other = standing.obstacles(lifted)
    obstacles += of_place
    place = standing.rank_in(shown)
    by_options = obstacles and all(found.change.options or found.change.leave_out for found in obstacles)
    tried = [] if other is None else standing.rows_against(other)
    return WhyNot(
        request=request.model_copy(update={"category": category or context.category}),
        product=about(product),
        rank=None if obstacles else place,
        obstacles=obstacles,
        rank_by_score=standing.place,
        candidates=len(context.case.eligible),
        score=round(standing.score, 4),
        compared=None if other is None else standing.compared_with(other, lifted),
        held_back_by=standing.held_back_by(tried),
        rows_tried=len(tried),
        rank_after=place,
        shown_with=options_of(shown) if by_options and place else None,
        warnings=[*parts.learned.warnings, *warnings_of(context)],
    )


class _AsIf(Retriever):
    """Finds context as if a category had one product more and, once it is forgotten, the customer never had it."""

    def __init__(self, parts: Parts, product: Product) -> None:
        expected_popularity = parts.learned.expected_popularity
        super().__init__(
            parts.ledger, parts.index, parts.embedder, parts.embedder_name, expected_popularity=expected_popularity
        )
        self._product = product
        self._forgets = False
        self._was_missing = False  # from the products that were found the last time

    def forget_if_owned(self, user_id: str | None) -> list[Obstacle]:
        """Leave out what the customer did with the product, if that is why they do not get it."""
        done = self._ledger.history(user_id) if user_id is not None else []
        owning = [row for row in done if row.item_id == self._product.item_id and row.event in OWNING]
        self._forgets = bool(owning)
        return [owned(owning)] if owning else []

    def of_missing(self) -> list[Obstacle]:
        """Why the product was not found among those of the category."""
        if not self._was_missing or not self._product.category:
            return []
        if not self._product.listed:
            text = "the shop does not offer it now"
            return [obstacle("unlisted", text, "the next catalogue that is read would have to list it")]
        text = "the category is large, and it is not on the shortlist of those nearest to the customer's taste"
        return [obstacle("shortlist", text, "no option changes that")]

    def _history(self, user_id: str | None) -> list[Interaction]:
        done = super()._history(user_id)
        return [row for row in done if not (self._forgets and row.item_id == self._product.item_id)]

    def _products(self, query: Query, category: str, sizes: Mapping[str, int], taste: Matrix) -> list[Product]:
        found = super()._products(query, category, sizes, taste)
        self._was_missing = index_of(self._product, found) is None
        return sorted([*found, self._product], key=lambda one: one.item_id) if self._was_missing else found


def _of_category(query: Query, product: Product, ledger: Ledger) -> tuple[list[Obstacle], str | None, Query]:
    """Whether it is in another category than the one asked for, whose path comes next, and the query in its own."""
    if query.candidates is not None:
        return [], None, query
    known, own = ledger.categories(), PATH_SEPARATOR.join(product.category)
    asked_for, paths = paths_meant(query.category, known)
    if not paths or set(paths).intersection(product.paths):
        return [], None, query
    if not own:
        text, change = "it has no category", f"the catalogue would have to say that it is in {asked_for}"
        return [obstacle("category", text, change, field="category")], asked_for, query
    if own not in known:
        raise RequestError(
            f"{product.item_id!r} is not in the catalogue any more, nor is anything else of {own!r}:"
            " read a catalogue that lists it"
        )
    found = obstacle(
        "category",
        f"it is in {own}, not in {asked_for}",
        f"ask for --category {own!r}",
        ["--category", own],
        field="category",
        value=own,
    )
    return [found], asked_for, replace(query, category=own)
