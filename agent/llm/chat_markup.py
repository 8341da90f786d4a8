"""A model's chat markup laid around messages, with what is markup and what is content kept apart.

The model's own template is rendered with marks in place of the contents and cut at the marks, so that nothing
in a content can ever be read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newaisle.prompts.messages import Message, Part

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

# Private-use characters: no template looks for them, trims them or splits at them.
_MARK = "\ue000{}\ue001"
_MARKS = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a prompt: markup, in which control tokens count, or content, in which they are plain text."""

    text: str
    is_markup: bool


class ChatMarkup:
    """The chat format of one model.

    A template that cannot take the messages gets them once more with the system message put before the first
    user message (some know no system role), and then ChatML stands in, as it does for a model without template.
    """

    def __init__(self, template: str | None, *, bos: str = "", eos: str = "") -> None:
        self._tokens = {"bos_token": bos, "eos_token": eos}
        sources = [template, CHATML] if template else [CHATML]
        self._templates = [compiled for source in sources if (compiled := _compile(source))]

    def apply(self, messages: Sequence[Message]) -> list[Segment]:
        """The messages as segments, up to where the assistant goes on writing.

        After a last message of the assistant nothing is added, so that the model continues it.
        """
        own, chatml = self._templates[0], self._templates[-1]
        for template, given in ((own, messages), (own, _fold_system(messages)), (chatml, messages)):
            segments = self._render(template, given)
            if segments is not None:
                return segments
        raise AssertionError("ChatML takes any messages")

    def _render(self, template: Any, messages: Sequence[Message]) -> list[Segment] | None:
        continues = bool(messages) and messages[-1].role == "assistant"
        marked = [{"role": message.role, "content": _MARK.format(number)} for number, message in enumerate(messages)]
        try:
            text = template.render(
                messages=marked, add_generation_prompt=not continues, enable_thinking=False, **self._tokens
            )
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError):
            return None
        runs = _MARKS.split(text)
        if sorted(map(int, runs[1::2])) != list(range(len(messages))):
            return None
        if continues:
            runs.pop()
        # Split at the marks, every second run is the number of a message.
        segments = [
            Segment(messages[int(run)].text, False) if number % 2 else Segment(run, True)
            for number, run in enumerate(runs)
        ]
        return [segment for segment in segments if segment.text]


def _compile(source: str) -> Any:
    """The compiled template, or None for a source that is no template."""

    def refuse(reason: str) -> NoReturn:
        raise TemplateError(reason)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = refuse
    try:
        return environment.from_string(source)
    except TemplateSyntaxError:
        return None


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    """The messages with a leading system message made the beginning of the user's first."""
    if len(messages) < 2 or (messages[0].role, messages[1].role) != ("system", "user"):
        return list(messages)
    system, user, *rest = messages
    return [Message("user", (*system.parts, Part("\n\n", is_data=False), *user.parts)), *rest]
