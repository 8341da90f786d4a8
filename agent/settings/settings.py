"""The settings, set once by the entry point and handed down, and the table of them: each is a row, said here alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, get_args

from newaisle.agent.llm.server.address import is_url
from newaisle.agent.models import catalog
from newaisle.agent.schema.style import STYLES, SWITCHES, Style, Switch
from newaisle.errors import ConfigError
from newaisle.languages import Language, is_code

if TYPE_CHECKING:
    from newaisle.agent.models.cache import ModelCache
    from newaisle.store.home import Home


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of value that a setting has.

    wanted: in words. read: makes the setting of a value that fits and the folder of its file.

    of_text: makes of a text in the environment what would stand in a file.
    """

    wanted: str
    fits: Callable[[Any], bool]
    read: Callable[[Any, Path], Any] = lambda value, _: value
    of_text: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()

    def checked(self, value: Any, folder: Path, name: str) -> Any:
        """The setting that a value makes; raises ConfigError, with the name, for one that does not fit."""
        with suppress(RuntimeError):  # `~nobody`
            if self.fits(value):
                return self.read(value, folder)
        raise ConfigError(f"{name} must be {self.wanted}")


def one_of(*choices: str) -> Kind:
    return Kind(f"one of {', '.join(map(repr, choices))}", lambda value: value in choices, choices=choices)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _path(text: str, folder: Path) -> Path:
    return folder / Path(text).expanduser()


def _is_currency(value: Any) -> bool:
    from newaisle.store.prices import ISO_4217

    return isinstance(value, str) and value.upper() in ISO_4217


TEXT = Kind("a text in quotes", _is_text)
TEXTS = Kind('a list of texts like ["one", "two"]', _are_texts, lambda texts, _: tuple(texts), str.split)
FILE = Kind("a path in quotes", _is_text, _path)
FOLDER = Kind("a path in quotes", _is_text, _path)
FOLDERS = Kind('a list of paths like ["~/shops"]', _are_texts, lambda texts, at: tuple(_path(one, at) for one in texts))
COUNT = Kind(
    "a whole number of at least 1",
    lambda value: type(value) is int and value >= 1,
    of_text=lambda text: int(text) if text.isdecimal() else text,
)
CODE = Kind("the code of a language, such as 'en' or 'de'", is_code)
CURRENCY = Kind("an ISO 4217 code such as 'USD' or 'CNY'", _is_currency, lambda code, _: code.upper())


class Row(NamedTuple):  # made faster than a dataclass, before any command
    """All that files, the environment and the command line know of one setting.

    about: what a command is about that takes its flag; `answer`: what options of some commands are where left out.
    default: a value, or what makes one. proposed: of which models a shell proposes the names.
    guarded: a project's file may set it in a trusted folder alone.
    """

    kind: Kind
    help: str
    about: Literal["home", "prompts", "model", "embedder", "answer"]
    default: Any = None
    metavar: str | None = None
    proposed: catalog.Kind | None = None
    guarded: bool = False
    name: str = ""  # in Settings, and in a file

    @property
    def flag(self) -> str:
        return f"-{self.name}" if len(self.name) == 1 else f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        return f"NEWAISLE_{self.name.upper()}"

    @property
    def field(self) -> Any:
        """The field of Settings that the row describes; it gives the row its name."""
        default = self.default if callable(self.default) else lambda: self.default
        return field(default_factory=default, metadata={"row": self})


Backend = Literal["local", "http"]

NO_MODEL = "none"


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("newaisle", appauthor=False)


def _default_models() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("newaisle", appauthor=False) / "models"


