"""What can go wrong, in one tree. Every message is one line and ends with the next move.

NewaisleError
├── RequestError          what was asked for does not exist or makes no sense: ask again
├── ConfigError           a setting in a file or in the environment cannot be used: mend it there
├── BackendDown           under `--strict`: a part that the answer needs does not work: mend it, see `newaisle doctor`
├── UselessAnswer         under `--strict`: the language model answered, but nothing that could be used
├── StoreError
│   ├── InputError        a file, option or row set that cannot be used: mend the input and run again
│   ├── LockedError       another process is writing: wait for it, then run again
│   ├── LedgerError       the ledger is damaged, newer than this program, or its disk refuses: see `newaisle doctor`
│   ├── LogError          the log cannot be read or written; nothing else needs it
│   │   └── DamagedLog    its file is damaged: `newaisle logs clear` begins a new one
│   ├── IndexDamaged      the index (Chroma) is missing or damaged: it is rebuilt from the ledger
│   └── EmbedderError     the embedder's files are missing or do not load: `newaisle models pull`
├── PromptError
│   ├── TemplateError     a template file that is missing, unreadable or wrong: mend it (`path` and `line` say where)
│   └── RenderError       a sound template and inputs that do not go together, or that together exceed a limit
├── ModelError            of the files of models
│   ├── UnknownModel      no model of that name, and not a reference to one: "did you mean"
│   │   └── WrongKind     an embedder where a language model is wanted, or the other way round: take another
│   ├── ModelMissing      known, but not in the cache: `newaisle models pull NAME`
│   ├── ModelDamaged      wrong size or checksum: `newaisle models pull NAME` fetches it anew
│   └── ModelDownloadFailed  its source did not deliver it; a retry helps when the network was at fault
└── LanguageModelError
    ├── BackendMissing    the library that runs local models is not installed; install it
    ├── ModelUnusable     the model file is missing, damaged, or crashes here; fetch it again or take another
    ├── InputTooLong      prompt and answer do not fit into the context; shorten the prompt
    ├── Interrupted       a deadline passed, or the caller cancelled, before all was scored; give it more time
    ├── CannotScore       the model gives no likelihoods of given text; ask it for an order instead
    ├── DecodeFailed      the library refused to evaluate tokens; a retry rarely helps
    ├── WrongThread       an engine was used from a thread that did not make it; a mistake in the program
    └── ServerError             a server did not do what it was asked; `transient` says whether a retry may help
        ├── ServerUnreachable   no connection: refused, unknown host, TLS, proxy; start it or mend the address
        ├── ServerRefused       401 or 403: the key is missing, wrong or not enough
        ├── ServerLacksModel    it has no model of that name; take one of those it has
        ├── ServerBusy          429, or any answer that asks to wait longer than there is time
        ├── ServerSlow          a deadline of the client passed
        ├── ServerFailed        5xx, a stream that was cut, an answer that is none, a redirect elsewhere
        └── RequestRejected     400 and the like: the server does not take such a request
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

_QUOTED = re.compile(r"""`[^`]*`|\([^()]*\)|(?<=[\s(])(?:'[^']*'|"[^"]*")""")
_AS_NEAR = 5  # of 100, that one name may be less like what was meant than the nearest, to be named with it
BAD_INPUT, BACKEND_DOWN, USELESS_ANSWER, STORE_LOCKED_OR_DAMAGED = 3, 4, 5, 6


class NewaisleError(Exception):
    """Base of everything that newaisle raises on purpose; `exit_code` is how a command ends that meets it."""

    exit_code: ClassVar[int] = BAD_INPUT

    @property
    def next_move(self) -> str:
        """What to do about it: the last clause of the message; empty where there is but one."""
        message = str(self)
        plain = _QUOTED.sub(lambda quoted: "-" * len(quoted[0]), message)  # a title may have a colon, too
        cut = max(plain.rfind(": "), plain.rfind("; "))
        return message[cut + 2 :].rstrip(".") if cut >= 0 else ""


class RequestError(NewaisleError):
    """An unknown customer or category, or a combination of options that makes no sense."""


class ConfigError(NewaisleError):
    """A setting in a file or in the environment that is unknown, cannot be read, or must not be used."""


class BackendDown(NewaisleError):
    """A part that the answer needs does not work, and the caller wants no answer without it."""

    exit_code = BACKEND_DOWN


class UselessAnswer(NewaisleError):
    """The language model answered, but nothing that could be used, and the caller wants no answer without it."""

    exit_code = USELESS_ANSWER


class StoreError(NewaisleError):
    """Base of everything the store raises on purpose."""

    exit_code = STORE_LOCKED_OR_DAMAGED


class InputError(StoreError):
    """A file, option or set of rows that cannot be used as it is."""

    exit_code = BAD_INPUT


class LockedError(StoreError):
    """Another process holds the writer's lock; nothing was changed."""


class LedgerError(StoreError):
    """The ledger cannot be read or written; what it held before is still there."""


class LogError(StoreError):
    """The log of answers cannot be read or written; nothing else needs it."""


class DamagedLog(LogError):
    """The log's file is damaged; `newaisle logs clear` begins a new one."""


class IndexDamaged(StoreError):
    """The index is missing, incomplete or fails its probe; the ledger can rebuild it."""


class EmbedderError(StoreError):
    """The embedder cannot be loaded or does not work."""

    exit_code = BACKEND_DOWN


class PromptError(NewaisleError):
    """Base of everything the prompts raise on purpose; `path` and `line` (from 1) say where, if anywhere."""

    def __init__(self, message: str, *, path: Path | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = ":".join(str(place) for place in (self.path, self.line) if place is not None)
        return f"{where}: {self.message}" if where else self.message


class TemplateError(PromptError):
    """A template that cannot be found, read or used."""


class RenderError(PromptError):
    """Inputs that a template cannot be rendered with."""


class ModelError(NewaisleError):
    """Base of everything that model files raise on purpose."""

    exit_code = BACKEND_DOWN


class UnknownModel(ModelError):
    """Neither the name of a known model nor a reference (`hf:owner/repo/file`, a path)."""

    exit_code = BAD_INPUT


class WrongKind(UnknownModel):
    """The model exists and does something else."""


class ModelMissing(ModelError):
    """The model is not in the cache; pulling it helps."""


class ModelDamaged(ModelError):
    """A file of the model does not have the size or checksum it should; pulling it again helps."""

    exit_code = BAD_INPUT


class ModelDownloadFailed(ModelError):
    """The model could not be fetched; the cache is as it was before."""


class LanguageModelError(NewaisleError):
    """Base of everything that a language model can fail with."""

    exit_code = BACKEND_DOWN


class BackendMissing(LanguageModelError):
    """llama-cpp-python is not installed."""

    def __init__(self) -> None:
        super().__init__("local models need llama-cpp-python: run `python -m newaisle.agent.llm.build`")


class ModelUnusable(LanguageModelError):
    """The model file cannot be loaded or decoded with here."""


class InputTooLong(LanguageModelError):
    """The tokens needed, prompt and answer together, exceed the context."""

    def __init__(self, *, needed: int, context: int) -> None:
        super().__init__(f"prompt and answer need {needed} tokens, the context holds {context}: shorten the prompt")
        self.needed = needed
        self.context = context


class Interrupted(LanguageModelError):
    """The work was stopped before its end."""


class CannotScore(LanguageModelError):
    """The model gives no likelihoods of given text."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} gives no likelihoods of given text: rank with another model, or --llm-rank off")


class DecodeFailed(LanguageModelError):
    """llama.cpp returned an error for a batch."""


class WrongThread(LanguageModelError):
    """An engine belongs to the thread that made it."""


class ServerError(LanguageModelError):
    """Base of what a server can fail with.

    status_code: of its answer, where it gave one. retry_after: seconds that it wants to be left alone, where it says.
    transient: whether the same request may succeed a little later.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        retry_after: float | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.retry_after = retry_after
        self.transient = transient


class ServerUnreachable(ServerError):
    """There is no connection to the server."""


class ServerRefused(ServerError):
    """The server does not accept the key, or wants one."""


class ServerLacksModel(ServerError):
    """The server has no model of that name."""


class ServerBusy(ServerError):
    """The server wants to be left alone for longer than there is time."""


class ServerSlow(ServerError):
    """The server did not answer, or stopped answering, within a deadline."""


class ServerFailed(ServerError):
    """The server failed, or what it said is no answer."""


class RequestRejected(ServerError):
    """The server does not take such a request."""


def did_you_mean(name: str, known: Iterable[str], *, else_all: bool = False) -> str:
    """A hint naming the nearest known names, to be put into a message.

    Where none is near it is empty or, with `else_all`, names all there are.
    """
    from rapidfuzz import process, utils

    names = sorted(known)
    found = process.extract(name, names, limit=3, score_cutoff=60, processor=utils.default_process)
    near = [choice for choice, score, _ in found if score >= found[0][1] - _AS_NEAR]
    if near:
        return f" (did you mean {' or '.join(map(repr, near))}?)"
    return f" (there is {', '.join(names)})" if else_all and names else ""
