"""The explanations of an answer: claims by code, words by the language model where it masters the languages."""

from __future__ import annotations

from collections.abc import Sequence

from agent.answer import Explanation
from agent.context import Context
from agent.explain.claims import Claims
from agent.explain.phrase import from_evidence, phrase, template_name
from agent.explain.reason import Reason
from agent.explain.sentences import Language
from agent.llm.base import LanguageModel
from agent.run import Run
from store.rows import Product
from store.words import is_chinese


def explain(
    run: Run,
    context: Context,
    claims: Claims,
    chosen: Sequence[int],
    model: LanguageModel | None,
    language: Language,
) -> tuple[list[Explanation], list[Sequence[Reason]]]:
    """The explanation of each chosen candidate, and the reasons that it is made of."""
    reasons = {candidate: claims.of(candidate) for candidate in chosen}
    style = run.query.style
    explanations = {c: from_evidence(reasons[c], claims.basis(c), style) for c in chosen}
    products = context.case.candidates
    phrased = [c for c in chosen if model is not None and _masters(model, language, products[c], reasons[c])]
    if model is not None and phrased:
        name = template_name(style)
        with run.doing_without("not phrased by the language model"), run.using(name, language) as template:
            texts = phrase(
                model, template, context.category_name, [products[c] for c in phrased], [reasons[c] for c in phrased]
            )
            for candidate, made in zip(phrased, texts, strict=True):
                run.exchanges += made.exchanges
                if made.text is None:
                    run.refusals += [one.refusal for one in made.exchanges[-1:] if one.refusal]
                else:
                    said = {"text": made.text, "source": "llm"}
                    explanations[candidate] = explanations[candidate].model_copy(update=said)
    return [explanations[candidate] for candidate in chosen], [reasons[candidate] for candidate in chosen]


def _masters(model: LanguageModel, language: Language, product: Product, reasons: Sequence[Reason]) -> bool:
    """Whether a text may be left to the model: there is something to say, in languages that it masters."""
    if not any(reason.claim.contribution for reason in reasons):
        return False
    titles = [product.title, *(reason.row.product.title for reason in reasons if reason.row)]
    languages = {language, *("zh" for title in titles if is_chinese(title))}
    return all(model.masters(one) for one in languages)
