"""What of a shop's past may be seen when a case is met: before anybody bought in the category, and after some have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.split import SAMPLE_SEED, Case
from newaisle.errors import InputError
from newaisle.store.rows import PATH_SEPARATOR


def training_dataset(dataset: Dataset, cases: Sequence[Case], held_out: Collection[str]) -> Dataset:
    """What a method may learn from that is to be measured on `cases`.

    Nothing that anybody did in the categories held out, and of the customers of the cases only what is in a history
    that is given: what they did afterwards is not known yet.
    """
    allowed = dataset.without(held_out)
    number = {user: i for i, user in enumerate(dataset.users)}
    given: dict[int, set[int]] = {}
    for case in cases:
        if case.user_id in number:
            history = (dataset.item_number[item_id] for item_id in case.history)
            given.setdefault(number[case.user_id], set()).update(history)
    keep = ~np.isin(allowed.rows.user, list(given))
    for row in np.flatnonzero(~keep):
        keep[row] = int(allowed.rows.item[row]) in given[int(allowed.rows.user[row])]
    return replace(allowed, rows=allowed.rows.where(keep))


def arrivals(dataset: Dataset, case: Case) -> NDArray[np.intp]:
    """Where in `dataset.rows` the rows of other customers in a case's category are, in the order they come in.

    Where rows are dated, those before the case's customer entered the category, the earliest first; where the data have
    only an order within each customer, all of them, in a random order that is the same for every case.
    """
    numbers = np.flatnonzero(_of_others(dataset, case))
    time = dataset.rows.time[numbers]
    if np.isnan(time).any():
        # Drawn for all rows of the shop, so that a customer's own rows do not change the order of the others.
        drawn = np.random.default_rng(SAMPLE_SEED).random(len(dataset.rows))
        return numbers[np.argsort(drawn[numbers])]
    known = time < _entry(dataset, case)
    return numbers[known][np.argsort(time[known], kind="stable")]


def rows_at(dataset: Dataset, numbers: NDArray[np.intp]) -> Rows:
    """The rows at these places, in the order of the data set."""
    chosen = np.zeros(len(dataset.rows), dtype=bool)
    chosen[numbers] = True
    return dataset.rows.where(chosen)


def rows_of_others(dataset: Dataset, case: Case) -> Rows:
    """All rows of other customers in a case's category, later ones too."""
    return dataset.rows.where(_of_others(dataset, case))


def category_paths(dataset: Dataset, cases: Sequence[Case]) -> set[str]:
    """The paths of the categories that cases are about: with that name, below it, or ending in it.

    Raises InputError where the catalogue has no such category.
    """
    return {path for name in {case.category for case in cases} for path in _paths(dataset, name)}


def _paths(dataset: Dataset, name: str) -> list[str]:
    below = name + PATH_SEPARATOR
    found = [path for path in dataset.categories if path == name or path.startswith(below)]
    found = found or [path for path in dataset.categories if path.split(PATH_SEPARATOR)[-1] == name]
    if not found:
        raise InputError(f"the catalogue has no category {name!r}: take split and items from one data set")
    return found


def _of_others(dataset: Dataset, case: Case) -> NDArray[np.bool_]:
    in_category = np.zeros(len(dataset.categories), dtype=bool)
    in_category[dataset.category[_candidates(dataset, case)]] = True
    chosen: NDArray[np.bool_] = in_category[dataset.category[dataset.rows.item]] & ~_own(dataset, case)
    return chosen


def _entry(dataset: Dataset, case: Case) -> float:
    """When the customer of a case first did something in its category."""
    own = np.flatnonzero(_own(dataset, case))
    there = own[np.isin(dataset.rows.item[own], _candidates(dataset, case))]
    return float(dataset.rows.time[there].min(initial=np.inf))


def _own(dataset: Dataset, case: Case) -> NDArray[np.bool_]:
    number = dataset.users.index(case.user_id) if case.user_id in dataset.users else -1
    own: NDArray[np.bool_] = dataset.rows.user == number
    return own


def _candidates(dataset: Dataset, case: Case) -> list[int]:
    return [dataset.item_number[item_id] for item_id in case.candidates]
