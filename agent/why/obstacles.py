"""What keeps a product from being a candidate at all, and what would have to change for each reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from newaisle.agent.retrieve.constraints import admit, limits_price, mentioned
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.query import SAFE_DIVERSITY, Query
from newaisle.agent.schema.why import Change, Kept, Obstacle
from newaisle.store.rows import Event, Interaction, Product
from newaisle.store.synonyms import Synonyms

_DID = {
    Event.PURCHASE: "bought",
    Event.REVIEW: "reviewed",
    Event.RATING: "rated",
    Event.RETURN: "returned",
    Event.DISLIKE: "disliked",
}
_Lift = Callable[[Product, Constraints], tuple[Obstacle, Constraints]]


def obstacle(
    kind: Kept,
    text: str,
    change: str,
    options: Sequence[str] = (),
    *,
    leave_out: Sequence[str] = (),
    field: str | None = None,
    value: str | None = None,
    other: str | None = None,
) -> Obstacle:
    """A reason why a product is not recommended, with what would have to change for it to fall away."""
    return Obstacle(
        kind=kind,
        text=text,
        item_field=field,
        value=value,
        other_item_id=other,
        change=Change(text=change, options=list(options), leave_out=list(leave_out)),
    )


def owned(rows: Sequence[Interaction]) -> Obstacle:
    """The customer has had the product already, as these rows say."""
    did = ", ".join(f"{_DID[row.event]} on {row.time:%Y-%m-%d}" if row.time else _DID[row.event] for row in rows)
    return obstacle(
        "owned",
        f"the customer has had it already: {did}",
        "no option changes that: nothing is recommended twice",
        field="item_id",
        value=did,
    )


def of_constraints(
    product: Product, constraints: Constraints, synonyms: Synonyms
) -> Iterator[tuple[Obstacle, Constraints]]:
    """Each constraint that a product breaks, one after the other, with the constraints once it is lifted."""
    of_words = {"excluded word": _word, "missing word": _missing_word}
    lifts = _LIFTS | {name: partial(lift, synonyms=synonyms) for name, lift in of_words.items()}
    while kept_out := admit([product], constraints, synonyms).kept_out:
        (name,) = kept_out
        found, constraints = lifts[name](product, constraints)
        yield found, constraints


def _in_stock(_: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    found = obstacle(
        "out of stock",
        "the catalogue says that it is out of stock",
        "give --out-of-stock",
        ["--out-of-stock"],
        field="in_stock",
        value="false",
    )
    return found, constraints.model_copy(update={"in_stock": False})


def _brand(product: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    wanted = ", ".join(constraints.brands)
    text = f"it is by {product.brand or 'no brand that the catalogue knows'}, and only {wanted} was asked for"
    brands = [*constraints.brands, product.brand] if product.brand else []
    options = ["--brand", product.brand] if product.brand else []
    change = f"give --brand {product.brand!r} too, or leave --brand out" if product.brand else "leave --brand out"
    leave_out = [] if product.brand else ["--brand"]
    found = obstacle("other brand", text, change, options, leave_out=leave_out, field="brand", value=product.brand)
    return found, constraints.model_copy(update={"brands": brands})


def _word(product: Product, constraints: Constraints, synonyms: Synonyms) -> tuple[Obstacle, Constraints]:
    word = next(word for word in constraints.exclude if mentioned(product, word, synonyms))
    field = next((name for name, text in _texts(product) if mentioned(_only(text), word, synonyms)), None)
    said = mentioned(product, word, synonyms)
    where = f"its {field.replace('attributes.', '').replace('_', ' ')} has" if field else "its texts have"
    found = obstacle(
        "excluded word",
        f"{where} {said!r}, which was not wanted",
        f"leave --exclude {word!r} out",
        leave_out=["--exclude", word],
        field=field,
        value=word,
    )
    return found, constraints.model_copy(update={"exclude": [other for other in constraints.exclude if other != word]})


def _unwanted_brand(product: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    brand = product.brand or ""
    kept = [other for other in constraints.not_brands if other.casefold() != brand.casefold()]
    found = obstacle(
        "unwanted brand",
        f"it is by {brand}, which was not wanted",
        f"leave --not-brand {brand!r} out",
        leave_out=["--not-brand", brand],
        field="brand",
        value=brand,
    )
    return found, constraints.model_copy(update={"not_brands": kept})


def _missing_word(product: Product, constraints: Constraints, synonyms: Synonyms) -> tuple[Obstacle, Constraints]:
    word = next(word for word in constraints.words if not mentioned(product, word, synonyms))
    found = obstacle(
        "missing word",
        f"no text of it has {word!r}, which was wanted",
        f"leave --word {word!r} out",
        leave_out=["--word", word],
        value=word,
    )
    return found, constraints.model_copy(update={"words": [other for other in constraints.words if other != word]})


def _only(text: str) -> Product:
    return Product(item_id="", title=text)


def _texts(product: Product) -> Iterator[tuple[str, str]]:
    yield from (("title", product.title), ("brand", product.brand or ""), ("description", product.description))
    yield from ((f"attributes.{name}", text) for name, text in product.attributes.items())


def _no_price(_: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    found = obstacle(
        "unknown price",
        "the catalogue has no price of it, so it may be above the limit",
        "leave the price limits out",
        leave_out=_LIMIT,
        field="price",
    )
    return found, _without_limit(constraints)


def _currency(product: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    assert product.price is not None
    price, limit = _cost(product.price, product.currency), constraints.currency or "no currency"
    text = f"it costs {price}, and the limit is in {limit}"
    if product.currency is None:
        found = obstacle(
            "other currency", text, "leave the price limits out", leave_out=_LIMIT, field="currency", value=None
        )
        return found, _without_limit(constraints)
    most = max(product.price, constraints.max_price or 0.0)
    found = obstacle(
        "other currency",
        text,
        f"give the limit in {product.currency}, {price} or more",
        ["--max-price", number(most), "--currency", product.currency],
        leave_out=["--min-price"] if constraints.min_price is not None else [],
        field="currency",
        value=product.currency,
    )
    lifted = {"max_price": most, "min_price": None, "currency": product.currency}
    return found, constraints.model_copy(update=lifted)


def _too_dear(product: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    assert product.price is not None
    assert constraints.max_price is not None
    price, limit = (_cost(amount, constraints.currency) for amount in (product.price, constraints.max_price))
    found = obstacle(
        "too dear",
        f"it costs {price}, and the limit is {limit}",
        f"the limit would have to be {price} or more",
        ["--max-price", number(product.price)],
        field="price",
        value=price,
    )
    return found, constraints.model_copy(update={"max_price": product.price})


def _too_cheap(product: Product, constraints: Constraints) -> tuple[Obstacle, Constraints]:
    assert product.price is not None
    assert constraints.min_price is not None
    price, least = (_cost(amount, constraints.currency) for amount in (product.price, constraints.min_price))
    found = obstacle(
        "too cheap",
        f"it costs {price}, and at least {least} was asked for",
        f"give --min-price {number(product.price)} or less",
        ["--min-price", number(product.price)],
        field="price",
        value=price,
    )
    return found, constraints.model_copy(update={"min_price": product.price})


_LIMIT = ("--max-price", "--min-price", "--currency")
_LIFTS: dict[str, _Lift] = {
    "out of stock": _in_stock,
    "other brand": _brand,
    "unwanted brand": _unwanted_brand,
    "unknown price": _no_price,
    "other currency": _currency,
    "too cheap": _too_cheap,
    "too dear": _too_dear,
}


def _without_limit(constraints: Constraints) -> Constraints:
    return constraints.model_copy(update={"max_price": None, "min_price": None, "currency": None})


def _cost(amount: float, currency: str | None) -> str:
    """A price with its currency, not rounded: a limit that is a hundredth lower is another answer."""
    return f"{number(amount)} {currency or ''}".rstrip()


def number(amount: float) -> str:
    """A number as an option takes it, without a loss."""
    return str(int(amount)) if amount.is_integer() else repr(amount)


def options_of(query: Query) -> list[str]:
    """The options of `recommend` that a query stands for, but for those that say who asks and how it is answered."""
    limits = query.constraints
    options = ["--category", query.category, "-k", str(query.k)]
    options += [] if limits.max_price is None else ["--max-price", number(limits.max_price)]
    options += [] if limits.min_price is None else ["--min-price", number(limits.min_price)]
    options += ["--currency", limits.currency] if limits_price(limits) and limits.currency else []
    options += [option for brand in limits.brands for option in ("--brand", brand)]
    options += [option for brand in limits.not_brands for option in ("--not-brand", brand)]
    options += [option for word in limits.words for option in ("--word", word)]
    options += [option for word in limits.exclude for option in ("--exclude", word)]
    options += [] if limits.in_stock else ["--out-of-stock"]
    return options if query.diversity == SAFE_DIVERSITY else [*options, "--diversity", number(float(query.diversity))]
