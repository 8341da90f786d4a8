"""A conversation: each turn is read into an intent, changes what is in force, and is answered."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from newaisle.agent.chat.asking import query_about, query_of
from newaisle.agent.chat.by_model import reader
from newaisle.agent.chat.intent import Act, Intent
from newaisle.agent.chat.lookup import category_named
from newaisle.agent.chat.notes import categories_to_choose, notes, opinions, ways_out
from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.phrases import PHRASES, Phrases
from newaisle.agent.chat.questions import told_facts, told_why, told_why_not
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.chat.replies import Reply
from newaisle.agent.chat.state import Opinion, SaidTurn, SavedChat, State
from newaisle.agent.chat.summary import understood
from newaisle.agent.chat.wishes import KindsOf, Wishes, after, kinds_of_values, moved_on
from newaisle.agent.profile.profile import history_of, profile
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import Recommendation, RecommendationSet
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Style, Switch
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.why_not import why_not
from newaisle.errors import RequestError
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from newaisle.store.words import is_chinese

OnChosen = Callable[[list[Recommendation]], None]
_NEAR = 3  # products named where it is not clear which one is meant
_ONE_NUMBER = re.compile(r"\D*(\d{1,2})\D*$")


class Conversation:
    """One chat with one customer, or with somebody without a history.

    A turn that fails changes nothing. Raises RequestError for an unknown customer.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        user_id: str | None = None,
        k: int = 5,
        style: Style = "short",
        llm_rank: Switch = "auto",
        wording: Switch = "auto",
    ) -> None:
        self.parts, self.k, self.style = parts, k, style
        self.vocabulary = Vocabulary.of(parts.ledger)
        self.language: Language | None = None  # of the last turn that had one
        self.answer: RecommendationSet | None = None
        self._llm_rank: Switch = llm_rank
        self._wording: Switch = wording
        self._read_on = reader(parts, self.vocabulary)
        self._dataset: list[tuple[State, RecommendationSet | None]] = []
        self._turns: list[SaidTurn] = []
        self._on_chosen: OnChosen = lambda recommendations: None
        self._cancel: threading.Event | None = None
        if user_id is not None:
            history_of(parts.ledger, user_id)
        self.state = self._start = State(user_id=user_id)

    @property
    def say(self) -> Phrases:
        return PHRASES[self.language or "en"]

    @property
    def last_words(self) -> str:
        """The last turn that was no command; empty before there is one."""
        return next((turn.say for turn in reversed(self._turns) if turn.intent is not None), "")

    @property
    def shown(self) -> list[Product]:
        """The products on the screen, in their order."""
        return self._products(self.state.shown)

    @contextmanager
    def turn(
        self,
        text: str,
        intent: Intent | None = None,
        *,
        on_chosen: OnChosen = lambda recommendations: None,
        cancel: threading.Event | None = None,
    ) -> Iterator[None]:
        """While a turn is answered: it can be undone, is part of what is saved, and changes nothing if it fails.

        on_chosen, cancel: as for `recommend`.
        """
        before, depth = (self.state, self.answer), len(self._dataset)
        self._on_chosen, self._cancel = on_chosen, cancel
        try:
            yield
        except BaseException:
            self.state, self.answer = before
            raise
        if self.state != before[0] and len(self._dataset) >= depth:  # taking back cannot be taken back
            self._dataset.append(before)
        constraints = self.state.wishes.constraints
        self._turns.append(SaidTurn(say=text, intent=intent, shown=self.state.shown, constraints=constraints))

    def read(self, text: str) -> Intent:
        """What a turn in words says, read by the rules, and by the language model where they leave something."""
        self.hear(text)
        return self._read_on(text, read_turn(text, self.vocabulary, self.shown))

    def hear(self, text: str) -> None:
        """Answer in the language of a turn; of one without letters in that of the last."""
        if any(map(str.isalpha, text)):
            self.language = "zh" if is_chinese(text) else "en"

    def act(self, text: str, intent: Intent) -> Reply:
        """The answer to a turn in words that was read."""
        shown = self.shown
        if beyond := _place_beyond(text, intent, len(shown)):
            return Reply(text=self.say.no_such_place.format(beyond, len(shown)) if shown else self.say.nothing_shown)
        meant = self._meant(intent, shown)
        acts: Mapping[Act, Callable[[], Reply]] = {
            "recommend": lambda: self._wish(text, intent, shown, meant),
            "more": self.more,
            "why": lambda: self._why(intent, meant),
            "why_not": lambda: self._why_not(intent, meant),
            "product": lambda: self._facts(intent, meant),
            "profile": self._of_customer,
            "like": lambda: self.opinion(meant, Event.LIKE),
            "dislike": lambda: self.opinion(meant, Event.DISLIKE),
            "forget": self.undo,
            "reset": self.reset,
            "help": lambda: Reply(text=self.say.help),
            "small_talk": lambda: Reply(text=self.say.small_talk),
        }
        line = understood(intent, self.say, {one.item_id: one for one in meant})
        return replace(acts[intent.act](), understood=line)

    def more(self) -> Reply:
        """Further products: those on the screen are left out from now on."""
        self._change(wishes=moved_on(self.state.wishes, self.state.shown))
        return self.show()

    def opinion(self, products: Sequence[Product], event: Event) -> Reply:
        """Like or dislike products, for this chat alone; what follows from it is shown at once."""
        if not products:
            return Reply(text=self.say.which_product)
        new = [Opinion.model_validate({"item_id": one.item_id, "event": event}) for one in products]
        ids = {one.item_id for one in new}
        self._change(opinions=(*(one for one in self.state.opinions if one.item_id not in ids), *new))
        if self.state.wishes.category is None:
            return Reply(text=opinions(self.state, self.parts.ledger, self.say))
        return self.show()

    def undo(self) -> Reply:
        """Take back the last turn that changed anything."""
        if not self._dataset:
            return Reply(text=self.say.nothing_to_undo)
        self.state, self.answer = self._dataset.pop()
        return Reply(text=self.say.undone, answer=self.answer, notes=self.notes())

    def reset(self) -> Reply:
        """Lift everything that was asked for, but for the category."""
        self._change(wishes=Wishes(category=self.state.wishes.category))
        shown = self.show() if self.state.wishes.category else Reply()
        return replace(shown, text=self.say.reset)

    def as_customer(self, user_id: str | None) -> Reply:
        """Go on as another customer, or as somebody without a history; what was asked for holds.

        Raises RequestError for an unknown one.
        """
        if user_id is not None:
            history_of(self.parts.ledger, user_id)
        self._change(user_id=user_id, opinions=())
        return self.show()

    def to_category(self, name: str) -> Reply:
        """Go on with another category; what was asked for holds. Raises RequestError for an unknown one."""
        path = category_named(name, self.parts.ledger, self.vocabulary)
        self._change(wishes=self.state.wishes.model_copy(update={"category": path, "like": (), "unlike": ()}))
        return self.show()

    def show(self) -> Reply:
        """Recommend by what is in force; ask for a category where there is none yet."""
        if self.state.wishes.category is None:
            return Reply(text=categories_to_choose(self.state, self.parts.ledger, self.say), notes=self.notes())
        answer = recommend(
            self.query(),
            self.parts,
            llm_rank=self._llm_rank,
            wording=self._wording,
            on_chosen=self._on_chosen,
            cancel=self._cancel,
        )
        self.answer = answer
        # A limit keeps the currency that it was found to be in.
        wishes = self.state.wishes.model_copy(update={"constraints": answer.request.constraints})
        self._change(wishes=wishes, shown=tuple(one.item_id for one in answer.recommendations))
        few = len(answer.recommendations) < self.k
        out = ways_out(self.state, answer, self.parts.ledger, self.say) if few else ()
        stopped = [self.say.stopped] if self._cancel is not None and self._cancel.is_set() else []
        return Reply(answer=answer, notes=(*self.notes(), *out, *stopped))

    def query(self) -> Query:
        """What is asked now; raises RequestError where no category is chosen yet."""
        if self.state.wishes.category is None:
            raise RequestError(self.say.nothing_shown)
        return query_of(self.state, k=self.k, style=self.style, language=self.language)

    def notes(self) -> tuple[str, ...]:
        """The constraints in force, and what was liked in this chat."""
        return notes(self.state, self.parts.ledger, self.say)

    def saved(self) -> SavedChat:
        """The chat so far, for a file."""
        return SavedChat(
            index_generation=self.answer.made_with.index_generation if self.answer else None,
            k=self.k,
            style=self.style,
            start=self._start,
            state=self.state,
            turns=tuple(self._turns),
        )

    def resume(self, chat: SavedChat) -> Reply:
        """Go on with a chat as it was saved; says where other products come out, since the shop has changed.

        Raises RequestError where the shop does not have its customer or category any more.
        """
        if chat.state.user_id is not None:
            history_of(self.parts.ledger, chat.state.user_id)
        before = self.k, self.style, self.state
        self.k, self.style, self.state = chat.k, chat.style, chat.state
        try:
            reply = self.show()
        except BaseException:
            self.k, self.style, self.state = before
            raise
        self._start, self._turns, self._dataset = chat.start, list(chat.turns), []
        changed = [self.say.shop_changed] if self.state.shown != chat.state.shown else []
        return replace(reply, notes=(*reply.notes, *changed))

    def _wish(self, text: str, intent: Intent, shown: Sequence[Product], meant: Sequence[Product]) -> Reply:
        if intent.unread and intent == Intent(unread=intent.unread):
            return Reply(text=self.say.nothing_understood, notes=self.notes())
        wishes = after(
            self.state.wishes,
            intent,
            text,
            shown=shown,
            meant=meant,
            kinds_of=self._kinds_of,
            currencies=lambda: self._currencies,
        )
        had, has = self.state.wishes.constraints, wishes.constraints
        self._change(wishes=wishes)
        reply = self.show()
        compares = intent.relation in ("cheaper", "dearer") and (had.max_price, had.min_price) == (
            has.max_price,
            has.min_price,
        )
        return replace(reply, notes=(*reply.notes, self.say.no_prices)) if compares else reply

    def _why(self, intent: Intent, meant: Sequence[Product]) -> Reply:
        if self.answer is None or not self.answer.recommendations:
            return Reply(text=self.say.nothing_shown)
        if intent.unread and not meant:
            return self._which(intent)
        ids = {one.item_id for one in meant}
        asked = [one for one in self.answer.recommendations if one.item_id in ids or not ids]
        return (
            Reply(text="\n".join(told_why(one, self.say) for one in asked)) if asked else self._why_not(intent, meant)
        )

    def _why_not(self, intent: Intent, meant: Sequence[Product]) -> Reply:
        if self.state.wishes.category is None:
            return Reply(text=self.say.nothing_shown)
        if not meant:
            return self._which(intent)
        return Reply(text="\n".join(self._told_why_not(one) for one in meant))

    def _told_why_not(self, product: Product) -> str:
        wishes = self.state.wishes
        disliked = [one.item_id for one in self.state.opinions if one.event is Event.DISLIKE]
        told = [told_why_not(why_not(query_about(product, self.query()), product, self.parts), self.say)]
        told += [self.say.was_disliked] if product.item_id in (*disliked, *wishes.unlike) else []
        told += [self.say.was_passed] if product.item_id in (*wishes.passed, *wishes.like) else []
        return "\n".join(told)

    def _facts(self, intent: Intent, meant: Sequence[Product]) -> Reply:
        if not meant:
            return self._which(intent)
        return Reply(text=told_facts(meant, intent.field or "other", intent.about, self.say))

    def _which(self, intent: Intent) -> Reply:
        """Ask which product is meant, naming some that have the words of the question."""
        said = [word for text in intent.about for word in text.casefold().split()]
        near = self.vocabulary.titled(said)[:_NEAR]
        named = [self.say.or_one_of.format(self.say.between.join(f"{one.title} ({one.item_id})" for one in near))]
        return Reply(text="\n".join([self.say.which_product, *(named if near else [])]))

    def _of_customer(self) -> Reply:
        user_id, told = self.state.user_id, self.say.no_history
        if user_id is not None:
            told = profile(user_id, self.parts, language=self.language, wording=self._wording).paragraph.text
        return Reply(text=told, notes=self.notes())

    def _meant(self, intent: Intent, shown: Sequence[Product]) -> list[Product]:
        """The products that a turn speaks of."""
        if intent.items:
            return [shown[place - 1] for place in intent.items]
        return self._products([intent.item_id] if intent.item_id else [])

    def _products(self, item_ids: Sequence[str]) -> list[Product]:
        known = self.parts.ledger.products(item_ids)
        return [known[item_id] for item_id in item_ids if item_id in known]

    def _change(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)

    @cached_property
    def _kinds_of(self) -> KindsOf:
        return kinds_of_values(self.vocabulary.rows)

    @cached_property
    def _currencies(self) -> Collection[str]:
        return self.parts.ledger.currencies()


def _place_beyond(text: str, intent: Intent, count: int) -> int | None:
    """A place that a turn speaks of and the screen does not have: where there is none, a bare number is one."""
    bare = _ONE_NUMBER.match(text) if intent.act in ("why", "why_not", "product", "like", "dislike") else None
    places = intent.items or ((int(bare[1]),) if bare else ())
    return next((place for place in places if place > count), None)
