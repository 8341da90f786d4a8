"""A shop as a program uses it: what every face of newaisle, the command line among them, is a thin layer over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from newaisle.agent.shop.session import Session, require_shop
from newaisle.errors import ConfigError, RequestError
from newaisle.progress import StageProgress, silent

if TYPE_CHECKING:
    import threading

    from newaisle.agent.categories.classify import Classified
    from newaisle.agent.categories.portrait import Portrait
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.agent.chat.replies import Reply
    from newaisle.agent.learn.calibrate import Calibration
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.schema.answer import Recommendation, RecommendationSet
    from newaisle.agent.schema.profile import Profile
    from newaisle.agent.schema.query import Asked, Query
    from newaisle.agent.schema.style import Style, Switch
    from newaisle.agent.schema.why import Why, WhyNot
    from newaisle.agent.settings.settings import Settings
    from newaisle.agent.shop.parts import Parts
    from newaisle.errors import NewaisleError
    from newaisle.languages import Language
    from newaisle.progress import StageProgress
    from newaisle.store.embedders import Embedder
    from newaisle.store.feedback import Stored
    from newaisle.store.home import Home
    from newaisle.store.ingest import IngestReport
    from newaisle.store.reading import Source
    from newaisle.store.rows import Product
    from newaisle.store.shop import ReadOptions

    OnChosen = Callable[[list[Recommendation]], None]
    Request = Query | Mapping[str, Any]


def _nobody(recommendations: list[Recommendation]) -> None:
    """Nobody waits for the products of an answer before their reasons are worded."""


class Shop:
    """One shop: what is read into it, and every answer that it gives. Open it with `newaisle.open_shop`.

    It may be used from several threads: they read side by side, and take turns with the language model. What another
    program ingests, learns or erases meanwhile is seen by the next call. It cannot be pickled, nor used by a process
    that was forked.

    session: what opens and holds the parts of its answers.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        home = str(self.settings.home)
        raise TypeError(f"a Shop cannot be pickled: call newaisle.open_shop({home!r}) in each process")

    def close(self) -> None:
        """Free the models and close the files, once no thread is answering any more; closing twice is fine."""
        self._session.close()

    @property
    def settings(self) -> Settings:
        return self._session.settings

    @property
    def parts(self) -> Parts:
        """What answers are made with in this thread, for what the methods do not offer.

        Raises RequestError without a shop.
        """
        return self._session.parts()

    @property
    def _home(self) -> Home:
        """The data folder, of a shop that is there and open."""
        self._session.require_open()
        require_shop(self.settings)
        return self.settings.shop

    def recommend(
        self,
        user_id: str | None,
        category: str,
        *,
        llm_rank: Switch = "auto",
        wording: Switch = "auto",
        strict: bool = False,
        on_chosen: OnChosen = _nobody,
        cancel: threading.Event | None = None,
        **asked: Unpack[Asked],
    ) -> RecommendationSet:
        """Recommend products of a category to a customer (None: somebody without a history), each with its reasons.

        asked: k, max_price, min_price, currency, brands, not_brands, words, exclude, in_stock, brief, candidates,
        language, style, diversity, as for `newaisle recommend`. llm_rank, wording: whether the language model takes
        part in the ranking, and words the reasons. strict, on_chosen, cancel: see `answer`. Raises RequestError for an
        unknown customer or category.
        """
        from newaisle.agent.schema.query import query_of

        query = query_of(user_id, category, **asked)
        return self.answer(query, llm_rank=llm_rank, wording=wording, strict=strict, on_chosen=on_chosen, cancel=cancel)

    def answer(
        self,
        query: Query,
        *,
        llm_rank: Switch = "auto",
        wording: Switch = "auto",
        strict: bool = False,
        on_chosen: OnChosen = _nobody,
        cancel: threading.Event | None = None,
    ) -> RecommendationSet:
        """The answer to a query.

        strict: raise BackendDown or UselessAnswer where a part had to be done without. on_chosen: called with the
        products before the model words their reasons. cancel: stops the wording soon after it is set.
        """
        from newaisle.agent.recommend import recommend
        from newaisle.agent.schema.style import SWITCHES

        _require_one_of(SWITCHES, "llm_rank", llm_rank)
        _require_one_of(SWITCHES, "wording", wording)
        return recommend(
            query,
            self.parts,
            llm_rank=llm_rank,
            wording=wording,
            strict=strict,
            on_chosen=on_chosen,
            cancel=cancel,
        )

    def recommend_many(
        self,
        requests: Iterable[Request],
        *,
        llm_rank: Switch = "auto",
        wording: Switch = "auto",
        strict: bool = False,
        on_error: Callable[[Request, NewaisleError], None] | None = None,
    ) -> Iterator[RecommendationSet]:
        """The answers to many requests, in their order, each made when it is asked for.

        requests: queries, or the arguments of `recommend` by name. on_error: told of a request that cannot be answered,
        which is then left out; without it the error is raised.
        """
        from newaisle.agent.schema.query import Query, query_of
        from newaisle.errors import NewaisleError

        for request in requests:
            try:
                query = request if isinstance(request, Query) else query_of(**request)
                answer = self.answer(query, llm_rank=llm_rank, wording=wording, strict=strict)
            except NewaisleError as exc:
                if on_error is None:
                    raise
                on_error(request, exc)
            else:
                yield answer

    def why(self, user_id: str | None, item_id: str, category: str | None = None, **asked: Unpack[Asked]) -> Why:
        """Why a product is where it is in the answer to a request: signals, claims, rows, and what would be without.

        category: where it is not the product's own. Raises RequestError for an unknown customer, product or category,
        and for a product that cannot be recommended.
        """
        from newaisle.agent.why.why import why

        parts = self.parts
        return why(*_about(parts, user_id, item_id, category, asked), parts)

    def why_not(self, user_id: str | None, item_id: str, category: str | None = None, **asked: Unpack[Asked]) -> WhyNot:
        """What keeps a product out of the answer to a request, and what would put it there; else as `why`."""
        from newaisle.agent.why.why_not import why_not

        parts = self.parts
        return why_not(*_about(parts, user_id, item_id, category, asked), parts)

    def profile(self, user_id: str, *, language: Language | None = None, wording: Switch = "auto") -> Profile:
        """What a customer's history says of their taste; raises RequestError for an unknown one."""
        from newaisle.agent.profile.profile import profile
        from newaisle.agent.schema.style import SWITCHES
        from newaisle.languages import LANGUAGES

        _require_one_of((None, *LANGUAGES), "language", language)
        _require_one_of(SWITCHES, "wording", wording)
        return profile(user_id, self.parts, language=language, wording=wording)

    def category(
        self,
        name: str,
        *,
        brief: str = "",
        candidates: Sequence[Product] = (),
        method: str | None = None,
        count: int = 5,
    ) -> Portrait:
        """What a category is to the shop, known or new, and which known ones are nearest to it and why."""
        from newaisle.agent.categories.portrait import portray
        from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS

        method = method or DEFAULT_METHOD
        _require_one_of(METHODS, "method", method)
        return portray(name, self.parts, brief=brief, candidates=candidates, method=method, count=count)

    def classify(
        self,
        products: Sequence[Product],
        *,
        method: str | None = None,
        progress: StageProgress = silent,
    ) -> list[Classified]:
        """To which known category each product belongs, and how probably."""
        from newaisle.agent.categories.classify import Classifier
        from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS

        method = method or DEFAULT_METHOD
        _require_one_of(METHODS, "method", method)
        classifier = Classifier(self.parts, method=method, progress=partial(progress, "fit"))
        return classifier.classify(products, progress=partial(progress, "classify"))

    def chat(
        self,
        user_id: str | None = None,
        *,
        k: int = 5,
        style: Style = "short",
        llm_rank: Switch = "auto",
        wording: Switch = "auto",
    ) -> Conversation:
        """A conversation; `reply` answers its turns, one at a time, in whatever thread."""
        from newaisle.agent.chat.conversation import Conversation

        return Conversation(self.parts, user_id=user_id, k=k, style=style, llm_rank=llm_rank, wording=wording)

    def reply(
        self,
        conversation: Conversation,
        text: str,
        *,
        on_chosen: OnChosen = _nobody,
        cancel: threading.Event | None = None,
    ) -> Reply:
        """The answer to a turn of a conversation, in words or a command ("/more"). on_chosen, cancel: see `answer`.

        Raises RequestError for what makes no sense; nothing is changed then.
        """
        from newaisle.agent.chat.commands import answer

        self._session.require_open()
        return answer(conversation, text, on_chosen=on_chosen, cancel=cancel)

    def feedback(self, user_id: str, item_id: str, did: str) -> Stored:
        """Store what a customer just did with a product: "liked", "disliked", "bought" or "viewed".

        Raises RequestError for anything else and for an unknown product; an unknown customer becomes one.
        """
        from newaisle.agent.profile.feedback import event_of, feedback

        return feedback(self._home, user_id, item_id, event_of(did))

    def ingest(
        self,
        catalogue: str | Source | None = None,
        *,
        histories: str | Source | None = None,
        options: ReadOptions | None = None,
        replace: bool = False,
        remove_most: bool = False,
        rejects_folder: str | Path | None = None,
        progress: StageProgress = silent,
    ) -> IngestReport:
        """Read a catalogue, and what customers did: paths, binary streams, or "-" for standard input.

        What is new is embedded, the index brought up to date, and learned from. replace: what a file lacks is removed,
        more than half of what there is only under remove_most; else `not_removed` of the report says so. Raises
        InputError for a file of which nothing can be used, LockedError while another program writes.
        """
        from newaisle.store.ingest import ingest
        from newaisle.store.shop import ReadOptions

        report = ingest(
            self.settings.shop,
            embedder=self._session.embedder_to_fill(),
            catalogue=_source(catalogue),
            histories=_source(histories),
            options=options or ReadOptions(),
            replace=replace,
            remove_most=remove_most,
            rejects_folder=None if rejects_folder is None else Path(rejects_folder),
            progress=progress,
        )
        self._add_multilingual(progress)
        self._learn(progress)
        return report

    def reindex(self, *, progress: StageProgress = silent) -> tuple[int, str]:
        """Embed what the embedder in use has not seen, and build the index anew: texts embedded, generation."""
        from newaisle.store.ingest import reindex

        done = reindex(self._home, embedder=self._session.embedder(), progress=progress)
        self._add_multilingual(progress)
        self._learn(progress)
        return done

    def calibrate(self, *, llm: bool = False, progress: StageProgress = silent) -> Calibration:
        """Learn from the shop's own past how to meet a category that it has not had, and keep it.

        llm: also what the likelihoods of the language model in use add, which takes up to five minutes. Raises
        ModelError, and LanguageModelError for one that gives none.
        """
        from newaisle.agent.learn.shop import calibrate_shop

        ask = None
        if llm:
            from newaisle.agent.library.likelihoods import weighing

            ask = partial(
                weighing, self._session.model(), self.settings.prompts_folder, partial(progress, "likelihood")
            )
        return calibrate_shop(self._home, progress=partial(progress, "categories"), ask=ask)

    def reset_blend(self) -> None:
        """Go back to the default weights of the signals."""
        from newaisle.agent.learn.shop import reset_blend

        reset_blend(self._home)

    def forget(self, user_id: str) -> int:
        """Erase a customer for good; returns how many rows there were."""
        from newaisle.store.erase import forget_user

        return forget_user(self._home, user_id)

    def remove(self, item_id: str) -> int:
        """Erase a product for good, with what customers did with it; returns how many rows there were."""
        from newaisle.store.erase import remove_product

        return remove_product(self._home, item_id)

    def _add_multilingual(self, progress: StageProgress) -> None:
        from newaisle.store.ingest import add_vectors

        if (embedder := self._session.multilingual()) is not None:
            add_vectors(self._home, embedder, progress)

    def _learn(self, progress: StageProgress) -> None:
        from newaisle.agent.learn.shop import learn_expected_popularity

        progress("expected_popularity", 0, 1)
        learn_expected_popularity(self.settings.shop)
        progress("expected_popularity", 1, 1)


