"""Synonym files: what serves whom, and what is wrong with one that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.errors import InputError
from newaisle.store.synonyms import BUNDLED, Synonyms


def read(tmp_path: Path, text: str) -> Synonyms:
    path = tmp_path / "synonyms.txt"
    path.write_text(text, encoding="utf-8")
    return Synonyms.read([path], str.casefold)


def test_words_with_commas_between_them_stand_for_each_other(tmp_path: Path) -> None:
    found = read(tmp_path, "Mug, cup , 杯\n")
    assert found.of("mug") == {"cup", "杯"}
    assert found.of("杯") == {"mug", "cup"}
    assert found.of("bowl") == frozenset()


def test_a_narrow_word_serves_the_wide_one_and_not_the_other_way_round(tmp_path: Path) -> None:
    found = read(tmp_path, "metal => titanium, stainless steel\n")
    assert found.of("metal") == {"titanium", "stainless steel"}
    assert found.of("titanium") == frozenset()


def test_what_serves_the_narrow_word_serves_the_wide_one_whatever_the_order_of_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "steel => stainless steel\nstainless steel, inox\nmetal => steel\n")
    assert found.of("metal") == {"steel", "stainless steel", "inox"}
    assert found.of("inox") == {"stainless steel"}


def test_several_files_are_one(tmp_path: Path) -> None:
    for name, text in (("a.txt", "metal => steel"), ("b.txt", "steel, 钢")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert Synonyms.read([tmp_path / "a.txt", tmp_path / "b.txt"], str.casefold).of("metal") == {"steel", "钢"}


def test_comments_and_empty_lines_say_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff# a, b\n\nc, d # e\n").serving == {"c": {"d"}, "d": {"c"}}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a, b\nalone\n", "synonyms.txt:2: 'alone' stands alone: put what means the same beside it: a, b"),
        ("metal =>", "synonyms.txt:1: there is no word on one side of =>: put one there"),
        ("=> steel, iron", "synonyms.txt:1: there is no word on one side of =>: put one there"),
        ("a => b => c", "synonyms.txt:1: it has two =>: make two lines of it"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(InputError) as failed:
        read(tmp_path, text)
    assert str(failed.value) == str(tmp_path / wrong)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_bytes("钛, titanium".encode("gb18030"))
    with pytest.raises(InputError, match=r"is not UTF-8: save it as that"):
        Synonyms.read([path], str.casefold)
    with pytest.raises(InputError, match=r"cannot read .* \(No such file or directory\)"):
        Synonyms.read([tmp_path / "none.txt"], str.casefold)


def test_the_bundled_ones_know_materials_in_both_languages() -> None:
    found = Synonyms.read(BUNDLED, str.casefold)
    assert {"titanium", "steel", "brass", "钛"} <= found.of("metal")
    assert "titanium" in found.of("钛")
    assert "metal" not in found.of("titanium")
    assert {"钛合金", "黄铜", "titanium"} <= found.of("金属")
