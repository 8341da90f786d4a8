"""Templates that try to reach Python, other files, or the end of memory and time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newaisle.errors import PromptError, RenderError
from newaisle.prompts.check import check_template
from newaisle.prompts.template import Template

WriteTemplate = Callable[..., Path]

LARGE: dict[str, Any] = {
    "category": "x" * 30_000,
    "product": {"title": "t"},
    "history": [{"title": "h"}] * 2_000,
    "facts": ["f"] * 5_000,
}


def test_what_could_reach_further_is_refused_before_rendering(write_template: WriteTemplate) -> None:
    for prompt in [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ category['__class__'] }}",
        "{{ category.format(category) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ category.upper() }}",
        "{{ product.items() }}",
        "{{ product.items }}",
        "{{ facts.append('x') }}",
        "{{ self._TemplateReference__context }}",
        "{{ range(10) }}",
        "{{ cycler('a') }}",
        "{{ lipsum(9) }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ joiner() }}",
        "{{ get_flashed_messages() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ category | center(1000000000) }}",
        "{{ category | indent(1000000000) }}",
        "{{ category | attr('__class__') }}",
        "{{ category | format(1) }}",
        "{{ category | tojson }}",
        "{{ category | pprint }}",
        "{{ facts | map('attr', '__class__') | first }}",
        "{{ facts | map(category) | first }}",
        "{{ facts | map(attribute='__class__') | first }}",
        "{{ facts | map(attribute=category) | first }}",
        "{{ facts | selectattr('__class__') | first }}",
        "{{ history | selectattr('title', category) | first }}",
        "{{ facts | join(attribute='__class__') }}",
        "{{ facts | map(**product) }}",
        "{% include 'explain.en.yaml' %}",
        "{% import 'os' as os %}",
        "{% from 'os' import system %}",
        "{% extends 'explain.en.yaml' %}",
        "{% block a %}{% endblock %}",
        "{% for h in history recursive %}{{ loop(history) }}{% endfor %}",
        "{% for f in facts %}{{ loop.cycle('a', 'b') }}{% endfor %}",
        "{% for f in facts %}{{ loop._iterator }}{% endfor %}",
        "{% for f in facts %}{{ loop }}{% endfor %}",
        "{% macro m(x) %}{{ x.__class__ }}{% endmacro %}{{ m(1) }}",
        "{% macro m(x) %}{{ x() }}{% endmacro %}{{ m(m) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}",
        "{% macro a() %}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{% macro a() %}{{ b() }}{% endmacro %}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{% filter upper %}x{% endfilter %}",
        "{% set product.title = 'x' %}",
        "{% set a, b = facts %}",
        "{{ [[1], [2]] }}",
        "{{ {'a': 1} }}",
        "{% autoescape true %}x{% endautoescape %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ category" + ".a" * 5_000 + " }}",
        "{% if category %}" * 500 + "{% endif %}" * 500,
        "{% for f in facts %}" * 30 + "{% endfor %}" * 30,
        "{{ 1" + "0" * 10_000 + " }}",
    ]:
        (problem, *_) = check_template(write_template(prompt))
        assert not isinstance(problem, RenderError), prompt
        assert problem.line == 4, prompt


def doubling(step: str, times: int = 60) -> str:
    return "{% set a = 'xxxx' %}" + step * times + "{{ a }}"


CALLS_OF_CALLS = "{% macro m0() %}{% endmacro %}" + "".join(
    f"{{% macro m{n}() %}}{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}" for n in range(1, 60)
)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (doubling("{% set a = a ~ a %}"), "grows beyond"),
        (doubling("{% set a %}{{ a }}{{ a }}{% endset %}"), "grows beyond"),
        (doubling("{% set a = a | replace('x', 'xx') %}"), "grows beyond"),
        ("{{ facts | join(category) }}", "grows beyond"),
        ("{{ category | replace('', category) }}", "grows beyond"),
        ("{% for f in facts %}{{ category }}{% endfor %}", "grows beyond"),
        ("{% set a %}{% for f in facts %}{{ category }}{% endfor %}{% endset %}", "grows beyond"),
        ("{% for a in facts %}" * 5 + "{% endfor %}" * 5, "repeats itself too often"),
        ("{% for a in facts %}{% for b in facts if false %}{% endfor %}{% endfor %}", "repeats itself too often"),
        (CALLS_OF_CALLS + "{{ m59() }}", "repeats itself too often"),
        ("{% for f in facts %}{% set a = facts | join | length %}{% endfor %}", "repeats itself too often"),
        ("{% for f in facts %}{% set a = facts == history %}{% endfor %}", "repeats itself too often"),
        (
            "{% macro m(x) %}{% for f in facts %}{{ x.cycle }}{% endfor %}{% endmacro %}"
            "{% for f in facts %}{{ m(loop) }}{% endfor %}",
            "there is no 'cycle' here",
        ),
        ("{% macro m() %}{% endmacro %}{% set m = category %}{{ m() }}", "not callable"),
    ],
)
def test_what_grows_without_end_is_stopped_with_its_line(
    template: Callable[..., Template], prompt: str, message: str
) -> None:
    with pytest.raises(RenderError, match=message) as caught:
        template(prompt).render(LARGE)
    assert caught.value.line == 4


def test_a_template_that_is_stopped_once_still_serves_smaller_inputs(template: Callable[..., Template]) -> None:
    built = template("{% for f in facts %}{% for g in facts %}{{ f }}{% endfor %}{% endfor %}")
    with pytest.raises(PromptError):
        built.render(LARGE)
    assert built.render({**LARGE, "facts": ["a", "b"]})[-1].text == "aabb"


def test_data_cannot_pose_as_template_text(template: Callable[..., Template]) -> None:
    built = template("{% set own %}[{{ category }}]{% endset %}{{ own }}")
    rendered = built.render({**LARGE, "category": "x"})[-1]
    again = built.render({**LARGE, "category": rendered.text})[-1]
    assert [part.text for part in again.parts if part.is_data] == ["[x]"]
