"""Which adapter a language model is used with: a bundled one that was made for it, or the user's own file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newaisle.agent.llm.adapter import Adapter
from newaisle.agent.models.cache import Entry
from newaisle.errors import ModelMissing, UnknownModel, did_you_mean
from newaisle.store.embedders import hash_file
from newaisle.tables import table

NO_ADAPTER = "none"
_HALF = 0.5
_EXPLAINING = ("explain", "explain-detailed", "explain-seller")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAdapter:
    """A bundled adapter: `model` is what it was trained on, `sha256` that of its file.

    preferred: the share of pairs in which blind readers took its text before the claims' own sentences. pairs: of so
    many.
    """

    name: str
    model: str
    about: str
    license: str
    file: str
    sha256: str
    templates: tuple[str, ...]
    preferred: float
    pairs: int

    @property
    def disliked(self) -> str:
        """In a few words, that readers liked the claims' own sentences more; the empty text where they did not."""
        if self.preferred >= _HALF:
            return ""
        share = f"{100 * self.preferred:.0f} % of {self.pairs} pairs"
        return (
            f"readers preferred its texts to the claims' own sentences in {share}: wording is off by `--wording auto`"
        )

    @property
    def path(self) -> Path:
        return Path(__file__).parent / self.file


@cache
def known_adapters() -> dict[str, KnownAdapter]:
    """The adapters of `adapters.toml`, by name."""
    rows = table(__file__, "adapters.toml")["adapters"]
    return {row["name"]: KnownAdapter(**{**row, "templates": tuple(row["templates"])}) for row in rows}


def adapter_entries() -> list[Entry]:
    """The adapters as the list of models shows them."""
    return [
        Entry(
            name=one.name,
            kind="adapter",
            state="present",
            size=one.path.stat().st_size,
            source="newaisle",
            variant=f"for {one.model}",
            about=one.about,
        )
        for one in known_adapters().values()
    ]


def adapter_for(model: str, wanted: str | None) -> Adapter | None:
    """The adapter that a model is used with.

    wanted: a name, a GGUF file for the `explain` templates, NO_ADAPTER, or None for the bundled one that was made for
    the model, if one was. Raises UnknownModel for a name that nothing has, or that was made for another model, and
    ModelMissing for a file that is not there.
    """
    if wanted == NO_ADAPTER:
        return None
    known = known_adapters()
    if wanted is None:
        return next((_bundled(one) for one in known.values() if one.model == model), None)
    if wanted.endswith(".gguf"):
        path = Path(wanted).expanduser()
        if not path.is_file():
            raise ModelMissing(f"There is no adapter {wanted}; see `newaisle models list`, or --adapter none.")
        return Adapter(name=path.stem, path=path, sha256=hash_file(path), templates=_EXPLAINING)
    if wanted not in known:
        raise UnknownModel(f"No adapter is called {wanted!r}{did_you_mean(wanted, [*known, NO_ADAPTER])}")
    if known[wanted].model != model:
        raise UnknownModel(f"{wanted} was made for {known[wanted].model}, not for {model}: --adapter none")
    return _bundled(known[wanted])


def _bundled(one: KnownAdapter) -> Adapter:
    return Adapter(name=one.name, path=one.path, sha256=one.sha256, templates=one.templates)
