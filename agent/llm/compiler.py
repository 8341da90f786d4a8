"""Which compiler is to build llama.cpp on this processor, and why.

By a processor's AMX it reads prompts three times faster, and not every compiler gets that right. clang before 16 has
another name for the macro that the kernels ask for, and leaves them out. GCC before 13.3 takes most of the tiles'
configuration for never read (its bug 114098), leaves that out, and the first decode crashes.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_AMX_FROM = {"clang": (16,), "GCC": (13, 3), "ziglang": (0, 17)}
_AMX_OFF = ("-DCMAKE_C_FLAGS=-mno-amx-int8", "-DCMAKE_CXX_FLAGS=-mno-amx-int8")
_CXX = {"cc": "c++", "gcc": "g++", "clang": "clang++"}
_ON_PATH = re.compile(rf"({'|'.join(_CXX)})(-\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """A compiler of C and C++.

    identity: what tells it from all others. variables: of the environment, by which CMake finds it.
    """

    family: str
    version: tuple[int, ...]
    identity: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The compiler's family and version, for people."""
        return f"{self.family} {'.'.join(map(str, self.version))}".strip()

    @property
    def gets_amx_right(self) -> bool:
        """Whether llama.cpp's AMX kernels, as it compiles them, are known to be there and to work."""
        return self.family in _AMX_FROM and self.version >= _AMX_FROM[self.family]


ZIG = Compiler(family="ziglang", version=(0, 17, 1), identity="ziglang==0.17.1")
"""A whole clang in a package of the index, fetched for a build and thrown away after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A compiler to build with, why, in words to go on with after its name, and the options that CMake gets."""

    compiler: Compiler
    why: str
    options: tuple[str, ...] = ()


def choices(abilities: str, environment: Mapping[str, str] = os.environ) -> list[Choice]:
    """What to build with on a processor of these abilities, the best first.

    A later one is for where those before do not build, or what they build does not work. CC and CXX leave no compiler
    but theirs.
    """
    chosen = "chosen by CC and CXX" if environment.get("CC") or environment.get("CXX") else ""
    here = [_chosen_by_user(environment)] if chosen else [*_installed(environment)]
    fetched = [] if chosen else [ZIG]
    if "amx_int8" not in abilities.split():
        return [
            *_each(here[:1], chosen or "installed, and as good as any on this processor"),
            *_each(fetched, "fetched, as none that is installed will do"),
        ]
    able = sorted((one for one in here if one.gets_amx_right), key=lambda one: (one.family == "clang", one.version))
    return [
        *_each(able[-1:], chosen or "installed, and able to use this processor's AMX"),
        *_each(fetched, "fetched to use this processor's AMX"),
        *_each((here + fetched)[:1], "with AMX off", *_AMX_OFF),
    ]


def _each(compilers: Sequence[Compiler], why: str, *options: str) -> list[Choice]:
    return [Choice(compiler=compiler, why=why, options=options) for compiler in compilers]


def _chosen_by_user(environment: Mapping[str, str]) -> Compiler:
    command = environment.get("CC") or "cc"
    return _describe(command, _ask_version(shlex.split(command)), {})


def _installed(environment: Mapping[str, str]) -> Iterator[Compiler]:
    """The compilers on the path, those without a number in their name first."""
    folders = os.get_exec_path(environment)
    names: set[str] = set()
    for folder in folders:
        with suppress(OSError):
            names.update(path.name for path in Path(folder).iterdir() if _ON_PATH.fullmatch(path.name))
    for name in sorted(names, key=lambda name: ("-" in name, name)):
        stem, dash, number = name.partition("-")
        cc, cxx = (shutil.which(one, path=os.pathsep.join(folders)) for one in (name, _CXX[stem] + dash + number))
        if cc and cxx and (said := _ask_version([cc])):
            yield _describe(name, said, {"CC": cc, "CXX": cxx})


def _ask_version(command: Sequence[str]) -> str:
    """What a compiler says of its version; empty where it does not run."""
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace", check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def _describe(command: str, said: str, variables: Mapping[str, str]) -> Compiler:
    if clang := re.search(r"clang version ([\d.]+)", said):
        return Compiler(family="clang", version=_numbers(clang[1]), identity=said, variables=variables)
    first_line = re.sub(r"\(.*?\)", "", said.partition("\n")[0])  # without the distribution's name and numbers
    if "Free Software Foundation" in said and (gcc := re.search(r"\d+(\.\d+)+", first_line)):
        return Compiler(family="GCC", version=_numbers(gcc[0]), identity=said, variables=variables)
    return Compiler(family=command, version=(), identity=command + said, variables=variables)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".") if number)
