"""Phrasing: one text per recommendation, written by the language model from its claims and checked by code."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.claims.reason import Reason, worth_saying
from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.case import RankingCase
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.answer import Basis, Explanation
from newaisle.agent.schema.gain import Worded
from newaisle.agent.schema.style import Style
from newaisle.agent.shop.parts import Parts, Run
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.agent.wording.gain import says_again
from newaisle.agent.wording.template_inputs import explain_input, spoken
from newaisle.errors import LanguageModelError
from newaisle.languages import LANGUAGES, Language
from newaisle.prompts.messages import as_pairs
from newaisle.prompts.phrase_files import own_texts
from newaisle.store.logs import Exchange
from newaisle.store.rows import Product
from newaisle.store.synonyms import Synonyms, known_synonyms
from newaisle.store.words import is_chinese

if TYPE_CHECKING:
    from newaisle.prompts.template import Template


_TEMPLATES: dict[Style, str] = {"short": "explain", "detailed": "explain-detailed", "seller": "explain-seller"}
STYLES: dict[str, Style] = {name: style for style, name in _TEMPLATES.items()}
_SAID: dict[Style, int] = {"short": 2, "detailed": 4, "seller": 4}  # claims that are said where no model phrases them
_ATTEMPTS = 2
_MAX_TOKENS = 160
_WRITTEN = ("stop", "length")  # how a text ends that the model had the time to write
_DEADLINE = 30.0  # seconds for all texts of an answer; what is not there by then is built from the claims


def template_name(style: Style) -> str:
    """The template that a style is."""
    return _TEMPLATES[style]


def from_evidence(
    reasons: Sequence[Reason], score_basis: Basis, style: Style, told: Sequence[Reason] | None = None
) -> Explanation:
    """The claims' own sentences as the explanation; told: those that are worth saying, in the order to say them in."""
    told = worth_saying(reasons, style) if told is None else told
    said = _each_row_once(told) if style == "short" else told
    return Explanation(
        text=" ".join(reason.claim.text for reason in said[: _SAID[style]]),
        source="evidence",
        basis=told[0].basis,
        score_basis=score_basis,
        claims=[reason.claim for reason in reasons],
    )


