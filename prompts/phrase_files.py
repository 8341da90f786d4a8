"""The phrases that the claims' sentences are made of: a file for each language, bundled or a user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from newaisle.errors import RequestError, TemplateError, did_you_mean
from newaisle.languages import LANGUAGES, Language, is_code
from newaisle.prompts.source import Place, read_source
from newaisle.tables import read_yaml

Phrases = Mapping[Place, str]
_BUNDLED = Path(__file__).parent / "phrases"


@cache
def bundled(language: Language) -> Phrases:
    """The phrases that come with newaisle, by their place in the file."""
    return dict(_texts(read_yaml(bundled_file(language))))


def bundled_file(language: Language) -> Path:
    """Where the phrases that come with newaisle lie: the English ones for a language that has none."""
    return _BUNDLED / f"{language if language in LANGUAGES else 'en'}.yaml"


def own_file(language: Language, folder: Path | None) -> Path | None:
    """The user's own phrases of a language, in the folder of their own templates, if there are any."""
    path = folder / "phrases" / f"{language}.yaml" if folder and is_code(language) else None
    return path if path and path.exists() else None


def phrases(language: Language, folder: Path | None, *, to_seller: bool) -> dict[Place, str]:
    """A phrase for each place outside `seller`: as it is said to the customer, or of them to whoever sells.

    The user's own wins over what is bundled, and English stands in for what is missing. Raises TemplateError for a
    file that cannot be used, RequestError for a language of which there are no phrases.
    """
    path = own_file(language, folder)
    if path is None and language not in LANGUAGES:
        make = f"`newaisle prompts new phrases --language {language}` makes a copy of the English ones to translate"
        raise RequestError(f"there are no phrases in {language!r}: {make}, or choose {' or '.join(LANGUAGES)}")
    own = _read(path, path.stat().st_mtime_ns) if path else {}
    base = bundled(language)

    def known(place: Place) -> Iterator[str | None]:
        of_seller: Place = ("seller", *place)
        if to_seller:
            yield own.get(of_seller)
            if language in LANGUAGES:  # better than one's own, which speaks to the customer
                yield base.get(of_seller)
        yield own.get(place)
        if to_seller:
            yield base.get(of_seller)
        yield base[place]

    return {place: next(filter(None, known(place))) for place in bundled("en") if place[0] != "seller"}


def own_texts(language: Language, folder: Path | None) -> tuple[str, ...]:
    """All phrases of a user's own file in a language without lists of words: these may stand in any of its texts."""
    path = own_file(language, folder) if language not in LANGUAGES else None
    return tuple(_read(path, path.stat().st_mtime_ns).values()) if path else ()


def lacking(language: Language, folder: Path | None) -> list[str]:
    """What a user's own phrases of a language lack, as a warning; none where nothing is said in English for it."""
    path = own_file(language, folder)
    if path is None or language in LANGUAGES:
        return []
    own = _read(path, path.stat().st_mtime_ns)
    missing = [".".join(map(str, place)) for place in bundled("en") if place[0] != "seller" and place not in own]
    return [f"{path} lacks {', '.join(missing)}: what they say is said in English"] if missing else []


def faults(path: Path) -> list[TemplateError]:
    """Everything wrong with a file of phrases: keys that nothing reads, and placeholders that nothing fills."""
    try:
        if not is_code(path.stem) or path.suffix != ".yaml":
            raise TemplateError("must be called by its language's code, as `de.yaml` is", path=path)
        source = read_source(path, "the claims' phrases, such as `brand` and `did`")
        texts = dict(_texts(source.values))
    except TemplateError as exc:
        return [exc]
    found = {place: fault for place, text in texts.items() if (fault := _fault(place, text))}
    return [TemplateError(fault, path=path, line=source.line(place)) for place, fault in found.items()]


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> Phrases:
    """Read once, and again when the file is changed."""
    if wrong := faults(path):
        raise wrong[0]
    return dict(_texts(read_source(path).values))


def _texts(values: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _texts(value, (*place, key))
    else:
        yield place, values if isinstance(values, str) else ""


def _fault(place: Place, text: str) -> str | None:
    """What is wrong with a phrase, if anything."""
    key, known = ".".join(map(str, place)), bundled("en")
    plain = place[1:] if place[0] == "seller" else place
    if plain not in known:
        names = sorted({str(one[0]) for one in known} | {".".join(map(str, one)) for one in known})
        return f"unknown key {key!r}{did_you_mean(key, names)}"
    if not text.strip():
        return f"{key!r} has no text: write one, or take the key out"
    right = [_placeholders(known[one]) for one in (place, plain) if one in known]
    if _placeholders(text) in right:
        return None
    listed = " and ".join(sorted(right[0] or ())) or "none"
    return f"{key!r} has other placeholders than it is filled with: it has to have {listed}"


def _placeholders(text: str) -> frozenset[str] | None:
    """The placeholders of a text as they are written; None where its braces do not match."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return None
    marks = ((name, f":{spec}" if spec else "", f"!{how}" if how else "") for _, name, spec, how in parsed)
    return frozenset(f"{{{name}{how}{spec}}}" for name, spec, how in marks if name is not None)