@dataclass(slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Folders default to the platform's usual places for a program's data and for what it can fetch again.

    model: NO_MODEL: no language model takes part; None: the usual one, or a server's first.
    fallback: what takes over when a model fails, in order: names of local models, or URL#MODEL.
    origins: where those were given that are not left at their defaults.
    """

    home: Path = Row(FOLDER, "Data folder of the shop.", "home", _default_home).field
    prompts: Path | None = Row(
        FOLDER, "Folder of your own templates. [default: prompts in the data folder]", "prompts"
    ).field
    backend: Backend = Row(one_of(*get_args(Backend)), "Where the language model runs.", "model", "local").field
    base_url: str | None = Row(TEXT, "OpenAI-compatible server, with --backend http.", "model", metavar="URL").field
    api_key_file: Path | None = Row(FILE, "JSON file of API keys by host.", "model", guarded=True).field
    model: str | None = Row(
        TEXT, "Language model: a name, or `none` to do without.", "model", metavar="NAME", proposed="llm"
    ).field
    adapter: str | None = Row(
        TEXT,
        "LoRA adapter of a local model: a name, a GGUF file, or `none`. [default: the one made for it]",
        "model",
        metavar="NAME",
        guarded=True,
    ).field
    fallback: tuple[str, ...] = Row(
        TEXTS, "Takes over when it fails: a name, or URL#MODEL; repeatable.", "model", (), "SPEC", proposed="llm"
    ).field
    embedder: str = Row(
        TEXT,
        "Embedder: a name, URL#MODEL, `hash` for words only, or `auto`: the shop's own, or what its texts ask for.",
        "embedder",
        catalog.AUTO_EMBEDDER,
        metavar="NAME",
        proposed="embedder",
    ).field
    models: Path = Row(FOLDER, "Folder of the model files.", "embedder", _default_models, guarded=True).field
    language: Language | None = Row(
        CODE, "Of the texts: en, zh, or that of phrases of your own. [default: the history's]", "answer", metavar="CODE"
    ).field
    style: Style = Row(
        one_of(*STYLES),
        "Of the texts: one reason to the customer, several, or about the customer to whoever sells.",
        "answer",
        "short",
    ).field
    wording: Switch = Row(
        one_of(*SWITCHES),
        "Whether the language model words the texts; auto: unless it was found to add nothing in this shop.",
        "answer",
        "auto",
    ).field
    k: int = Row(COUNT, "How many products.", "answer", 5, metavar="N").field
    currency: str | None = Row(
        CURRENCY, "Currency of both. [default: what most products have]", "answer", metavar="CODE"
    ).field
    origins: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, given: Mapping[str, Any], origin: str) -> Self:
        """Settings with values as a file would have them; raises ConfigError for one that cannot be used."""
        kinds = {name: TABLE[name].kind for name in given}
        return cls(**{name: kinds[name].checked(given[name], Path.cwd(), f"{origin}: {name}") for name in given})

    def give(self, name: str, value: Any, origin: str) -> None:
        """Set what is given at a place: `flag --home`, `env NEWAISLE_HOME`, or FILE:LINE."""
        setattr(self, name, value)
        self.origins[name] = origin

    @property
    def language_models(self) -> tuple[str, ...]:
        """All language models in the order they are asked: names of local ones, or URL#MODEL; empty for NO_MODEL."""
        if self.model == NO_MODEL:
            return ()
        if self.backend == "http":
            return (f"{self.base_url}#{self.model or ''}", *self.fallback)
        return (self.model or catalog.DEFAULT_LLM, *self.fallback)

    @property
    def local_models(self) -> tuple[str, ...]:
        """The names of those language models that have to be on this machine."""
        return tuple(spec for spec in self.language_models if not is_url(spec))

    @property
    def prompts_folder(self) -> Path:
        """Where the user's own templates lie."""
        return self.prompts or self.shop.prompts_folder

    @property
    def shop(self) -> Home:
        from newaisle.store.home import Home

        return Home(self.home)

    @property
    def model_cache(self) -> ModelCache:
        from newaisle.agent.models.cache import ModelCache

        return ModelCache(self.models)


TABLE = {one.name: one.metadata["row"]._replace(name=one.name) for one in fields(Settings) if one.metadata}
