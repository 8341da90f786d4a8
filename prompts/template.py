"""A template: what a file in `prompts/` holds, checked, and the messages it makes of inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newaisle.errors import RenderError, TemplateError, did_you_mean
from newaisle.languages import Language, is_code
from newaisle.prompts.expected import TemplateTest, TestKeys, fault_of
from newaisle.prompts.inputs import INPUTS, require_prompt
from newaisle.prompts.limits import MAX_INPUT_CHARS
from newaisle.prompts.messages import Message, Part
from newaisle.prompts.sandbox import Compiled, compile_text
from newaisle.prompts.shapes import Shape, fields_of, shape_at
from newaisle.prompts.source import Place, Source, read_source

Origin = Literal["bundled", "yours"]
LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "zh": "Chinese"}


class Options(BaseModel):
    """What a template asks of the model that answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_tokens: int | None = Field(default=None, ge=1, le=4096)
    stop: tuple[str, ...] = Field(default=(), max_length=8)
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)


class ExampleKeys(BaseModel):
    """The keys of one of a template's `examples`."""

    model_config = ConfigDict(extra="forbid")

    input: dict[str, Any]
    output: str


class TemplateFile(BaseModel):
    """The keys of a template file."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field(min_length=1)
    language: Language
    system: str = ""
    prompt: str = Field(min_length=1)
    examples: list[ExampleKeys] = []
    start: str = ""
    options: Options = Options()
    tests: list[TestKeys] = []


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: the inputs, the answer to them, and the line of the file it begins on."""

    input: BaseModel
    output: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A checked template; `hash` is the SHA-256 of the file's bytes, `head` the messages that never change."""

    name: str
    language: Language
    description: str
    origin: Origin
    path: Path
    hash: str
    options: Options
    head: tuple[Message, ...]
    prompt: Compiled
    start: Compiled | None
    examples: tuple[Example, ...]
    tests: tuple[TemplateTest, ...]

    @property
    def short_hash(self) -> str:
        """The first 12 digits of the hash, for display."""
        return self.hash[:12]

    @property
    def variables(self) -> frozenset[str]:
        """The inputs that the prompt uses."""
        return self.prompt.used | (self.start.used if self.start else frozenset())

    def render(self, inputs: BaseModel | Mapping[str, Any], *, start: bool = True) -> list[Message]:
        """The system line and worked examples, then the prompt filled with `inputs`, whose text is marked as data.

        Where the template has a start of the answer, a message of the assistant that the model goes on with is last,
        unless `start` is False: for a model that cannot go on with one.

        Raises RenderError where the inputs are not what `prompts.inputs` says, or exceed a limit.
        """
        model = INPUTS[self.name]
        try:
            checked = inputs if isinstance(inputs, model) else model.model_validate(_plain(inputs))
        except ValidationError as exc:
            raise RenderError(f"the inputs do not fit: {_explain(exc, model)[0][1]}", path=self.path) from exc
        data = checked.model_dump()
        if (size := _chars(data)) > MAX_INPUT_CHARS:
            message = f"the inputs hold {size:,} characters, more than {MAX_INPUT_CHARS:,}: give fewer or shorter ones"
            raise RenderError(message, path=self.path)
        messages = [*self.head, Message("user", self.prompt.render(data))]
        return [*messages, Message("assistant", self.start.render(data))] if start and self.start else messages


def read_template(path: Path, origin: Origin) -> Template:
    """Read and check a file called NAME.LANGUAGE.yaml; TemplateError says the first thing that is wrong with it."""
    template, problems = inspect(path, origin)
    if template is None:
        raise problems[0]
    return template


def inspect(path: Path, origin: Origin) -> tuple[Template | None, list[TemplateError]]:
    """Read a template file: the template, or everything that is wrong with the file."""
    try:
        name, language = name_and_language(path)
        source = read_source(path)
    except TemplateError as exc:
        return None, [exc]
    try:
        file = TemplateFile.model_validate(source.values)
    except ValidationError as exc:
        return None, [_at(source, place, message) for place, message in _explain(exc, TemplateFile)]
    problems = []
    if file.language != language:
        message = f"the language is {file.language!r}, but the file is named for {language!r}"
        problems.append(_at(source, ("language",), message))
    inputs = INPUTS[name]
    examples, more = _examples(file, source, inputs)
    problems += more
    head, prompt, more = _compile(file, source, inputs, examples)
    problems += more
    start = None
    if file.start:
        start, more = compile_text(file.start, source.positions["start",], inputs)
        problems += more
    tests, more = _tests(file, source, name)
    problems += more
    if problems or prompt is None:
        return None, sorted(problems, key=lambda problem: problem.line or 0)
    template = Template(
        name=name,
        language=language,
        description=file.description,
        origin=origin,
        path=path,
        hash=hashlib.sha256(source.content).hexdigest(),
        options=file.options,
        head=head,
        prompt=prompt,
        start=start,
        examples=tuple(examples),
        tests=tuple(tests),
    )
    return template, []


