"""Which explanations of an answer are worded by the language model: those in languages that it masters."""

from __future__ import annotations

from collections.abc import Sequence

from newaisle.agent.claims.reason import Reason
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.answer import Explanation
from newaisle.agent.shop.run import Run
from newaisle.agent.wording.phrase import phrase, template_name
from newaisle.languages import Language
from newaisle.store.rows import Product
from newaisle.store.words import is_chinese


def phrased(
    run: Run,
    context: Context,
    chosen: Sequence[int],
    reasons: Sequence[Sequence[Reason]],
    explanations: Sequence[Explanation],
    model: LanguageModel | None,
    language: Language,
) -> list[Explanation]:
    """The explanations of the chosen candidates, those worded by the model that it masters and that pass the check."""
    products = [context.case.candidates[candidate] for candidate in chosen]
    made = list(explanations)
    mastered = [
        place
        for place, (product, because) in enumerate(zip(products, reasons, strict=True))
        if model is not None and _masters(model, language, product, because)
    ]
    if model is None or not mastered:
        return made
    name = template_name(run.query.style)
    with run.doing_without("not phrased by the language model"), run.using(name, language) as template:
        texts = phrase(
            model,
            template,
            context.category_name,
            [products[place] for place in mastered],
            [reasons[place] for place in mastered],
            cancel=run.cancel,
        )
        for place, text in zip(mastered, texts, strict=True):
            run.exchanges += text.exchanges
            if text.text is not None:
                made[place] = made[place].model_copy(update={"text": text.text, "source": "llm"})
            else:
                run.refusals += [one.refusal for one in text.exchanges[-1:] if one.refusal]
    return made


def _masters(model: LanguageModel, language: Language, product: Product, reasons: Sequence[Reason]) -> bool:
    """Whether a text may be left to the model: there is something to say, in languages that it masters."""
    if not any(reason.claim.contribution for reason in reasons):
        return False
    titles = [product.title, *(reason.row.product.title for reason in reasons if reason.row)]
    languages = {language, *("zh" for title in titles if is_chinese(title))}
    return all(model.masters(one) for one in languages)