def _each_row_once(told: Sequence[Reason]) -> list[Reason]:
    """The reasons, of those that name the same product of the history the first: a short text says no name twice."""
    named = [one.claim.history_item_id for one in told]
    return [one for place, one in enumerate(told) if named[place] is None or named[place] not in named[:place]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrased:
    """What a model made of one product's claims: the text that passed the check, if one did, and how it got there."""

    text: str | None
    exchanges: list[Exchange]


def phrase(
    model: LanguageModel,
    template: Template,
    category: str,
    products: Sequence[Product],
    reasons: Sequence[Sequence[Reason]],
    *,
    case: RankingCase | None = None,
    synonyms: Synonyms | None = None,
    folder: Path | None = None,
    cancel: threading.Event | None = None,
) -> list[Phrased]:
    """One text per product, in the style of the template; what fails the check is phrased once more.

    `case` tells the check what words describe products in this shop, and what else the customer did; `synonyms`: None
    for the bundled ones; `folder`: of the user's own phrases. All first texts are decoded as one batch, and then all
    second ones. `cancel` stops that soon after it is set, by whatever thread. Raises LanguageModelError when the model
    fails on the first.
    """
    texts = [_Text(product, because) for product, because in zip(products, reasons, strict=True)]
    until = time.monotonic() + _DEADLINE
    model.prepare(template.head, template.name)
    for attempt in range(_ATTEMPTS):
        wanted = [text for text in texts if text.said is None]
        if wanted and (left := until - time.monotonic()) > 0 and not (cancel and cancel.is_set()):
            # What was written at first is worth keeping if the model fails later.
            with suppress(LanguageModelError) if attempt else nullcontext():
                _write(model, template, category, wanted, case, synonyms, folder, deadline=left, cancel=cancel)
    return [Phrased(text=text.said, exchanges=text.exchanges) for text in texts]


@dataclass(slots=True)
class _Text:
    """A text in the making; `said` is what passed the check."""

    product: Product
    reasons: Sequence[Reason]
    said: str | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def refused(self) -> str:
        """What was wrong with the last try."""
        return (self.exchanges[-1].refusal or "") if self.exchanges else ""


def _write(
    model: LanguageModel,
    template: Template,
    category: str,
    texts: Sequence[_Text],
    case: RankingCase | None,
    synonyms: Synonyms | None,
    folder: Path | None,
    *,
    deadline: float,
    cancel: threading.Event | None,
) -> None:
    """Let the model write each of some texts once."""
    style = STYLES[template.name]
    inputs = [
        explain_input(category, text.product, _facts(text.reasons, model), style, refused=text.refused)
        for text in texts
    ]
    asks = [ask_of(template, one, most=_MAX_TOKENS, continues=model.continues) for one in inputs]
    answers = model.generate(asks, deadline=deadline, cancel=cancel)
    for text, ask, written in zip(texts, asks, answers, strict=True):
        answer = (ask.start + written.text).strip()
        about = (category, text.product, text.reasons)
        may_say = evidence(*about, template.language, style, case=case, synonyms=synonyms, folder=folder)
        refusal = problem(answer, written.finish, may_say)
        text.said = answer if refusal is None else None
        text.exchanges.append(
            Exchange(
                purpose="explain",
                template=template.name,
                template_hash=template.hash,
                item_id=text.product.item_id,
                attempt=len(text.exchanges) + 1,
                prompt=as_pairs(ask.prompt),
                answer=answer,
                finish=written.finish,
                refusal=refusal,
            )
        )


def _facts(reasons: Sequence[Reason], model: LanguageModel) -> Sequence[Reason]:
    """What a text is made of: with an adapter what rests on the history, as those facts do that adapters are taught."""
    return [one for one in reasons if one.row] if model.adapter else reasons


def evidence(
    category: str,
    product: Product,
    reasons: Sequence[Reason],
    language: Language,
    style: Style,
    *,
    case: RankingCase | None,
    synonyms: Synonyms | None,
    folder: Path | None,
) -> TextEvidence:
    """What a text about a product may draw on: the reasons, and the rows of the history that these rest on.

    folder: of the user's own phrases.
    """
    own = own_texts(language, folder)
    about = TextEvidence(product, category, reasons, language, style, synonyms=synonyms, phrases=own)
    if case is None:
        return about
    wanted = {key for reason in reasons for key in (reason.claim.history_item_id, *reason.claim.also)}
    rows = [row for row in case.history if row.product.item_id in wanted]
    return replace(about, rows=rows, frequencies=case.frequencies)


def phrased(
    run: Run,
    context: Context,
    chosen: Sequence[int],
    reasons: Sequence[Sequence[Reason]],
    explanations: Sequence[Explanation],
    model: LanguageModel | None,
    language: Language,
) -> list[Explanation]:
    """The explanations of the chosen candidates, those worded by the model that it supports and that pass the check."""
    products = [context.case.candidates[candidate] for candidate in chosen]
    made = list(explanations)
    # The places of those products whose texts may be left to the model.
    mastered = [
        place
        for place, (product, because) in enumerate(zip(products, reasons, strict=True))
        if model is not None and _supports(model, language, product, because)
    ]
    name = template_name(run.query.style)
    if model is None or not mastered or not _has_template(name, language, run.parts):
        return made
    with run.doing_without("not phrased by the language model"), run.using(name, language) as template:
        texts = phrase(
            model,
            template,
            context.category_name,
            [products[place] for place in mastered],
            [reasons[place] for place in mastered],
            case=context.case,
            synonyms=known_synonyms(run.parts.synonyms_file),
            folder=run.parts.prompts_folder,
            cancel=run.cancel,
        )
        for place, text in zip(mastered, texts, strict=True):
            run.exchanges += text.exchanges
            if text.text is not None:
                made[place] = made[place].model_copy(update={"text": text.text, "source": "llm"})
            else:
                run.refusals += [one.refusal for one in text.exchanges[-1:] if one.refusal]
        worded = [
            _worded(products[place], spoken(reasons[place], run.query.style), explanations[place].text, text)
            for place, text in zip(mastered, texts, strict=True)
            if text.exchanges and text.exchanges[-1].finish in _WRITTEN
        ]
        if worded and all(one.refusal for one in worded):
            run.warnings.append(
                f"none of {len(worded)} texts of the language model passed the check, the first because"
                f" {worded[0].refusal}, and the claims' own sentences stand: see how often it does with"
                f" `newaisle prompts eval {name}`, or do without with `--wording off`"
            )
        run.count(template, worded, model)
    return made


def _worded(product: Product, said: Sequence[Reason], own: str, text: Phrased) -> Worded:
    last = text.exchanges[-1]
    facts = [reason.claim.text for reason in said]
    return Worded(
        item_id=product.item_id,
        title=product.title,
        own=own,
        text=last.answer,
        refusal=last.refusal,
        again=says_again(last.answer, product.title, facts),
    )


def _has_template(name: str, language: Language, parts: Parts) -> bool:
    """Whether there is a template in the language itself: an English one makes English texts."""
    own = parts.prompts_folder / f"{name}.{language}.yaml" if parts.prompts_folder else None
    return language in LANGUAGES or parts.template is not None or bool(own and own.exists())


def _supports(model: LanguageModel, language: Language, product: Product, reasons: Sequence[Reason]) -> bool:
    """Whether a text may be left to the model: there is something to say, in languages that it supports."""
    if not any(reason.row or reason.basis == "wish" for reason in _facts(reasons, model)):
        return False
    titles = [product.title, *(reason.row.product.title for reason in reasons if reason.row)]
    languages = {language, *("zh" for title in titles if is_chinese(title))}
    return all(model.supports(one) for one in languages)
