"""Checks templates beyond what loading them does: by rendering them with full and with scant inputs."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from newaisle.errors import PromptError, RenderError, TemplateError
from newaisle.prompts.inputs import INPUTS, Most
from newaisle.prompts.shapes import is_list
from newaisle.prompts.template import Template, inspect, name_and_language


def check_template(template: Path | Template) -> list[PromptError]:
    """Everything wrong with a template file, each with its line; an empty list where it is fit for use."""
    path = template.path if isinstance(template, Template) else template
    read, problems = inspect(path, "yours")
    if read is None:
        return [*problems]
    for what, inputs in _trials(INPUTS[read.name]).items():
        try:
            read.render(inputs)
        except RenderError as exc:
            return [RenderError(f"{exc.message} (with {what})", path=exc.path, line=exc.line)]
    return []


def check_names(folder: Path) -> list[PromptError]:
    """The YAML files in the user's folder that no prompt reads, because of their names."""
    problems: list[PromptError] = []
    for path in sorted(folder.glob("*.y*ml")):
        try:
            name_and_language(path)
        except TemplateError as exc:
            problems.append(exc)
    return problems


def _trials(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Inputs to try: every field with its example; and the fewest that are allowed, lists empty."""
    fields, full = model.model_fields, _examples(model)
    scant = {
        name: [] if is_list(fields[name].annotation) else full[name] for name in fields if fields[name].is_required()
    }
    return {"every input given": full, "nothing but the required inputs": scant}


def fullest(name: str) -> BaseModel:
    """Inputs of the prompt `name` with every field given, and every list as long as newaisle makes it."""
    model = INPUTS[name]
    full = _examples(model)
    for field, info in model.model_fields.items():
        for most in info.metadata:
            if isinstance(most, Most):
                full[field] = list(islice(cycle(full[field]), most))
    return model.model_validate(full)


def _examples(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}
