"""Opens what a user names (a path, a stream or standard input) as a seekable file, out of its gzip, or says what it is.

What is no path to an ordinary file is copied to a temporary file first.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import tempfile
import zlib
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

from rapidfuzz import process

from newaisle.errors import InputError

Source = Path | BinaryIO | Literal["-"]

MEND = "give a file that can be read"
PARQUET = b"PAR1"  # how such a file begins

_SNIFFED = 1 << 12  # bytes
# What files that hold no table begin with, what they are, and what to do.
_NO_TABLE = {
    re.compile(pattern, re.I | re.S): kind
    for pattern, kind in {
        rb"PK\x03\x04": "a zip archive or an Excel workbook: unpack it, or save the sheet as CSV",
        rb"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
        rb"BZh\d1AY": "compressed with bzip2: unpack it",
        rb"\xfd7zXZ": "compressed with xz: unpack it",
        rb"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it",
        rb"7z\xbc\xaf": "a 7-Zip archive: unpack it",
        rb"%PDF": "a PDF document: export the data as CSV",
        rb"\{\\rtf": "a rich-text document: save it as CSV",
        rb"SQLite format 3\0": "a SQLite database: export the table as CSV",
        rb"version https://git-lfs\.github\.com/spec/": "a Git LFS pointer, not the file itself: run `git lfs pull`"
        " where it was cloned, and give it again",
        rb"(--\s|/\*|CREATE|INSERT|DROP).{0,3000}?\b(CREATE TABLE|INSERT INTO|(SQL|database) dump)\b": "a dump in SQL:"
        " load it into a database, and export the table as CSV",
        rb"(<\?xml[^>]*>\s*|<!--.*?-->\s*)*(<!doctype\s+html|<html|<head|<body|<table|<div|<meta|<script)\b": "a web"
        " page and not data: sign in and download the file itself, or open it as a spreadsheet and save that as CSV",
        rb"<\?xml\b|<!doctype|<\w[\w:.-]*(\s[^<>]*)?>\s*(<|[^<>,;|\t]*</)": "XML, such as a product feed: export"
        " it as CSV or JSON, or turn each of its items into a line of CSV",
    }.items()
}


def name_of(source: Source) -> str:
    """What messages call the file."""
    if source == "-":
        return "standard input"
    return str(source if isinstance(source, Path) else getattr(source, "name", "the stream"))


def opened(source: Source, name: str) -> BinaryIO:
    """The file at its beginning, unpacked. Raises InputError where there is none or it is of a kind without a table."""
    return _unpacked(_seekable(source, name), name)


def _seekable(source: Source, name: str) -> BinaryIO:
    """The path's own file, or a temporary copy of a stream or a pipe."""
    try:
        file: BinaryIO
        if isinstance(source, Path):
            file = source.open("rb")
            if file.seekable():
                return file
        else:
            file = sys.stdin.buffer if source == "-" else source
        return _copied(file)
    except FileNotFoundError as exc:
        assert isinstance(source, Path)
        raise InputError(f"there is no file {name}{_near(source)}") from exc
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise InputError(f"{name} cannot be read ({reason}): {MEND}") from exc


def _near(path: Path) -> str:
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), 1_000)]
    except OSError:
        return f": there is no folder {path.parent} either"
    match = process.extractOne(path.name, names, score_cutoff=70)
    return f": did you mean {path.parent / match[0]}?" if match else ": check the path"


def _copied(file: BinaryIO | gzip.GzipFile) -> BinaryIO:
    spool: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - RecordFile closes it
    try:
        shutil.copyfileobj(file, spool, 1 << 20)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def _unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The file itself, or what its gzip holds, as a temporary file."""
    head = file.read(_SNIFFED)
    file.seek(0)
    if not head.startswith(b"\x1f\x8b"):
        _check_kind(file, head, name)
        return file
    try:
        with file, gzip.GzipFile(fileobj=file) as unpacked:
            spool = _copied(unpacked)
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        raise InputError(f"{name} is a gzip file that breaks off or is damaged ({exc}): copy it again") from exc
    except OSError as exc:
        where = tempfile.gettempdir()
        raise InputError(f"{name} cannot be unpacked ({exc.strerror or exc}): see that {where} has room") from exc
    _check_kind(spool, spool.read(_SNIFFED), name)
    spool.seek(0)
    return spool


def _check_kind(file: BinaryIO, head: bytes, name: str) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore").lstrip().encode()
    for pattern, kind in _NO_TABLE.items():
        if pattern.match(text):
            file.close()
            raise InputError(f"{name} is {kind}")
