"""Which compiler builds llama.cpp. The compilers here are small scripts on a path of their own, and say a version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newaisle.agent.llm.compiler import ZIG, Choice, choices

INTEL = "model name\t: Intel(R) Xeon(R)\nflags\t\t: avx2 avx512f avx512_vnni amx_bf16 amx_tile amx_int8"
AMD = "model name\t: AMD EPYC\nflags\t\t: avx avx2 fma f16c"
ARM = "Features\t: fp asimd asimddp i8mm"

GCC = "{name} (Debian {version}-14+deb12u1) {version}\nCopyright (C) 2022 Free Software Foundation, Inc.\n"
RED_HAT = "{name} (GCC) {version} 20240719 (Red Hat {version}-2)\nCopyright (C) 2021 Free Software Foundation, Inc.\n"
CLANG = "Debian clang version {version} (3~deb12u1)\nTarget: x86_64-pc-linux-gnu\n"
APPLE = "Apple clang version {version} (clang-1700.0.13.5)\nTarget: x86_64-apple-darwin24.5.0\n"
ANOTHER = "Intel(R) oneAPI DPC++/C++ Compiler 2025.2\n"

Install = Callable[..., None]


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing is installed."""
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path / 'missing'}:{tmp_path / 'bin'}"}


@pytest.fixture
def install(tmp_path: Path) -> Install:
    def install(*names: str, says: str = GCC, version: str = "", code: int = 0) -> None:
        for name in names:
            script = tmp_path / "bin" / name
            said = says.format(name=name, version=version)
            script.write_text(f"#!/bin/sh\ncat <<'END'\n{said}END\nexit {code}\n".replace("cat", "/bin/cat"))
            script.chmod(0o755)

    return install


def names(found: list[Choice]) -> list[str]:
    return [choice.compiler.name + (" without AMX" if choice.options else "") for choice in found]


def test_with_amx_a_recent_clang_is_best(install: Install, path: dict[str, str]) -> None:
    install("cc", "c++", version="12.2.0")
    install("clang", "clang++", says=CLANG, version="19.1.7")
    found = choices(INTEL, path)
    assert names(found) == ["clang 19.1.7", "ziglang 0.17.1", "GCC 12.2.0 without AMX"]
    assert {Path(command).name for command in found[0].compiler.variables.values()} == {"clang", "clang++"}
    assert [choice.why for choice in found] == [
        "installed, and able to use this processor's AMX",
        "fetched to use this processor's AMX",
        "with AMX off",
    ]


@pytest.mark.parametrize(
    ("says", "version", "is_used"),
    [
        (CLANG, "14.0.6", False),
        (CLANG, "15.0.7", False),
        (CLANG, "16.0.6", True),
        (GCC, "12.2.0", False),
        (GCC, "13.2.0", False),
        (GCC, "13.3.0", True),
        (GCC, "14.2.0", True),
        (RED_HAT, "11.5.0", False),
        (ANOTHER, "", False),
    ],
)
def test_with_amx_only_a_compiler_that_is_known_to_get_it_right_is_used(
    install: Install, path: dict[str, str], says: str, version: str, is_used: bool
) -> None:
    install("cc", "c++", says=says, version=version)
    found = names(choices(INTEL, path))
    assert len(found) == 2 + is_used
    assert found[-2] == "ziglang 0.17.1"
    assert found[-1].endswith(f"{version} without AMX")


def test_with_amx_clang_goes_before_gcc_and_the_newest_before_the_others(
    install: Install, path: dict[str, str]
) -> None:
    install("cc", "c++", "gcc-20", "g++-20", version="20.1.0")
    install("clang-16", "clang++-16", says=CLANG, version="16.0.6")
    install("clang-19", "clang++-19", says=CLANG, version="19.1.7")
    assert names(choices(INTEL, path))[0] == "clang 19.1.7"


@pytest.mark.parametrize("abilities", [AMD, ARM])
def test_without_amx_the_compiler_of_the_system_is_used_as_it_is(
    install: Install, path: dict[str, str], abilities: str
) -> None:
    install("cc", "c++", version="12.2.0")
    install("clang", "clang++", says=CLANG, version="19.1.7")
    found = choices(abilities, path)
    assert names(found) == ["GCC 12.2.0", "ziglang 0.17.1"]
    assert found[0].why == "installed, and as good as any on this processor"


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [(INTEL, ["ziglang 0.17.1", "ziglang 0.17.1 without AMX"]), (AMD, ["ziglang 0.17.1"]), (ARM, ["ziglang 0.17.1"])],
)
def test_where_no_compiler_is_installed_one_is_fetched(
    path: dict[str, str], abilities: str, expected: list[str]
) -> None:
    found = choices(abilities, path)
    assert names(found) == expected
    assert found[0].compiler is ZIG


def test_what_does_not_run_or_compiles_no_cxx_is_no_compiler(install: Install, path: dict[str, str]) -> None:
    install("gcc", "clang-19", version="14.2.0")
    install("cc", "c++", version="14.2.0", code=1)
    install("clang-format", "gcc-ar", "ccache")
    assert names(choices(AMD, path)) == ["ziglang 0.17.1"]


def test_a_system_whose_compilers_all_have_a_number_is_built_on(install: Install, path: dict[str, str]) -> None:
    install("gcc-13", "g++-13", version="13.3.0")
    (found, _) = choices(AMD, path)
    assert found.compiler.name == "GCC 13.3.0"
    assert [Path(command).name for command in found.compiler.variables.values()] == ["gcc-13", "g++-13"]


@pytest.mark.parametrize(
    ("says", "version", "name"),
    [
        (GCC, "12.2.0", "GCC 12.2.0"),
        (RED_HAT, "11.5.0", "GCC 11.5.0"),
        (CLANG, "19.1.7", "clang 19.1.7"),
        (APPLE, "17.0.0", "clang 17.0.0"),
    ],
)
def test_a_compiler_goes_by_its_family_and_version(
    install: Install, path: dict[str, str], says: str, version: str, name: str
) -> None:
    install("cc", "c++", says=says, version=version)
    assert names(choices(AMD, path))[0] == name


def test_cc_leaves_no_other_compiler(install: Install, path: dict[str, str], tmp_path: Path) -> None:
    install("clang", "clang++", says=CLANG, version="19.1.7")
    install("mine", version="12.2.0")
    mine = {"CC": f"{tmp_path / 'bin' / 'mine'} -m64"}
    assert names(choices(AMD, path | mine)) == ["GCC 12.2.0"]
    found = choices(INTEL, path | mine)
    assert names(found) == ["GCC 12.2.0 without AMX"]
    assert found[0].compiler.variables == {}  # they are set
    install("mine", says=CLANG, version="19.1.7")
    assert names(choices(INTEL, path | mine)) == ["clang 19.1.7", "clang 19.1.7 without AMX"]


def test_cc_that_is_not_there_is_not_replaced(path: dict[str, str]) -> None:
    (found,) = choices(AMD, path | {"CC": "nocc"})
    assert (found.compiler.name, found.why) == ("nocc", "chosen by CC and CXX")
