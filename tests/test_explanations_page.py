"""docs/explanations.md is true: it has every kind of claim, every sentence as it is shown, and every reason why not."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import get_args

import pytest
from pydantic import BaseModel

from newaisle.agent.claims.sentences import SENTENCES, Sentences
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.schema.why import Kept, Why, WhyNot
from newaisle.languages import Language
from newaisle.store.rows import Event
from tests.shown import ROOT

PAGE = (ROOT / "docs" / "explanations.md").read_text(encoding="utf-8")
KINDS = list(get_args(ClaimKind))
PARTS = {"did", "many", "many_in", "quote", "between", "either"}  # of sentences
WORDS: dict[Language, dict[str, str]] = {
    "en": {"name": "colour", "value": "green", "word": "oak"},
    "zh": {"name": "颜色", "value": "绿色", "word": "橡木"},
}


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the table whose heading row begins so."""
    lines = PAGE.partition(f"\n{heading}")[2].splitlines()[2:]
    rows = lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def as_shown(sentence: str, say: Sentences, words: dict[str, str]) -> str:
    """A sentence about an X that was bought, a brand B and a category C."""
    known = {"title": "X", "did": say.did[Event.PURCHASE], "brand": "B", "category": "C", "count": "3"}
    limit = "20.00 USD" if sentence == say.least_price else "30.00 USD"
    known |= {"brands": "B", "price": "24.00 USD", "limit": limit, "words": say.quoted([words["word"]]), **words}
    return sentence.format(**known, many=say.many_in.format(**known))


def test_every_kind_of_claim_is_described() -> None:
    described = [name for row in table("| `kind` | `basis` |") for name in re.findall("`([^`]+)`", row[0])]
    assert sorted(described) == sorted(KINDS)


@pytest.mark.parametrize(("column", "language"), [(1, "en"), (2, "zh")])
def test_every_sentence_is_on_the_page_as_it_is_shown(column: int, language: Language) -> None:
    rows = table("| `kind` | English | Chinese |")
    assert sorted(row[0].strip("`") for row in rows) == sorted(KINDS)
    say = SENTENCES[language]
    names = [one.name for one in fields(say) if one.name not in PARTS]
    known = {as_shown(getattr(say, name), say, WORDS[language]) for name in names}
    assert {sentence for row in rows for sentence in row[column].split("<br>")} == known


def test_every_field_of_a_claim_is_described() -> None:
    described = [name for row in table("| field | what it is |") for name in re.findall("`([^`]+)`", row[0])]
    assert sorted(described) == sorted(Claim.model_fields)


def test_every_reason_why_not_is_described() -> None:
    named = [re.findall("`([^`]+)`", row[0])[0] for row in table("| reason | what would have to change |")]
    assert sorted(named) == sorted(get_args(Kept))


@pytest.mark.parametrize(("command", "answer"), [("why", Why), ("why-not", WhyNot)])
def test_every_field_of_the_json_is_described(command: str, answer: type[BaseModel]) -> None:
    section = PAGE.partition(f"`{command} --json` is")[2].partition("\n\n")[2].partition("\n\n")[0]
    named = re.findall(r"^\| (.*?) \|", section, flags=re.MULTILINE)[1:]  # without the heading
    described = {name for cell in named for name in re.findall("`([^`]+)`", cell)}
    assert described == set(answer.model_fields) - {"schema_version"}
