from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from newaisle.errors import InputError
from newaisle.store.hints import Hints
from newaisle.store.records import Broken, Record
from newaisle.store.tables import Lines, table_rows

PRODUCT = {"id": "id", "sku": "id", "title": "title", "name": "title", "price": "price", "brand": "brand"}
HISTORY = {"user_id": "user_id", "item_id": "item_id", "event": "event", "item": "item_id"}
DELIMITERS = [",", ";", "\t", "|"]


def read(
    text: str, fields: dict[str, str] = PRODUCT, names: tuple[str, ...] = ()
) -> tuple[list[Record | Broken], Hints]:
    needed = {"id", "title"} if fields is PRODUCT else {"user_id", "item_id"}
    hints = Hints(fields.get, frozenset(needed), names)
    return list(table_rows(Lines(io.StringIO(text, newline="")), None, "it", hints)), hints


def values(text: str) -> list[dict[str, object]]:
    return [record.values for record in read(text)[0] if isinstance(record, Record)]


def cells(text: str, fields: dict[str, str] = PRODUCT, names: tuple[str, ...] = ()) -> list[list[object]]:
    records, _ = read(text, fields, names)
    return [list(record.values.values()) for record in records if isinstance(record, Record)]


def reasons(text: str) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in read(text)[0] if isinstance(record, Broken)]


CELLS = st.text(st.sampled_from("ab1 \",;|\t\n\r'\\é=:{<[#"), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))
    return [[str(number), *row] for number, row in enumerate(rows, 1)]


@settings(max_examples=200)
@example([["1", ";:;\r", "", "\r"]], ";", csv.QUOTE_MINIMAL)
@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_the_csv_module_wrote_is_read_back(rows: list[list[str]], delimiter: str, quoting: int) -> None:
    def written(row: list[str]) -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, quoting=quoting).writerow(row)  # type: ignore[arg-type]
        return text.getvalue()

    for row in rows:
        lines = written(row).splitlines()
        # Lines that are all rows by themselves may be those of a stray quote, and ="1" is a spreadsheet's.
        assume(len(lines) == 1 or any(line.count(delimiter) != len(row) - 1 for line in lines))
        assume(not any(cell.startswith('="') and cell.endswith('"') for cell in row))
    header = ["id", "title", "brand", "price"][: len(rows[0])]
    assert cells("".join(map(written, [header, *rows]))) == rows


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_stray_quote_that_is_closed_by_another_makes_no_row_of_many(delimiter: str) -> None:
    rows = [["k1", '"Moss kettle', "Harrow", "39"], ["k2", "Pan", "Oat Hill", "9.50"], ["k3", "Pot", "Oat", "8"]]
    rows += [["k4", '12"', "Harrow", "3"], ["k5", "Mug, red" if delimiter != "," else "Mug", "Oat", "4"]]
    text = "".join(delimiter.join(row) + "\n" for row in [["sku", "name", "brand", "price"], *rows])
    records, hints = read(text)
    assert [list(record.values.values()) for record in records if isinstance(record, Record)] == rows
    assert [record.line for record in records] == [2, 3, 4, 5, 6]
    assert list(hints.notes) == ["quotes that are not closed, or stand within a field, are read as part of the text"]


def test_a_stray_quote_is_found_beside_text_of_several_lines() -> None:
    text = 'sku,name,price,text\nk1,"Pot,3,good\nk2,Pan,4,fair\nk3,12" mug,5,"two\nlines"\n'.replace('12" mug', '12"')
    assert [row[0] for row in cells(text)] == ["k1", "k2", "k3"]
    assert cells(text)[2] == ["k3", '12"', "5", "two\nlines"]


def test_a_stray_quote_is_part_of_the_text_where_its_line_is_a_row() -> None:
    text = 'sku,name,price\nk1,"Moss kettle,39\nk2,Item,2\nk3,"Big" pan,3\nk4,Pot,4\n'
    assert cells(text) == [
        ["k1", '"Moss kettle', "39"],
        ["k2", "Item", "2"],
        ["k3", '"Big" pan', "3"],
        ["k4", "Pot", "4"],
    ]
    text = 'sku,name,price\nk1,"Moss kettle,39\nk2,Item,2"\nk3,Pot,4\n'
    assert cells(text) == [["k1", '"Moss kettle', "39"], ["k2", "Item", '2"'], ["k3", "Pot", "4"]]


