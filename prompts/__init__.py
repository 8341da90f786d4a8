"""The prompts: template files that people edit, and the little code that checks and renders them.

    template = prompts.load_template("explain", language="en", folder=None)
    messages = template.render(inputs)

What needs Jinja, YAML or pydantic is loaded on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newaisle.errors import PromptError, RenderError, TemplateError
from newaisle.prompts.messages import Message, Part, Role

if TYPE_CHECKING:
    from newaisle.prompts.check import check_template
    from newaisle.prompts.inputs import INPUTS
    from newaisle.prompts.library import Listed, bundled_path, list_templates, load_template
    from newaisle.prompts.order import Note, order_notes
    from newaisle.prompts.template import Options, Template

__all__ = [
    "INPUTS",
    "Listed",
    "Message",
    "Note",
    "Options",
    "Part",
    "PromptError",
    "RenderError",
    "Role",
    "Template",
    "TemplateError",
    "bundled_path",
    "check_template",
    "list_templates",
    "load_template",
    "order_notes",
]

_HOMES = {
    "check_template": "newaisle.prompts.check",
    "INPUTS": "newaisle.prompts.inputs",
    "Listed": "newaisle.prompts.library",
    "bundled_path": "newaisle.prompts.library",
    "list_templates": "newaisle.prompts.library",
    "load_template": "newaisle.prompts.library",
    "Note": "newaisle.prompts.order",
    "order_notes": "newaisle.prompts.order",
    "Options": "newaisle.prompts.template",
    "Template": "newaisle.prompts.template",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'newaisle.prompts' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
