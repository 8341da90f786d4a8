from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.errors import InputError
from newaisle.store.reading import FORMATS, Broken, Record, RecordFile

ROWS = [{"id": "1", "title": "Red kettle"}, {"id": "2", "title": "水壶"}]
CSV = "id,title\n1,Red kettle\n2,水壶\n"
WRITERS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: CSV.encode(),
    "tsv": lambda: CSV.replace(",", "\t").encode(),
    "json": lambda: json.dumps(ROWS, indent=1).encode(),
    "jsonl": lambda: "\n".join(json.dumps(row) for row in ROWS).encode(),
    "parquet": lambda: parquet({"id": ["1", "2"], "title": ["Red kettle", "水壶"]}),
}


def parquet(columns: dict[str, list[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def read(data: bytes | str, **options: str) -> list[Record | Broken]:
    file = RecordFile(io.BytesIO(data.encode() if isinstance(data, str) else data), **options)
    try:
        first = list(file.records())
        assert list(file.records()) == first, "a second pass gives the same"
        return first
    finally:
        file.close()


def values(records: list[Record | Broken]) -> list[dict[str, object]]:
    return [record.values for record in records if isinstance(record, Record)]


def broken(records: list[Record | Broken]) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in records if isinstance(record, Broken)]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_every_format_gives_the_same_rows(tmp_path: Path, file_format: str, compress: bool, named: bool) -> None:
    data = WRITERS[file_format]()
    path = tmp_path / (f"shop.{file_format}" + ".gz" * compress if named else "shop")
    path.write_bytes(gzip.compress(data) if compress else data)
    file = RecordFile(path)
    assert values(list(file.records())) == ROWS
    assert file.total_bytes == len(data)
    file.close()


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("-", Path("-")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
        file = RecordFile(source)  # type: ignore[arg-type]
        assert file.name == "standard input"
        assert values(list(file.records())) == values(list(file.records())) == ROWS
        file.close()


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert values(read(CSV.replace(",", delimiter))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("file_format", ["csv", "json", "jsonl"])
def test_unicode_with_and_without_a_byte_order_mark_is_read(encoding: str, file_format: str) -> None:
    assert values(read(WRITERS[file_format]().decode().encode(encoding))) == ROWS


def test_another_encoding_is_named_and_read_when_given() -> None:
    data = "id,title\n1,不锈钢电热水壶\n".encode("gb18030")
    with pytest.raises(
        InputError, match=r"not utf-8.*gb18030, in which line 2 reads '1,不锈钢电热水壶'.*--encoding gb18030"
    ):
        read(data)
    assert values(read(data, encoding="gb18030"))[0]["title"] == "不锈钢电热水壶"
    for text in (CSV, "id,title\n1,搪瓷茶壶大号\n2,茶杯\n"):
        for encoding in ("utf-16-le", "utf-16-be"):
            with pytest.raises(InputError, match=f"--encoding {encoding}"):
                read(text.encode(encoding))
            assert len(values(read(text.encode(encoding), encoding=encoding))) == 2


def test_utf8_is_read_so_though_the_other_file_of_the_command_has_another_encoding() -> None:
    assert values(read("id,title\n1,Théière à crème\n", encoding="cp1252")) == [{"id": "1", "title": "Théière à crème"}]
    late = "id,title\n" + "0,Pot\n" * 20_000 + "1,Théière à crème\n"
    assert values(read(late, encoding="cp1252"))[-1] == {"id": "1", "title": "Théière à crème"}
    assert values(read(codecs.BOM_UTF8 + CSV.encode(), encoding="cp1252")) == ROWS
    assert values(read("id,title\n1,Café\n".encode("cp1252"), encoding="cp1252")) == [{"id": "1", "title": "Café"}]


def test_a_line_that_is_not_utf8_is_named_where_all_others_are() -> None:
    data = b"id,title\n" + "1,Crème brûlée\n".encode() * 20 + "2,Crème\n".encode("cp1252")
    with pytest.raises(InputError, match="utf-8 but for line 22: mend that line"):
        read(data)


@pytest.mark.parametrize("encoding", ["klingon", "base64", "nul\0"])
def test_an_unknown_encoding_is_an_input_error(encoding: str) -> None:
    with pytest.raises(InputError, match="there is no text encoding"):
        read(CSV, encoding=encoding)


def test_a_quoted_field_may_span_lines_and_the_line_is_its_first() -> None:
    records = read('id,title\n1,"two\nlines"\n2,last\n')
    assert [(record.line, record.values["title"]) for record in records if isinstance(record, Record)] == [
        (2, "two\nlines"),
        (4, "last"),
    ]


def test_a_broken_csv_row_is_one_reject_and_the_rest_is_read() -> None:
    for row, reason in [
        ("1", "it has 1 fields where the header has 2"),
        ("1,a,b", "it has 3 fields where the header has 2"),
        ("1,a\0b", "NUL"),
        ('1,"never, closed', "a quote is opened and not closed"),
        ('1,"closed" too, early', "its quotes are wrong"),
        ("1," + "x" * 10_000_000, "longer than 1 MiB"),
        ('1,"' + "x" * 10_000_000 + '"', "longer than 1 MiB"),
    ]:
        records = read(f'id,title\n0,before\n{row}\n2,after\n\n3,"after, too"\n')
        assert [row["id"] for row in values(records)] == ["0", "2", "3"], row
        assert len(broken(records)) == 1, row
        assert broken(records)[0][0] == 3, row
        assert reason in broken(records)[0][1], row


def test_an_unclosed_quote_does_not_hold_the_file_in_memory() -> None:
    rows = "".join(f"{number},row\n" for number in range(5_000))
    records = read('id,title\nx,"open\n' + rows)
    assert len(values(records)) == 5_001
    assert values(records)[:2] == [{"id": "x", "title": '"open'}, {"id": "0", "title": "row"}]


def test_empty_lines_and_trailing_commas_are_no_rows() -> None:
    assert values(read("\n\nid,title,\n1,a,\n,,\n\n2,b\n".replace("2,b", "2,b,,"))) == [
        {"id": "1", "title": "a"},
        {"id": "2", "title": "b"},
    ]


def test_columns_of_one_name_are_numbered_and_nameless_ones_left_out() -> None:
    assert values(read(",id,tag,tag,Unnamed: 4\n0,1,a,b,c\n")) == [{"id": "1", "tag": "a", "tag 2": "b"}]


def test_a_broken_json_line_is_one_reject_and_the_rest_is_read() -> None:
    for line, reason in [
        ('{"id": 1e999}', "too large"),
        ('{"id": 1, "id": 2}', "'id' occurs twice"),
        ('{"id": 1', "not valid JSON at column"),
        ("[1]", "not a JSON object"),
        ('{"id": 1} {"id": 2}', "Extra data"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ("9" * 5000, "limit"),
    ]:
        records = read(f'{{"id": 0}}\n{line}\n\n{{"id": 3}}\n', file_format="jsonl")
        assert [row["id"] for row in values(records)] == [0, 3], line
        assert broken(records)[0][0] == 2, line
        assert reason in broken(records)[0][1], line


def test_an_unacceptable_element_of_a_json_array_is_one_reject() -> None:
    records = read('[\n{"id": 0},\n{"id": 1e999},\n{"id": 1, "id": 1},\n7,\n{"id": 4}\n]')
    assert values(records) == [{"id": 0}, {"id": 4}]
    assert [line for line, _ in broken(records)] == [3, 4, 5]


@pytest.mark.parametrize(
    "text", ['[{"id": 1},', '[{"id": 1} {"id": 2}]', "[1] 2", "[" * 100_000, "[{'id': 1}] x", '{"a": [1}', "{1: 2}"]
)
def test_json_that_breaks_off_is_an_input_error_and_not_half_a_file(text: str) -> None:
    with pytest.raises(InputError, match=r"not valid JSON at line 1|nested too deeply"):
        read(text, file_format="json")


def test_a_json_array_beyond_the_limit_advises_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newaisle.store.reading.LARGEST_ARRAY", 10)
    with pytest.raises(InputError, match="convert it to JSON Lines"):
        read(json.dumps(ROWS))


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = WRITERS["parquet"]()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'newaisle\[parquet\]'"):
        read(data)


def test_damaged_parquet_is_an_input_error() -> None:
    data = WRITERS["parquet"]()
    for damaged in (data[:-20], b"PAR1" + b"x" * 100, data[:30] + b"\xff" * 40 + data[70:]):
        with suppress(InputError):
            read(damaged)
    with pytest.raises(InputError, match="not a readable Parquet file"):
        read(data[:-20])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (gzip.compress(CSV.encode() * 100, mtime=0)[:-20], "gzip file that breaks off"),
        (b"\x1f\x8b" + b"x" * 40, "damaged"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"PK\x03\x04" + b"x" * 40, "Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1 x}", "rich-text"),
        (b"SQLite format 3\0" + b"x" * 40, "SQLite database: export the table as CSV"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", "Git LFS pointer.*git lfs pull"),
        (b"-- MySQL dump 10\nDROP TABLE p;\nINSERT INTO p VALUES (1);\n", "dump in SQL: load it"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "a web page.*download the file itself"),
        (b'<?xml version="1.0"?>\n<html xmlns="x"><body/></html>', "a web page"),
        (b"<table><tr><td>sku</td></tr></table>", "a web page"),
        (b'<?xml version="1.0"?><rss><channel><item/></channel></rss>', "XML, such as a product feed: export it"),
        (b"\xef\xbb\xbf<products>\n <product id='1'/></products>", "XML"),
        (gzip.compress(b"<Error><Code>AccessDenied</Code></Error>", mtime=0), "XML"),
        ("<?xml version='1.0'?><feed/>".encode("utf-16"), "XML"),
    ],
)
@pytest.mark.parametrize("name", ["shop.csv", "shop.json", "shop"])
def test_a_file_of_the_wrong_kind_is_one_line(data: bytes, message: str, name: str) -> None:
    file = io.BytesIO(data)
    file.name = name  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=message) as caught:
        RecordFile(file)
    assert "\n" not in str(caught.value)


def test_a_header_in_angle_brackets_is_no_markup() -> None:
    assert values(read("<id>,<title>\n1,Pan\n")) == [{"<id>": "1", "<title>": "Pan"}]


def test_a_missing_file_suggests_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_text(CSV)
    with pytest.raises(InputError, match=r"did you mean .*catalogue.csv"):
        RecordFile(tmp_path / "catalog.csv")
    with pytest.raises(InputError, match="there is no folder"):
        RecordFile(tmp_path / "nowhere" / "catalog.csv")
    with pytest.raises(InputError, match="directory"):
        RecordFile(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        RecordFile(Path("nul\0byte"))


def test_an_unknown_format_is_an_input_error() -> None:
    with pytest.raises(InputError, match="csv, tsv, json, jsonl, parquet"):
        read(CSV, file_format="xml")


HEADS = st.sampled_from([b"", b"id,title\n", b'[{"id": 1},', b'{"id": 1}\n', b"\xff\xfe", b"PAR1", b"\x1f\x8b\x08"])
TAILS = st.binary(max_size=200) | st.lists(
    st.sampled_from([b'"', b",", b"\n", b"1", b"\0", b"{", b"[", b":", b"\r"])
).map(b"".join)


@settings(max_examples=50)
@given(HEADS, TAILS, st.sampled_from([None, *FORMATS]), st.sampled_from([None, "gb18030", "utf-16"]))
def test_any_bytes_are_records_or_an_input_error(
    head: bytes, tail: bytes, file_format: str | None, encoding: str | None
) -> None:
    with suppress(InputError):
        file = RecordFile(io.BytesIO(head + tail), file_format=file_format, encoding=encoding)
        try:
            for record in file.records():
                assert record.line >= 1
        finally:
            file.close()
