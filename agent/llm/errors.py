"""What can go wrong with a language model.

LanguageModelError
├── BackendMissing   the library that runs local models is not installed; install it
├── ModelUnusable    the model file is missing, damaged, or crashes here; fetch it again or take another
├── InputTooLong     prompt and answer do not fit into the context; shorten the prompt
├── DecodeFailed     the library refused to evaluate tokens; a retry rarely helps
└── WrongThread      an engine was used from a thread that did not make it; a mistake in the program
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


class DecodeFailed(LanguageModelError):
    """llama.cpp returned an error for a batch."""


class WrongThread(LanguageModelError):
    """An engine belongs to the thread that made it."""
