"""What each product of a history says of its customer: liking, faded by age, raised by buying it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log2
from operator import attrgetter
from typing import Literal

from newaisle.store.rows import Event, Interaction, Product, liking_by_product

Unit = Literal["days", "events"]
HALF_LIFE: dict[Unit, float] = {"days": 365.0, "events": 100.0}  # conventions: a year, or a hundred rows
READ = 1_000  # products
_DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One product that a customer had to do with.

    event: the last thing they did with it. liking: what all they did with it comes to (`store.liking`), from -1 to 1.
    times: on how many occasions they bought it; 1 where they did once or never. age: how long before the customer's
    last row that was, in the unit of the history. strength: liking, halved with each half-life of age, times
    1 + log2(times).
    """

    product: Product
    event: Event
    liking: float
    times: int
    age: float
    strength: float


def unit_of(rows: Sequence[Interaction]) -> Unit:
    """What age is measured in: days where every row has its time, else the number of rows that came after."""
    return "days" if rows and all(row.time for row in rows) else "events"


def evidence_of(rows: Sequence[Interaction], products: Mapping[str, Product]) -> list[Evidence]:
    """The products of one customer's rows, the one they had to do with last first; those not in `products` left out.

    Of a history of more than READ products the READ that weigh most: the others are old, or say nothing of liking.
    """
    unit = unit_of(rows)
    ordered = sorted(rows, key=attrgetter("position", "item_id"))
    ages = _ages(ordered, unit)
    times = _times_bought(ordered)
    last = {row.item_id: place for place, row in enumerate(ordered) if row.item_id in products}
    liking = liking_by_product(ordered)
    fade = log(0.5) / HALF_LIFE[unit]
    # Liking, halved by age, raised by buying again: see `Evidence`.
    strengths = {
        item_id: liking[item_id] * exp(fade * ages[place]) * (1 + log2(times.get(item_id, 1)))
        for item_id, place in last.items()
    }
    read = sorted(strengths, key=lambda item_id: (-abs(strengths[item_id]), -last[item_id]))[:READ]
    # The last first.
    return [
        Evidence(
            product=products[item_id],
            event=ordered[last[item_id]].event,
            liking=liking[item_id],
            times=times.get(item_id, 1),
            age=ages[last[item_id]],
            strength=strengths[item_id],
        )
        for item_id in sorted(read, key=lambda item_id: -last[item_id])
    ]


def _ages(ordered: Sequence[Interaction], unit: Unit) -> list[float]:
    if unit == "events":
        return [float(len(ordered) - 1 - place) for place in range(len(ordered))]
    moments = [row.time.timestamp() for row in ordered if row.time]
    newest = max(moments, default=0.0)
    return [(newest - moment) / _DAY for moment in moments]


def _times_bought(rows: Sequence[Interaction]) -> dict[str, int]:
    """How often each product was bought that was bought more than once: on how many days, or rows without a time."""
    bought = [row for row in rows if row.event is Event.PURCHASE]
    counts = Counter(row.item_id for row in bought)
    occasions: dict[str, set[object]] = {}
    for row in bought:
        if counts[row.item_id] > 1:
            occasions.setdefault(row.item_id, set()).add(row.time.date() if row.time else row.position)
    return {item_id: len(found) for item_id, found in occasions.items()}
