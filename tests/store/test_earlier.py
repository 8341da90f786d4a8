from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from newaisle.store.earlier import read_model


class Shelf(BaseModel):
    model_config = ConfigDict(extra="forbid")

    height: int
    words: dict[str, float] = {}


class Room(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shelves: tuple[Shelf, ...]


# A shelf was a board first, and lay in a cupboard.
NAMES = {"cupboard": "boards", "boards": "shelves", "shelves.tall": "height", "shelves.words.cup": "mug"}


def written(folder: Path, found: object) -> Path:
    path = folder / "room.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["cupboard", "boards", "shelves"])
@pytest.mark.parametrize("height", ["tall", "height"])
def test_a_part_is_read_by_every_name_that_it_had(tmp_path: Path, name: str, height: str) -> None:
    path = written(tmp_path, {name: [{height: 3}, {height: 4, "words": {"cup": 1, "tall": 2}}], "lamp": 1})
    room = read_model(path, Room, earlier_names=NAMES)
    assert room == Room(shelves=(Shelf(height=3), Shelf(height=4, words={"mug": 1, "tall": 2})))


def test_a_part_of_the_name_elsewhere_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, {"shelves": [{"height": 3, "words": {"boards": 1}}], "cup": 2})
    assert read_model(path, Room, earlier_names=NAMES).shelves[0].words == {"boards": 1}


@pytest.mark.parametrize("found", [[], 3, {"boards": 3}, {"boards": [{"tall": "high"}]}, {"shelves": ["tall"]}])
def test_what_does_not_fit_is_refused(tmp_path: Path, found: object) -> None:
    with pytest.raises(ValidationError):
        read_model(written(tmp_path, found), Room, earlier_names=NAMES)


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "room.json").write_text('{"boards": [', encoding="utf-8")
    with pytest.raises(ValueError, match="EOF"):
        read_model(tmp_path / "room.json", Room, earlier_names=NAMES)
