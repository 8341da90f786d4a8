"""A local model in this process that never evaluates the same token twice.

What prompts have in common is evaluated once and forked; continuations and answers run as branches of one batch;
prefixes stay in the context for the next call. A model that cannot be forked does the same work one by one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.adapter import Adapter
from newaisle.agent.llm.base import Ask, Finish, Generated, LanguageModel, Likelihood, OnText
from newaisle.agent.llm.batch import Tokens, TokenTree, plan_chunks, shared_length
from newaisle.agent.llm.chat_markup import ChatMarkup
from newaisle.agent.llm.kept_files import StateFiles
from newaisle.agent.llm.native import BATCH_TOKENS, NativeModel
from newaisle.agent.llm.prefixes import KeptPrefixes, Prefixes, SinglePrefix
from newaisle.agent.llm.writing import Writing
from newaisle.errors import InputTooLong, Interrupted, WrongThread
from newaisle.prompts.messages import Message
from newaisle.store.embedders import available_processors

KEPT_PREFIXES = 4
"""Enough for the ranking and the explaining prompt of two customers."""
BRANCHES = 60
# Shared out among the texts that are written together: on a processor a batch of five texts takes 27 ms, every token
# more 3 ms, and of the guesses four in five are right.
GUESSES = 12

# A vocabulary that was made for a language spends about 0.7 tokens on a Chinese character; one that was not spells
# it in bytes, two tokens and more.
_TRIAL_TEXTS = {
    "en": ("A light kettle for two cups of tea, easy to clean and quick to boil.", 0.5),
    "zh": ("这款水壶很轻便，容易清洗，两分钟就能把水烧开，适合送给喜欢喝茶的朋友。", 1.0),
}


@dataclass(slots=True)
class Usage:
    """Tokens since the engine was made.

    evaluated: tokens of prompts and continuations run through the model.
    reused: tokens of prompts that an earlier call had left evaluated.
    generated: tokens of answers.
    """

    evaluated: int = 0
    reused: int = 0
    generated: int = 0


class _Stopped(Exception):
    """Nothing more may be evaluated in this call: `why` it ends here."""

    def __init__(self, why: Finish) -> None:
        self.why: Finish = why


class LlamaEngine(LanguageModel):
    """A GGUF model run by llama.cpp, decoding greedily; it belongs to the thread that makes it.

    Likelihoods do not depend on what was batched or cached beyond rounding: 0.01 nats per token with 32-bit weights,
    0.15 with quantized ones (0.03 is usual), whose activations other batch sizes round differently.

    context: tokens that prompts, branches and kept prefixes have together (less where the model allows less).
    threads: processor threads; None takes the ones this process may use.
    use_extra_bufts, can_fork: what a trial of the model found out (see `trial.open_engine`).
    adapter: takes part in the answers to its templates.
    clock: seconds, for deadlines.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context: int = 4096,
        threads: int | None = None,
        use_extra_bufts: bool = True,
        can_fork: bool = True,
        name: str | None = None,
        sha256: str | None = None,
        states: StateFiles | None = None,
        adapter: Adapter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model = NativeModel(
            model_path,
            context=context,
            threads=threads or available_processors(),
            sequences=KEPT_PREFIXES + BRANCHES if can_fork else 1,
            use_extra_bufts=use_extra_bufts,
        )
        self.adapter = adapter
        self.name = name or model_path.stem
        self.sha256 = sha256
        self.parameters = model.parameters
        self.context_size = model.context_size
        self.usage = Usage()
        self._markup = ChatMarkup(model.chat_template, bos=model.token_text("bos"), eos=model.token_text("eos"))
        self._prefixes: Prefixes = (
            KeptPrefixes(model, self._extend, slots=KEPT_PREFIXES, branches=BRANCHES)
            if can_fork
            else SinglePrefix(model, self._extend)
        )
        self._states = states
        self._clock = clock
        self._until: float | None = None
        self._cancel: threading.Event | None = None
        self._thread = threading.get_ident()

    def close(self) -> None:
        self._model.close()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(self.tokens_of(messages))

    def supports(self, language: str) -> bool:
        """Judged by how many tokens the vocabulary spends on a sentence in the language; unknown ones are not."""
        if language not in _TRIAL_TEXTS:
            return False
        text, most = _TRIAL_TEXTS[language]
        return len(self._content(text)) <= most * len(text)

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        if not continuations:
            return []
        prefix = self.tokens_of(prompt)
        texts = [self._content(text) for text in continuations]
        self._check_length(len(prefix) + max(map(len, texts)))
        # The last token of the prefix is the root of the tree: its logits judge the first token of every text.
        branches = [[prefix[-1], *tokens] for tokens in texts]
        totals = [0.0] * len(texts)
        forks = self._branch(prefix[:-1], branches)
        try:
            with self._call(deadline, cancel), closing(forks):
                for chunk, sequences in forks:
                    tree = TokenTree.of([branches[index] for index in chunk])
                    scores = self._score_tree(tree, sequences, len(prefix) - 1)
                    for index, end in zip(chunk, tree.ends, strict=True):
                        totals[index] = scores[end]
        except _Stopped as stopped:
            raise Interrupted(f"not all was scored ({stopped.why}): do without with --llm-rank off") from None
        return [Likelihood(total, len(tokens)) for total, tokens in zip(totals, texts, strict=True)]

    def prepare(self, head: Sequence[Message], template: str = "") -> None:
        """Evaluate what many prompts begin with, and keep that on disk for later processes where files are given."""
        if self._states is not None:
            # What follows may merge with the last token, or take the place of the markup that ends the head.
            tokens = self.tokens_of(head)[:-1]
            with self._call(template=template):
                self._prefixes.prepare(tokens, self._states.read_by(self._prefixes.adapter))

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        if not asks:
            return []
        texts = [self._writing(index, ask, on_text) for index, ask in enumerate(asks)]
        inputs = [list(text.read) for text in texts]
        self._check_length(max(len(text.read) + text.most for text in texts))
        # Each branch keeps a token of its own to evaluate: its logits choose the first token of the answer.
        shared = min(shared_length(inputs), min(map(len, inputs)) - 1)
        branches = [tokens[shared:] for tokens in inputs]
        forks = self._branch(inputs[0][:shared], branches, reserve=max(text.most for text in texts))
        why: Finish = "stop"
        try:
            with self._call(deadline, cancel, template=_template_of(asks)), closing(forks):
                for chunk, sequences in forks:
                    tree = TokenTree.of([branches[index] for index in chunk])
                    together = [texts[index] for index in chunk]
                    for text, sequence in zip(together, sequences, strict=True):
                        text.sequence = sequence
                    self._read_tree(tree, sequences, shared, together)
                    self._write(together)
                    if len(texts) == 1:  # a turn of a chat: the next one begins with it
                        self._prefixes.keep(sequences[0], texts[0].read)
        except _Stopped as stopped:
            why = stopped.why
        finally:
            self.usage.generated += sum(text.tokens for text in texts)
        return [text.result(why) for text in texts]

    def _writing(self, index: int, ask: Ask, on_text: OnText | None) -> Writing:
        return Writing(
            index,
            ask,
            self._model,
            prompt=self.tokens_of(ask.prompt),
            choices=[self._content(choice) for choice in ask.choices],
            guesses=self._prefixes.branches > 1,
            on_text=on_text,
        )

    @contextmanager
    def _call(
        self, deadline: float | None = None, cancel: threading.Event | None = None, *, template: str = ""
    ) -> Iterator[None]:
        """Do one call: whatever breaks into it but its end in time leaves the context empty, and the engine usable."""
        self._adapt(template)
        self._until = None if deadline is None else self._clock() + deadline
        self._cancel = cancel
        try:
            yield
        except _Stopped:
            raise
        except BaseException:
            self._prefixes.forget()
            raise
        finally:
            self._until = self._cancel = None

    def _adapt(self, template: str) -> None:
        """Have the adapter take part if it was made for a template, and else not."""
        wanted = self.adapter if self.adapter and template in self.adapter.templates else None
        digest = wanted.sha256 if wanted else ""
        if digest != self._prefixes.adapter:
            self._model.adapt(wanted.path if wanted else None)
            self._prefixes.adapter = digest

    def _branch(
        self, prefix: Tokens, branches: Sequence[Tokens], *, reserve: int = 0
    ) -> Generator[tuple[list[int], list[int]], None, None]:
        """Sequences that have read the prefix, for as many branches at a time as the context holds.

        Yields the branches' indices, sorted by their tokens, and their sequences.
        """
        width = self._prefixes.branches
        self.usage.reused += self._prefixes.hold(prefix)
        longest = sorted((len(tokens) + reserve for tokens in branches), reverse=True)
        room = self._prefixes.make_room(sum(longest[:width]))
        for chunk in plan_chunks(branches, room=room, width=width, reserve=reserve):
            sequences = self._prefixes.fork(len(chunk))
            try:
                yield chunk, sequences
            finally:
                self._prefixes.release(sequences)

    def _score_tree(self, tree: TokenTree, sequences: Sequence[int], start: int) -> list[float]:
        """Log-probability of each node's path from the root, evaluating only nodes that have children."""
        children: dict[int, list[int]] = {}
        for node, parent in enumerate(tree.parents):
            children.setdefault(parent, []).append(node)
        inner = [node for node in range(len(tree.tokens)) if node in children]
        scores = [0.0] * len(tree.tokens)
        for first in range(0, len(inner), BATCH_TOKENS):
            nodes = inner[first : first + BATCH_TOKENS]
            logits = self._decode_nodes(tree, nodes, sequences, start, wanted=[True] * len(nodes))
            for node, row, normalizer in zip(nodes, logits, _log_sum_exp(logits), strict=True):
                for child in children[node]:
                    scores[child] = scores[node] + float(row[tree.tokens[child]] - normalizer)
        return scores

    def _read_tree(self, tree: TokenTree, sequences: Sequence[int], start: int, texts: Sequence[Writing]) -> None:
        """Evaluate all nodes, and let each text begin after the end of its sequence."""
        ending: dict[int, list[Writing]] = {}
        for end, text in zip(tree.ends, texts, strict=True):
            ending.setdefault(end, []).append(text)
        for first in range(0, len(tree.tokens), BATCH_TOKENS):
            nodes = range(first, min(first + BATCH_TOKENS, len(tree.tokens)))
            ends = [node for node in nodes if node in ending]
            logits = self._decode_nodes(tree, nodes, sequences, start, wanted=[node in ending for node in nodes])
            for end, row in zip(ends, logits, strict=True):
                for text in ending[end]:
                    text.begin(row)

    def _decode_nodes(
        self,
        tree: TokenTree,
        nodes: Sequence[int],
        sequences: Sequence[int],
        start: int,
        *,
        wanted: Sequence[bool],
    ) -> NDArray[np.float32]:
        self.usage.evaluated += len(nodes)
        return self._decode(
            [tree.tokens[node] for node in nodes],
            [start + tree.depths[node] for node in nodes],
            [[sequences[member] for member in tree.members[node]] for node in nodes],
            wanted,
        )

    def _write(self, texts: Sequence[Writing]) -> None:
        """Let all the texts grow, each until its own end."""
        while texts := [text for text in texts if text.finish is None]:
            proposals = [text.propose(GUESSES // len(texts), BATCH_TOKENS // len(texts)) for text in texts]
            # All texts' proposals side by side: tokens, positions, sequences, and whose logits are wanted.
            logits = self._decode(
                [token for tokens, _ in proposals for token in tokens],
                [
                    len(text.read) + place
                    for text, (tokens, _) in zip(texts, proposals, strict=True)
                    for place in range(len(tokens))
                ],
                [[text.sequence] for text, (tokens, _) in zip(texts, proposals, strict=True) for _ in tokens],
                [each for _, wanted in proposals for each in wanted],
            )
            rows = iter(logits)
            for text, (tokens, wanted) in zip(texts, proposals, strict=True):
                if text.take(len(tokens), list(islice(rows, sum(wanted)))):  # some guesses were wrong
                    self._model.trim(text.sequence, len(text.read))

    def _decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequences: Sequence[Sequence[int]],
        wanted: Sequence[bool] | None,
    ) -> NDArray[np.float32]:
        if self._cancel is not None and self._cancel.is_set():
            raise _Stopped("cancelled")
        if self._until is not None and self._clock() >= self._until:
            raise _Stopped("deadline")
        return self._model.decode(tokens, positions, sequences, logits=wanted)

    def _extend(self, sequence: int, tokens: Tokens, length: int) -> None:
        self._decode(tokens, range(length, length + len(tokens)), [[sequence]] * len(tokens), None)
        self.usage.evaluated += len(tokens)

    @property
    def end_token(self) -> int:
        """The token that ends an answer."""
        return self._model.end_token

    def tokens_of(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of a prompt: markup with control tokens, contents without."""
        if threading.get_ident() != self._thread:
            raise WrongThread(f"the engine of {self.name} was made by another thread: make one in each thread")
        tokens: list[int] = []
        for segment in self._markup.apply(messages):
            tokens += (
                self._model.tokenize(segment.text, special=True) if segment.is_markup else self._content(segment.text)
            )
        first = self._model.first_token
        if first is not None and tokens[:1] != [first]:
            tokens.insert(0, first)
        return tokens

    def _content(self, text: str) -> list[int]:
        """The tokens of plain text; where a vocabulary spells markup by merging characters, each stays alone."""
        tokens = self._model.tokenize(text, special=False)
        if any(map(self._model.is_control, tokens)):
            return [token for character in text for token in self._model.tokenize(character, special=False)]
        return tokens

    def _check_length(self, needed: int) -> None:
        if needed > self._model.context_size:
            raise InputTooLong(needed=needed, context=self._model.context_size)


def _template_of(asks: Sequence[Ask]) -> str:
    """The template of all the asks; none where they are not of one."""
    (template, *others) = {ask.template for ask in asks}
    return "" if others else template


def _log_sum_exp(logits: NDArray[np.float32]) -> list[np.float32]:
    """Logarithm of the sum of exponentials of each row, row by row so that the work stays in the cache."""
    work = np.empty(logits.shape[1], np.float32)
    normalizers = []
    for row in logits:
        top = row.max()
        np.subtract(row, top, out=work)
        np.exp(work, out=work)
        normalizers.append(top + np.log(work.sum()))
    return normalizers
