"""A minimal template for each prompt, to begin one's own from: every variable once, in the order that lasts."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from newaisle.languages import Language
from newaisle.prompts.inputs import INPUTS, Per
from newaisle.prompts.shapes import fields_of, is_list, items_of

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
            f"description: {_DESCRIPTION[language].format(name=name)}",
            f"language: {language}",
            f"system: {_SYSTEM[language]}",
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
