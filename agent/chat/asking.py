"""What a chat asks the pipeline: the query that its state stands for."""

from __future__ import annotations

from dataclasses import replace

from newaisle.agent.chat.state import State
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.liking import RatingScale, liking
from newaisle.store.rows import Event, Interaction, Product

_AFTER_ALL = 1 << 62  # positions of what is said in a chat: after every row of the history
_SCALE = RatingScale(0, 5)  # of ratings, which a chat has none of


def query_of(state: State, *, k: int, style: Style, language: Language | None) -> Query:
    """The query for what is in force; there has to be a category."""
    wishes = state.wishes
    said = [
        *((item_id, Event.DISLIKE) for item_id in wishes.unlike),
        *((one.item_id, one.event) for one in state.opinions),
    ]
    return Query(
        user_id=state.user_id,
        category=wishes.category or "",
        k=k,
        constraints=wishes.constraints,
        language=language,
        style=style,
        said=[
            Interaction(
                user_id=state.user_id or "",
                item_id=item_id,
                event=event,
                liking=liking(event, None, _SCALE),
                position=_AFTER_ALL + number,
            )
            for number, (item_id, event) in enumerate(said)
        ],
        like=wishes.like,
        left_out=wishes.passed,
    )


def query_about(product: Product, query: Query) -> Query:
    """The same query as if nothing of the chat had to do with a product."""
    return replace(
        query,
        said=[row for row in query.said if row.item_id != product.item_id],
        like=[one for one in query.like if one != product.item_id],
        left_out=[one for one in query.left_out if one != product.item_id],
    )
