"""What `check` finds in a template file, and on which line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newaisle.errors import TemplateError
from newaisle.prompts.check import check_names, check_template
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.limits import MAX_FILE_BYTES
from newaisle.prompts.source import read_source
from newaisle.prompts.template import read_template

WriteTemplate = Callable[..., Path]

GOOD = "description: d\nlanguage: en\nprompt: hello {{ category }}\n"


def found(path: Path) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in check_template(path)]


def test_a_fault_in_the_start_of_the_answer_is_found_with_its_line(write_template: WriteTemplate) -> None:
    assert found(write_template(text=f"{GOOD}start: The {{{{ prodct.title }}}}\n")) == [
        (4, "unknown variable 'prodct' (did you mean 'product'?)")
    ]


def test_a_good_template_has_no_problems(write_template: WriteTemplate) -> None:
    assert found(write_template(text=GOOD)) == []


def test_a_mistake_in_the_prompt_is_found_on_its_line(write_template: WriteTemplate) -> None:
    for prompt, line, message in [
        ("Hi {{ prodct.title }}", 4, "unknown variable 'prodct' (did you mean 'product'?)"),
        ("a\n{{ product.titel }}", 5, "unknown field 'titel' (did you mean 'title'?)"),
        ("a\n\n{{ product['titel'] }}", 6, "unknown field 'titel' (did you mean 'title'?)"),
        ("{% for h in history %}\n{{ h.bran }}\n{% endfor %}", 5, "unknown field 'bran' (did you mean 'brand'?)"),
        (
            "{% for h in history %}{% endfor %}\n{{ h }}",
            5,
            "unknown variable 'h' (did you mean 'history'?)",
        ),
        ("{{ history[0].tite }}", 4, "unknown field 'tite' (did you mean 'title'?)"),
        ("{{ (history | first).tite }}", 4, "unknown field 'tite' (did you mean 'title'?)"),
        ("{{ history | map(attribute='tite') | first }}", 4, "unknown field 'tite' (did you mean 'title'?)"),
        ("{% set p = product %}{{ p.tite }}", 4, "unknown field 'tite' (did you mean 'title'?)"),
        ("{{ category | uper }}", 4, "unknown filter 'uper' (did you mean 'upper'?)"),
        ("{{ 1 if category is defind }}", 4, "unknown test 'defind' (did you mean 'defined'"),
        ("{{ facts }}", 4, "a list cannot be put into text: loop over it, or join it with |join(', ')"),
        (
            "{{ product }}",
            4,
            "needs one of its fields (there is attributes, brand, category, colour, description, price, title)",
        ),
        ("{% for c in category %}{% endfor %}", 4, "only a list can be looped over"),
        ("a\n{% if category %}\nb", 6, "Unexpected end of template."),
        ("a\n{{ category", 5, "unexpected end of template, expected 'end of print statement'."),
        ("{% do x %}", 4, "Encountered unknown tag 'do'."),
        ("{{ category + 'x' }}", 4, "+ is for numbers: texts are put together with ~ (with every input given)"),
        (
            "{% set x = none %}{{ x }}",
            4,
            "only text and numbers can be put into text, not a NoneType (with every input given)",
        ),
        (
            "a\n{{ history[0].title }}",
            5,
            "there is no 'title' here: guard it with an if (with nothing but the required inputs)",
        ),
    ]:
        ((at, text), *_) = found(write_template(prompt))
        assert at == line, prompt
        assert text.startswith(message), prompt


def test_every_mistake_is_listed_in_the_order_of_the_file(write_template: WriteTemplate) -> None:
    path = write_template("{{ a }}\nok\n{{ b }}", more="system: '{{ category }}'\n")
    assert [line for line, _ in found(path)] == [4, 6, 7]


def test_a_mistake_beside_the_prompt_is_found_on_its_line(write_template: WriteTemplate) -> None:
    for more, line, message in [
        ("exampels: []\n", 5, "unknown key 'exampels' (did you mean 'examples'?)"),
        ("options:\n  max_tokns: 3\n", 6, "unknown key 'max_tokns' (did you mean 'max_tokens'?)"),
        ("options:\n  max_tokens: many\n", 6, "options.max_tokens: input should be a valid integer"),
        ("options:\n  max_tokens: 0\n", 6, "options.max_tokens: input should be greater than or equal to 1"),
        ("options:\n  stop: X\n", 6, "options.stop: input should be a valid tuple"),
        ("system: for {{ category }}\n", 5, "uses 'category', but comes before all data: move it into `prompt`"),
        ("system: |-\n  a\n  {% if x %}\n", 7, "Unexpected end of template."),
        ("examples:\n- output: x\n", 6, "'input' is missing"),
        ("examples:\n- output: x\n  input: {category: c, facts: []}\n", 7, "'product' is missing"),
        (
            "examples:\n- output: x\n  input:\n    category: c\n    facts: []\n    product: {titel: t}\n",
            10,
            "'title' is missing",
        ),
        (
            "examples:\n- output: x\n  input:\n    category: c\n    facts: []\n"
            "    product:\n      title: t\n      brnd: b\n",
            12,
            "unknown key 'brnd' (did you mean 'brand'?)",
        ),
        (
            "examples:\n- input: {category: c, product: {title: t}, facts: []}\n  output: is {{ category }}\n",
            7,
            "an example's output is plain text",
        ),
    ]:
        ((at, text), *_) = found(write_template(more=more))
        assert at == line, more
        assert text.startswith(message), more


def test_an_example_that_the_prompt_cannot_take_is_found(write_template: WriteTemplate) -> None:
    more = "examples:\n- input: {category: c, product: {title: t}, facts: []}\n  output: x\n"
    ((line, message),) = found(write_template("{{ facts[0] }}", more=more))
    assert line == 6
    assert "this example does not render" in message


def test_a_file_that_is_no_template_is_refused_on_its_line(write_template: WriteTemplate) -> None:
    for text, line, message in [
        ("", 1, "must be a mapping"),
        ("- a\n", 1, "must be a mapping"),
        ("description: d\nlanguage: [\n", 3, "expected the node content"),
        ("description: d\n\tlanguage: en\n", 2, "found character"),
        ("description: d\nlanguage: en\ndescription: e\n", 3, "the key 'description' stands here twice"),
        ("description: d\noptions: {stop: [], stop: []}\n", 2, "the key 'stop' stands here twice"),
        ("description: d\n? [a]\n: b\n", 2, "a key must be a plain word"),
        ("description: d\nprompt: &p x\nsystem: *p\n", 3, "aliases (*name) are not allowed"),
        ("description: d\nprompt: !!python/name:os.system x\n", 2, "the tag "),
        ("description: d\n--- \nlanguage: en\n", 2, "but found another document"),
        ("description: d\nlanguage: fr\nprompt: x\n", 2, "the language is 'fr', but the file is named for 'en'"),
        ("description: d\nlanguage: zh\nprompt: x\n", 2, "the language is 'zh', but the file is named for 'en'"),
        ("description: d\nlanguage: en\n", 1, "'prompt' is missing"),
        ("description: d\nlanguage: en\nprompt: ''\n", 3, "prompt: string should have at least 1 character"),
        ('description: d\nlanguage: en\nprompt: "a\x07"\n', 3, "has the character U+0007, which YAML forbids"),
        ("a: " + "[" * 60_000, 1, "the YAML is nested too deeply"),
        ("a:\n" + "".join(f"{' ' * depth}b:\n" for depth in range(1, 200)), 10, "the YAML is nested too deeply"),
    ]:
        ((at, said), *_) = found(write_template(text=text))
        assert at == line, text
        assert message in said, text


def test_a_billion_laughs_are_refused(write_template: WriteTemplate) -> None:
    lines = ["a0: &a0 ha", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    assert found(write_template(text="\n".join(lines))) == [(2, "aliases (*name) are not allowed: write the text out")]


def test_a_file_in_another_encoding_is_refused_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "explain.zh.yaml"
    path.write_bytes("description: d\nlanguage: zh\nprompt: 商品\n".encode("gb18030"))
    assert found(path) == [(3, "is not UTF-8 text: save it as UTF-8")]


def test_a_byte_order_mark_is_no_part_of_the_text(write_template: WriteTemplate) -> None:
    path = write_template(text="\ufeff" + GOOD)
    assert found(path) == []


def test_a_file_over_the_limit_is_refused(write_template: WriteTemplate) -> None:
    at_limit = GOOD + "#" * (MAX_FILE_BYTES - len(GOOD))
    assert found(write_template(text=at_limit)) == []
    ((_, message),) = found(write_template(text=at_limit + "#"))
    assert "is larger than the 65,536 bytes" in message


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "explain.en.yaml"
    make(path)
    ((line, message),) = found(path)
    assert line is None
    assert message.startswith("cannot be read (")


def test_values_are_text_whatever_they_look_like(write_template: WriteTemplate) -> None:
    path = write_template(text="description: no\nlanguage: en\nprompt: 12.50\n")
    assert read_source(path).values == {"description": "no", "language": "en", "prompt": "12.50"}


def test_loading_raises_the_first_problem_with_its_place(write_template: WriteTemplate) -> None:
    path = write_template("{{ a }}\n{{ b }}")
    with pytest.raises(TemplateError) as caught:
        read_template(path, "yours")
    assert (caught.value.path, caught.value.line) == (path, 4)
    assert str(caught.value).startswith(f"{path}:4: unknown variable 'a'")


def test_a_loaded_template_can_be_checked(write_template: WriteTemplate) -> None:
    assert check_template(read_template(write_template(), "yours")) == []


def test_files_that_no_prompt_reads_are_named(write_template: WriteTemplate, tmp_path: Path) -> None:
    write_template(text=GOOD)
    write_template(text=GOOD, name="explian.en.yaml")
    write_template(text=GOOD, name="rank.yml")
    known = ", ".join(INPUTS)
    assert [str(problem) for problem in check_names(tmp_path)] == [
        f"{tmp_path}/explian.en.yaml: no prompt is called 'explian' (did you mean 'explain'?): take one of {known}",
        f"{tmp_path}/rank.yml: must be called rank.en.yaml, or have the code of another language there",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.text(alphabet="{}%|()[].:'\"\n -&*!?abfor in#", max_size=200).map(str.encode)
)
def test_whatever_a_file_holds_is_a_template_or_problems(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "explain.en.yaml"
    path.write_bytes(content)
    assert all("\n" not in str(problem) for problem in check_template(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from(
            [
                *("{{", "}}", "{%", "%}", "{{-", "-}}", "{#", "#}", "for", "in", "if", "else", "endif", "endfor"),
                *("set", "endset", "macro", "endmacro", "product", ".title", "facts", "category", "loop", "m()"),
                *("|", "join", "(", ")", "[", "]", ",", "==", "~", "+", "1", "'x'", "is", "defined", "not", "=", ":"),
            ]
        ),
        max_size=25,
    )
)
def test_whatever_a_prompt_holds_is_a_template_or_problems(write_template: WriteTemplate, words: list[str]) -> None:
    path = write_template(" ".join(words))
    assert all("\n" not in str(problem) for problem in check_template(path))
