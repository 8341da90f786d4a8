"""Exit codes: which error ends the program how. The message is the error's own, one line."""

from __future__ import annotations

USAGE, BAD_INPUT, BACKEND_DOWN, USELESS_ANSWER, STORE_LOCKED_OR_DAMAGED, INTERRUPTED = 2, 3, 4, 5, 6, 130


def exit_code(error: BaseException) -> int | None:
    """The exit code for an error that newaisle raises on purpose; None for any other, which is a fault of ours."""
    from agent.errors import BackendDown, RequestError, UselessAnswer
    from agent.llm.errors import LanguageModelError
    from agent.models.errors import ModelDamaged, ModelError, UnknownModel
    from prompts.errors import PromptError
    from store.errors import EmbedderError, InputError, StoreError

    codes: list[tuple[tuple[type[BaseException], ...], int]] = [
        ((InputError, RequestError, PromptError, UnknownModel, ModelDamaged), BAD_INPUT),
        ((BackendDown, LanguageModelError, ModelError, EmbedderError), BACKEND_DOWN),
        ((UselessAnswer,), USELESS_ANSWER),
        ((StoreError,), STORE_LOCKED_OR_DAMAGED),
    ]
    return next((code for kinds, code in codes if isinstance(error, kinds)), None)
