"""What can go wrong with a language model.

LanguageModelError
├── BackendMissing   the library that runs local models is not installed; install it
├── ModelUnusable    the model file is missing, damaged, or crashes here; fetch it again or take another
├── InputTooLong     prompt and answer do not fit into the context; shorten the prompt
├── Interrupted      a deadline passed, or the caller cancelled, before all was scored; give it more time
├── CannotScore      the model gives no likelihoods of given text; ask it for an order instead
├── DecodeFailed     the library refused to evaluate tokens; a retry rarely helps
├── WrongThread      an engine was used from a thread that did not make it; a mistake in the program
└── ServerError              a server did not do what it was asked; `transient` says whether a retry may help
    ├── ServerUnreachable    no connection: refused, unknown host, TLS, proxy; start it or mend the address
    ├── ServerRefused        401 or 403: the key is missing, wrong or not enough
    ├── ServerLacksModel     it has no model of that name; take one of those it has
    ├── ServerBusy           429, or any answer that asks to wait longer than there is time
    ├── ServerSlow           a deadline of the client passed
    ├── ServerFailed         5xx, a stream that was cut, an answer that is none, a redirect elsewhere
    └── RequestRejected      400 and the like: the server does not take such a request
"""

from __future__ import annotations


class LanguageModelError(Exception):
    """Base of everything that a language model can fail with."""


class BackendMissing(LanguageModelError):
    """llama-cpp-python is not installed."""

    def __init__(self) -> None:
        super().__init__("local models need llama-cpp-python: pip install 'newaisle[local]'")


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
