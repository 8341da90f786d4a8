"""The backend that CONTRIBUTING.md shows is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.llm.base import Ask, LanguageModel
from newaisle.prompts.messages import Message, Part
from tests.shown import ROOT, defined_in

PLAIN = defined_in(ROOT / "CONTRIBUTING.md", "PlainLlama")


def test_it_has_all_that_a_language_model_has() -> None:
    assert issubclass(PLAIN, LanguageModel)
    assert not PLAIN.__abstractmethods__


@pytest.mark.models
def test_it_writes(gguf_path: Path) -> None:
    prompt = [Message("user", (Part("Why drink tea in the evening?", is_data=False),))]
    with PLAIN(gguf_path, context=512) as model:
        (answer,) = model.generate([Ask(prompt=prompt, max_tokens=3)])
    assert (answer.tokens, answer.finish) == (3, "length")