def name_and_language(path: Path) -> tuple[str, Language]:
    """The two parts of a template's file name; TemplateError where it is not the name of any template."""
    name = path.name.partition(".")[0]
    require_prompt(name, path)
    language = path.name.removeprefix(f"{name}.").removesuffix(".yaml")
    if path.name == f"{name}.{language}.yaml" and is_code(language):
        return name, language
    raise TemplateError(f"must be called {name}.en.yaml, or have the code of another language there", path=path)


def _at(source: Source, place: Place, message: str) -> TemplateError:
    return TemplateError(message, path=source.path, line=source.line(place))


def _explain(error: ValidationError, model: type[BaseModel]) -> list[tuple[Place, str]]:
    """Each fault of a validation: where, and one line about it."""
    return [(fault["loc"], _fault(fault["type"], fault["loc"], fault["msg"], model)) for fault in error.errors()]


def _fault(kind: str, place: Place, message: str, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        around: Shape = fields_of(shape_at(model, place[:-1]))
        return f"unknown key {place[-1]!r}{did_you_mean(str(place[-1]), around or (), else_all=True)}"
    if kind == "missing":
        return f"{place[-1]!r} is missing"
    return f"{'.'.join(map(str, place))}: {message[:1].lower()}{message[1:]}"


def _compile(
    file: TemplateFile, source: Source, inputs: type[BaseModel], examples: Sequence[Example]
) -> tuple[tuple[Message, ...], Compiled | None, list[TemplateError]]:
    """The fixed beginning and the compiled prompt, or what is wrong with either."""
    prompt, problems = compile_text(file.prompt, source.positions["prompt",], inputs)
    head: list[Message] = []
    if file.system:
        system, more = compile_text(file.system, source.positions["system",], None)
        problems += more
        head += [Message("system", system.render({}))] if system else []
    if prompt is None:
        return tuple(head), None, problems
    for example in examples:
        try:
            question = "".join(part.text for part in prompt.render(example.input.model_dump()))
        except RenderError as exc:
            problems.append(TemplateError(f"this example does not render: {exc}", path=source.path, line=example.line))
            continue
        # An example comes from the template's file, so its inputs are template text.
        head += [_own("user", question), _own("assistant", example.output)]
    return tuple(head), prompt, problems


def _examples(file: TemplateFile, source: Source, inputs: type[BaseModel]) -> tuple[list[Example], list[TemplateError]]:
    """The worked examples, or what is wrong with them: an output is plain text, where nothing fills in Jinja."""
    found: list[Example] = []
    problems: list[TemplateError] = []
    for number, keys in enumerate(file.examples):
        place: Place = ("examples", number)
        data, faults = _validated(keys.input, source, (*place, "input"), inputs)
        problems += faults
        if "{{" in keys.output or "{%" in keys.output:
            message = "an example's output is plain text: {{ and {% are not filled in"
            problems.append(_at(source, (*place, "output"), message))
        if data is not None:
            found.append(Example(data, keys.output, source.line(place)))
    return found, problems


def _tests(file: TemplateFile, source: Source, name: str) -> tuple[list[TemplateTest], list[TemplateError]]:
    """The template's own tests, or what is wrong with them."""
    found: list[TemplateTest] = []
    problems: list[TemplateError] = []
    for number, keys in enumerate(file.tests):
        place: Place = ("tests", number)
        data, faults = _validated(keys.input, source, (*place, "input"), INPUTS[name])
        problems += faults
        if fault := fault_of(keys, name):
            problems.append(_at(source, place, fault))
        if data is not None:
            found.append(TemplateTest(data, keys, source.line(place)))
    return found, problems


def _validated(
    given: dict[str, Any], source: Source, place: Place, inputs: type[BaseModel]
) -> tuple[BaseModel | None, list[TemplateError]]:
    """Inputs that the file holds at a place, or what is wrong with them."""
    try:
        return inputs.model_validate(given), []
    except ValidationError as exc:
        return None, [_at(source, (*place, *within), message) for within, message in _explain(exc, inputs)]


def _own(role: Literal["user", "assistant"], text: str) -> Message:
    return Message(role, (Part(text, False),) if text else ())


def _plain(inputs: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    return inputs.model_dump() if isinstance(inputs, BaseModel) else dict(inputs)


def _chars(value: Any) -> int:
    """The size of plain data; an item or field counts as one character more."""
    if isinstance(value, dict):
        return sum(1 + _chars(item) for item in value.values())
    if isinstance(value, list):
        return sum(1 + _chars(item) for item in value)
    return len(value) if isinstance(value, str) else 1