def _about(
    parts: Parts, user_id: str | None, item_id: str, category: str | None, asked: Asked
) -> tuple[Query, Product]:
    from newaisle.agent.schema.query import query_of
    from newaisle.agent.why.why import find_product, own_category

    query = query_of(user_id, category or "", **asked)
    product = find_product(item_id, parts.ledger, query.candidates)
    # A brief is for a language model and for the nearest categories: neither has to do with the place.
    return replace(query, category=category or own_category(product), brief=""), product


def _require_one_of(known: Collection[object], what: str, given: object) -> None:
    if given not in known:
        raise RequestError(f"there is no {what} {given!r}: take one of {', '.join(map(repr, known))}")


def _source(file: str | Source | None) -> Source | None:
    if isinstance(file, str):
        return "-" if file == "-" else Path(file)
    return file


def open_shop(
    home: str | Path | None = None,
    *,
    model: str | LanguageModel | None = None,
    embedder: str | Embedder | None = None,
    base_url: str | None = None,
    api_key_file: str | Path | None = None,
    adapter: str | None = None,
    fallback: str | Sequence[str] = (),
    models: str | Path | None = None,
    prompts: str | Path | None = None,
) -> Shop:
    """The shop in a data folder, which `ingest` makes where there is none; a context manager that closes it.

    home: the folder; None is the platform's usual place. model: the name of a language model, "none" to do without, or
    a ready one. embedder: likewise, "hash" for words only. What is ready stays open. base_url: of the server whose
    model it is; the others are as the settings of these names (see `newaisle config`). Neither files of settings nor
    the environment are looked at. Raises ConfigError for what cannot be used.
    """
    from newaisle.agent.llm.server.address import is_url
    from newaisle.agent.settings.settings import Settings

    if base_url is not None and not is_url(base_url):
        raise ConfigError(f"{base_url!r} is no address of a server: give base_url one like 'http://localhost:8000/v1'")
    paths = {"home": home, "api_key_file": api_key_file, "models": models, "prompts": prompts}
    given = {name: fspath(path) for name, path in paths.items() if path is not None}
    texts = {"model": model, "embedder": embedder, "base_url": base_url, "backend": "http" if base_url else None}
    texts["adapter"] = adapter
    given |= {name: text for name, text in texts.items() if isinstance(text, str)}
    fallbacks = [fallback] if isinstance(fallback, str) else [*fallback]
    return Shop(
        Session(
            Settings.of({**given, "fallback": fallbacks}, "open_shop"),
            model=None if isinstance(model, str) else model,
            embedder=None if isinstance(embedder, str) else embedder,
        )
    )
