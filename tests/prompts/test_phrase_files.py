from __future__ import annotations

import os
from pathlib import Path

import pytest

from newaisle.errors import RequestError, TemplateError
from newaisle.prompts.own import new_template
from newaisle.prompts.phrase_files import bundled, bundled_file, faults, lacking, phrases


def write(folder: Path, text: str, language: str = "de") -> Path:
    path = folder / "phrases" / f"{language}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def said(language: str, folder: Path | None, *, to_seller: bool = False) -> dict[str, str]:
    found = phrases(language, folder, to_seller=to_seller)
    return {".".join(map(str, place)): text for place, text in found.items()}


def test_what_is_bundled_is_whole_and_says_to_the_seller_nothing_of_you() -> None:
    for language in ("en", "zh"):
        places = {place for place in bundled("en") if place[0] != "seller"}
        assert places <= set(bundled(language))
        assert faults(bundled_file(language)) == []
        to_seller = " ".join(said(language, None, to_seller=True).values())
        assert " you " not in f" {to_seller} "
        assert "您" not in to_seller


def test_phrases_of_ones_own_are_said_and_english_stands_in(tmp_path: Path) -> None:
    path = write(tmp_path, "often: 'Oft gewählt in {category}.'\ndid: {like: 'das Ihnen gefiel'}\n")

    found = said("de", tmp_path)
    assert (found["often"], found["did.like"]) == ("Oft gewählt in {category}.", "das Ihnen gefiel")
    assert found["brand"] == said("en", None)["brand"]
    (warning,) = lacking("de", tmp_path)
    assert warning.startswith(f"{path} lacks brand, ")
    assert warning.endswith("did.view: what they say is said in English")
    assert "often" not in warning


def test_a_whole_copy_lacks_nothing(tmp_path: Path) -> None:
    path = new_template("phrases", "de", tmp_path)

    assert path == tmp_path / "phrases" / "de.yaml"
    assert (faults(path), lacking("de", tmp_path), said("de", tmp_path)) == ([], [], said("en", None))
    with pytest.raises(TemplateError, match="is there already: change it, or delete it"):
        new_template("phrases", "de", tmp_path)


def test_one_phrase_of_a_bundled_language_may_be_ones_own(tmp_path: Path) -> None:
    write(tmp_path, "often: 'A favourite of {category}.'\nmany: 'more of yours'\n", "en")

    assert said("en", tmp_path) == {
        **said("en", None),
        "often": "A favourite of {category}.",
        "many": "more of yours",
    }
    assert said("en", tmp_path, to_seller=True)["many"] == "{count} products the customer chose"
    assert lacking("en", tmp_path) == []


def test_what_is_said_to_the_seller_is_ones_own_first_and_then_what_is_said_to_the_customer(tmp_path: Path) -> None:
    write(tmp_path, "many: 'anderem'\nseller:\n  many: '{count} Produkten'\nmany_in: 'anderem aus {category}'\n")

    found = said("de", tmp_path, to_seller=True)
    assert (found["many"], found["many_in"]) == ("{count} Produkten", "anderem aus {category}")
    assert found["did.view"] == "the customer looked at"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("often: 'Oft in {category}.'\nbrnad: x\n", 2, "unknown key 'brnad' (did you mean 'brand'?)"),
        ("did:\n  bought: x\n", 2, "unknown key 'did.bought'"),
        ("brand: 'Von {brand}, wie {title}.'\n", 1, "it has to have {brand} and {did} and {title}"),
        ("often: 'Oft in {category.name}.'\n", 1, "'often' has other placeholders than it is filled with"),
        ("often: 'Oft in {category'\n", 1, "it has to have {category}"),
        ("many: 'anderem aus {category}'\n", 1, "it has to have none"),
        ("seller:\n  many: '{amount} Produkte'\n", 2, "'seller.many' has other placeholders"),
        ("often: ''\n", 1, "'often' has no text"),
        ("often: [a, b]\n", 1, "'often' has no text"),
        ("- often\n", 1, "must be a mapping with the claims' phrases"),
        ("often: *x\n", 1, "aliases"),
    ],
)
def test_what_is_wrong_is_said_with_its_key_and_line_and_is_an_error(
    text: str, line: int, says: str, tmp_path: Path
) -> None:
    path = write(tmp_path, text)

    (fault,) = faults(path)
    assert (fault.path, fault.line) == (path, line)
    assert says in fault.message
    with pytest.raises(TemplateError) as raised:
        phrases("de", tmp_path, to_seller=False)
    assert raised.value.message == fault.message


def test_a_file_that_is_changed_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "often: 'Oft in {category}.'\n")
    before = path.stat().st_mtime_ns
    assert said("de", tmp_path)["often"] == "Oft in {category}."
    write(tmp_path, "often: 'Beliebt in {category}.'\n")

    os.utime(path, ns=(before + 1, before + 1))
    assert said("de", tmp_path)["often"] == "Beliebt in {category}."


@pytest.mark.parametrize("language", ["de", "../phrases/en", "DE", ""])
def test_a_language_without_phrases_says_how_to_make_them(language: str, tmp_path: Path) -> None:
    new_template("phrases", "en", tmp_path)
    with pytest.raises(RequestError, match=r"there are no phrases in .*prompts new phrases --language"):
        phrases(language, tmp_path, to_seller=False)


def test_a_file_that_is_not_called_by_a_code_is_wrong(tmp_path: Path) -> None:
    for name in ("German", "de-"):
        (fault,) = faults(write(tmp_path, "often: 'In {category}.'\n", name))
        assert "must be called by its language's code" in fault.message
