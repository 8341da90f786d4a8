"""Asking a model with what a template makes of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from newaisle.agent.llm.base import Ask

if TYPE_CHECKING:
    from pydantic import BaseModel

    from newaisle.prompts.template import Template


def ask_of(template: Template, inputs: BaseModel | Mapping[str, Any], *, most: int, continues: bool = True) -> Ask:
    """The ask that a template makes of inputs.

    most: tokens of the answer, where the template does not say. continues: whether the model goes on with an answer
    that the template begins.
    """
    prompt = template.render(inputs, start=continues)
    options = template.options
    return Ask(
        prompt=prompt,
        max_tokens=options.max_tokens or most,
        stop=options.stop,
        temperature=options.temperature,
        template=template.name,
    )