@pytest.mark.parametrize(
    "text",
    [
        "Line one\r\nLine two, with comma\r\n\r\nLine three",
        "Sizes\nS,1,2,3\nM,2,3,4",
        "Soft\nwarm, light, cheap, good",
        'He said "one, two, three"\nand "four"',
    ],
)
def test_text_of_several_lines_stays_whole_with_its_delimiters(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["sku", "name", "price", "text"], ["7", "Mug", "9", text], ["8", "Pan", "4", "ok"]])
    assert cells(out.getvalue()) == [["7", "Mug", "9", text], ["8", "Pan", "4", "ok"]]


def test_lines_that_may_be_one_row_or_several_are_rejected_by_name() -> None:
    text = 'sku,name,brand\nred-pot,"Pot,Oat\nred-pan,Pan,Oat\nred-mug,Big" mug,Oat\n'.replace('Big" mug', 'Mug"')
    assert reasons(text) == [(2, "a quote makes one row of 3 lines, of which some may be rows: mend its quotes")]


def test_quotes_escaped_by_a_backslash_and_spaces_before_quotes_are_understood() -> None:
    assert cells('"id";"title"\n"1";"The \\"North\\" book; a tale"\n"2";"B"\n') == [
        ["1", 'The "North" book; a tale'],
        ["2", "B"],
    ]
    assert cells('id, "title", "price"\n1, "Kettle, red", 9\n2, "Mug", 8\n') == [
        ["1", "Kettle, red", "9"],
        ["2", "Mug", "8"],
    ]


def test_a_header_of_unknown_names_in_quotes_is_read_whatever_comes_after_it() -> None:
    text = '"ISBN";"Book-Title"\n"1";"Lamp"\n"2";"The \\"North\\" book; a tale"\n'
    assert values(text) == [
        {"ISBN": "1", "Book-Title": "Lamp"},
        {"ISBN": "2", "Book-Title": 'The "North" book; a tale'},
    ]


def test_what_a_spreadsheet_needs_is_no_part_of_the_data() -> None:
    text = '\ufeffsep=;\r\nsku;name\r\n="00456";Mug\r\n"=""007""";"<a href=""x"">Pan</a>"\r\n'
    records, hints = read(text)
    assert [record.values for record in records if isinstance(record, Record)] == [
        {"sku": "00456", "name": "Mug"},
        {"sku": "007", "name": '<a href="x">Pan</a>'},
    ]
    assert list(hints.notes) == ['="…" is read as what stands between the quotes']
    assert cells('"sep=\\t"\nsku\tname\nk1\tMug\n') == [["k1", "Mug"]]


@pytest.mark.parametrize("delimiter", [*DELIMITERS, "::", "^", "~", "\x01"])
def test_the_delimiter_is_the_one_of_the_header(delimiter: str) -> None:
    rows = [["id", "title", "price"], ["1", "Pot, big; red|blue", "3"], ["2", "Pan", "4"]]
    text = "\n".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows)
    assert cells(text) == rows[1:]


def test_several_characters_separate_fields_without_a_header_and_without_quotes() -> None:
    text = '1::"Great" cats (1998)::Drama|Crime\n2::North, "The" (1996)::Comedy\n'
    assert cells(text, names=("id", "title", "category")) == [
        ["1", '"Great" cats (1998)', "Drama|Crime"],
        ["2", 'North, "The" (1996)', "Comedy"],
    ]


