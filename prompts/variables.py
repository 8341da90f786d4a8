"""The variables of each prompt, as a template's author reads of them, and a minimal template that has them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from newaisle.languages import Language
from newaisle.prompts.inputs import INPUTS, Most, Per, require_prompt
from newaisle.prompts.shapes import Shape, fields_of, is_list, items_of


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable, or one field of it (`product.title`; `history[0].title`, for the rows of a list).

    changes_with: what it changes with, the name of a `prompts.inputs.Per` in lower case.
    """

    name: str
    type: str
    description: str
    is_required: bool
    changes_with: str
    example: Any


def variables_of(name: str) -> list[Variable]:
    """What the template `name` may use, in the order of its input model; TemplateError where there is none."""
    require_prompt(name)
    return [variable for field in INPUTS[name].model_fields.items() for variable in _with_fields(*field)]


def _with_fields(name: str, field: FieldInfo) -> Iterator[Variable]:
    """A variable and, where it is a product or a list of them, the fields of one."""
    changes_with = next(per.name.lower() for per in field.metadata if isinstance(per, Per))
    example = field.examples[0] if field.examples else None
    yield Variable(name, _type(field), field.description or "", field.is_required(), changes_with, example)
    is_rows = is_list(field.annotation)
    model = items_of(field.annotation) if is_rows else field.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        within, one = (f"{name}[0]", example[0]) if is_rows and example else (name, example or {})
        for key, part in model.model_fields.items():
            about = part.description or ""
            shown = one.get(key) or (part.examples or [""])[0]
            yield Variable(f"{within}.{key}", _type(part), about, part.is_required(), changes_with, shown)


def _type(field: FieldInfo) -> str:
    shape: Shape = field.annotation
    if not is_list(shape):
        return "product" if fields_of(shape) else "text"
    most = next((f"up to {most} " for most in field.metadata if isinstance(most, Most)), "")
    return f"list of {most}{'products' if fields_of(items_of(shape)) else 'texts'}"


_CHINESE = {
    "category": "类目",
    "product": "商品",
    "history": "历史记录",
    "facts": "事实",
    "refused": "上次的问题",
    "brief": "说明",
    "nearest": "相近的类目",
    "candidates": "候选商品",
    "categories": "品类",
    "brands": "品牌",
    "understood": "已读懂",
    "turn": "顾客",
    "unread": "剩下的词",
}
_DESCRIPTION = {"en": "My own {name}.", "zh": "我自己的 {name}。"}
_SYSTEM = {"en": "Say here what the model is to do.", "zh": "在这里说明模型要做什么。"}
_START = "begin"  # the input that is made for the start of an answer


def skeleton(name: str, language: Language) -> str:
    """The text of a template file that passes the checks."""
    fields = INPUTS[name].model_fields
    order = sorted((key for key in fields if key != _START), key=lambda key: _per(fields[key]))
    lines = [line for key in order for line in _lines(key, fields[key], language)]
    return "\n".join(
        [
            f"# What each variable holds: newaisle prompts vars {name}",
            f"description: {_DESCRIPTION.get(language, _DESCRIPTION['en']).format(name=name)}",
            f"language: {language}",
            f"system: {_SYSTEM.get(language, _SYSTEM['en'])}",
            "prompt: |-",
            *(f"  {line}" for line in lines),
            *(['start: "{{ begin }}"'] if _START in fields else []),
            "",
        ]
    )


def _per(field: FieldInfo) -> Per:
    return next(per for per in field.metadata if isinstance(per, Per))


def _lines(key: str, field: FieldInfo, language: Language) -> Iterator[str]:
    """The lines that put one input out, if there is anything in it."""
    label = _CHINESE.get(key, key) if language == "zh" else key.capitalize()
    colon = "：" if language == "zh" else ":"
    shape = field.annotation
    if is_list(shape):
        row = items_of(shape)
        keys = fields_of(row)
        told = "row" if keys is None else "row.title"
        mark = "{{ row.label }}." if keys and "label" in keys else "-"
        yield f"{{% if {key} %}}"
        yield f"{label}{colon}"
        yield f"{{% for row in {key} %}}"
        yield f"{mark} {{{{ {told} }}}}"
        yield "{% endfor %}"
        yield "{% endif %}"
        return
    told = f"{key}.title" if fields_of(shape) else key
    line = f"{label}{colon}{'' if language == 'zh' else ' '}{{{{ {told} }}}}"
    yield from [line] if field.is_required() else [f"{{% if {key} %}}", line, "{% endif %}"]
