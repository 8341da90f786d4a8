"""Claims on single candidates, and candidates that are like nothing else."""

from __future__ import annotations

from newaisle.agent.claims.claims import Claims
from newaisle.agent.claims.reason import Reason
from newaisle.agent.claims.sentences import sentences
from newaisle.agent.rank.blend import BY_ROW, DEFAULT_BLEND, Blend, rank
from newaisle.agent.rank.case import HistoryRow, RankingCase
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.rows import Product
from tests.agent.filled import product
from tests.agent.rank.cases import case_of

ALL_SIGNALS = Blend(weights=dict.fromkeys([*BY_ROW, "expected_popularity", "disliked"], 0.3))
OTHERS = [product(f"o{i}", f"zinc bowl number{i}", brand="Nobody") for i in range(6)]
DESK = product("h1", "Hale oak desk, 120 cm, natural", brand="Hale")
TEA = product("h2", "black tea", brand="Pine")


def against_others(one: Product, *history: HistoryRow) -> RankingCase:
    return case_of([one, *OTHERS], list(history))


def claims_of(
    case: RankingCase,
    candidate: int = 0,
    *,
    language: Language = "en",
    constraints: Constraints | None = None,
    blend: Blend = DEFAULT_BLEND,
    style: Style = "short",
) -> list[Reason]:
    return claims_on(case, language=language, constraints=constraints, blend=blend, style=style).of(candidate)


def claims_on(
    case: RankingCase,
    *,
    language: Language = "en",
    constraints: Constraints | None = None,
    blend: Blend = DEFAULT_BLEND,
    style: Style = "short",
) -> Claims:
    return Claims(
        case=case,
        ranking=rank(case, blend),
        blend=blend,
        constraints=constraints or Constraints(),
        category="Lamps",
        say=sentences(language, style),
    )


def texts(reasons: list[Reason]) -> list[str]:
    return [reason.claim.text for reason in reasons]


def kinds(reasons: list[Reason]) -> list[str]:
    return [reason.claim.kind for reason in reasons]