@pytest.mark.parametrize(
    ("above", "header", "below", "note"),
    [
        ('"Product export"\n"Generated 2024-01-01"\n\n', 4, "", "the header is line 4; what stands above is left out"),
        (
            "Report;Products;;\nShop;Main;;\n;;;\n".replace(";", ","),
            4,
            "",
            "the header is line 4; what stands above is left out",
        ),
        ("# made by hand, in May\n", 2, "", "the header is line 2; what stands above is left out"),
        ("Goods,,Pricing,\n", 2, "", "the header is line 2; what stands above is left out"),
        ("id,title,brand,price\n", 2, "", "the header is line 2, line 1 belongs to it"),
        (
            "Template=home,Version=1,For use,\nid,title,brand,cost\n",
            3,
            "",
            "the header is line 3, line 2 belongs to it; what stands above is left out",
        ),
        ("", 1, "text,text,text,number\n", "the header is line 1, line 2 belongs to it"),
        ("", 1, "----,----,----,----\n", "the header is line 1, line 2 belongs to it"),
    ],
)
def test_the_header_is_found_among_the_first_lines(above: str, header: int, below: str, note: str) -> None:
    records, hints = read(f"{above}sku,name,brand,price\n{below}k1,Kettle,Oat,39\nk2,Mug,Oat,9\n")
    assert [record.values for record in records if isinstance(record, Record)] == [
        {"sku": "k1", "name": "Kettle", "brand": "Oat", "price": "39"},
        {"sku": "k2", "name": "Mug", "brand": "Oat", "price": "9"},
    ]
    assert records[0].line == header + 1 + below.count("\n")
    assert list(hints.notes) == [note]


def test_a_header_whose_names_are_not_known_is_the_first_row_as_wide_as_the_others() -> None:
    assert values("Lager\n\nNummer;Bezeichnung;Preis\n7;Topf;3\n8;Krug;4\n") == [
        {"Nummer": "7", "Bezeichnung": "Topf", "Preis": "3"},
        {"Nummer": "8", "Bezeichnung": "Krug", "Preis": "4"},
    ]
    assert [record.values for record in read("0,1\nk1,Pot\n")[0] if isinstance(record, Record)] == [
        {"0": "k1", "1": "Pot"}
    ]


def test_a_name_may_stand_on_two_lines() -> None:
    assert read('sku,name,"price\nin EUR"\nk1,Pot,3\n')[0] == [
        Record(3, {"sku": "k1", "name": "Pot", "price in EUR": "3"})
    ]


def test_a_header_that_comes_again_is_no_row() -> None:
    assert cells("id,title\n1,Pot\nid,title\n2,Pan\n") == [["1", "Pot"], ["2", "Pan"]]
    assert reasons("id,title\n1,Pot\nid,title\n2,Pan\n") == [(3, "it repeats the header")]


@pytest.mark.parametrize(
    ("text", "fields", "columns"),
    [
        ("196\t1\t3\t881250949\n186\t2\t5\t891717742\n", HISTORY, "user_id,item_id,rating,timestamp"),
        ("1::7::5::978300760\n1::8::3::978302109\n", HISTORY, "user_id,item_id,rating,timestamp"),
        ("u1;k1;view;2024-01-01 10:00\nu2;k2;buy;2024-01-02 11:00\n", HISTORY, "user_id,item_id,event,timestamp"),
        ("1,22,25,pv,1511544070\n1,23,26,pv,1511561733\n", HISTORY, "user_id,item_id,,event,timestamp"),
        ("1|Glass|01-Jan-1995||http://x.example/1|0\n2|North|01-Jan-1996||http://x.example/2|1\n", PRODUCT, "id,title"),
        ("k1,Kettle,Kitchen\nk2,Mug,Kitchen\n", PRODUCT, "id,title,category"),
        ("ann,k1\nbo,k20\n", HISTORY, "user_id,item_id"),
    ],
)
def test_a_table_without_a_header_is_refused_with_names_that_can_be_given(
    text: str, fields: dict[str, str], columns: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(text, fields)
    first = " | ".join(re.split(r"[\t;,|]|::", text.partition("\n")[0]))
    assert f"it seems to have no header, its first row is '{first}'" in str(caught.value)
    assert str(caught.value).endswith(f"such as --columns {columns}")
    assert len(cells(text, fields, tuple(columns.split(",")))) == 2


def test_names_for_a_file_without_a_header_may_be_fewer_and_not_more_than_its_columns() -> None:
    assert cells("1,Pot,x\n2,Pan,y\n", names=("id", "title")) == [["1", "Pot"], ["2", "Pan"]]
    with pytest.raises(InputError, match=r"--columns names 4 columns, and line 1 of it has 3: '1 \| Pot \| x'"):
        read("1,Pot,x\n2,Pan,y\n", names=("id", "title", "brand", "price"))
    with pytest.raises(InputError, match="it has a header, in line 1: leave --columns out"):
        read("id,title\n1,Pot\n", names=("id", "title"))
