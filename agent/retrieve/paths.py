"""Which category paths a name means."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from newaisle.errors import RequestError
from newaisle.store.rows import PATH_SEPARATOR


def paths_meant(name: str, known: Collection[str]) -> tuple[str, list[str]]:
    """The category meant, with every known path at or below it; the name itself and none where it is not known.

    Raises RequestError for a name that means several categories.
    """
    found = find_category(name, known)
    if len(found) > 1:
        raise RequestError(f"{name!r} is ambiguous: say one of {', '.join(map(repr, found))}")
    if not found:
        return name, []
    return found[0], [path for path in known if path == found[0] or path.startswith(found[0] + PATH_SEPARATOR)]


def find_category(name: str, known: Iterable[str]) -> list[str]:
    """The category paths that a name may mean: a whole path, or any part of one, in whatever case."""
    wanted = name.casefold().strip()
    found = []
    for path in known:
        parts = path.split(PATH_SEPARATOR)
        if path.casefold() == wanted:
            return [path]
        found += [PATH_SEPARATOR.join(parts[: i + 1]) for i, part in enumerate(parts) if part.casefold() == wanted]
    return list(dict.fromkeys(found))
