from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.retrieve.known import CategoryWords

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), max_size=6)


def by_definition(categories: dict[str, dict[str, int]], mine: dict[str, int]) -> dict[str, float]:
    seen_in = {
        word: sum(word in known for known in categories.values()) for known in categories.values() for word in known
    }
    idf = {word: math.log((1 + len(categories)) / (1 + n)) for word, n in seen_in.items()}

    def weighted(counts: dict[str, int]) -> dict[str, float]:
        return {word: (1 + math.log(n)) * idf[word] for word, n in counts.items() if word in idf}

    def cosine(one: dict[str, float], two: dict[str, float]) -> float:
        norms = math.hypot(*one.values()) * math.hypot(*two.values())
        return sum(one[word] * two[word] for word in one.keys() & two.keys()) / norms if norms else 0.0

    return {path: cosine(weighted(mine), weighted(known)) for path, known in categories.items()}


@given(st.dictionaries(st.sampled_from(["Tea", "Drills", "Lamps", "Mats"]), COUNTS), COUNTS)
def test_similarity_is_the_cosine_of_weighted_words(
    categories: dict[str, dict[str, int]], mine: dict[str, int]
) -> None:
    found = CategoryWords(categories).similarity(mine)
    assert found == pytest.approx(by_definition(categories, mine), abs=1e-9)


def test_a_word_that_every_category_has_says_nothing() -> None:
    words = CategoryWords({"Tea": {"steel": 3, "leaf": 1}, "Drills": {"steel": 2}})
    assert words.similarity({"steel": 5}) == {"Tea": 0.0, "Drills": 0.0}
    assert words.similarity({"leaf": 1, "unheard": 9}) == pytest.approx({"Tea": 1.0, "Drills": 0.0})


@given(st.dictionaries(st.sampled_from(["Tea", "Drills", "Lamps"]), COUNTS, min_size=1), COUNTS)
def test_what_each_shared_word_adds_sums_to_the_similarity(
    categories: dict[str, dict[str, int]], mine: dict[str, int]
) -> None:
    known = CategoryWords(categories)
    similarity = known.similarity(mine)
    for path, counts in categories.items():
        shared = known.shared(mine, path)
        assert sum(shared.values()) == pytest.approx(similarity[path], abs=1e-9)
        assert set(shared) <= set(counts) & set(mine)
        assert list(shared.values()) == sorted(shared.values(), reverse=True)


def test_an_unknown_category_shares_nothing_that_could_be_told():
    with pytest.raises(ValueError, match="Tea"):
        CategoryWords({"Drills": {"steel": 1}}).shared({"steel": 1}, "Tea")
