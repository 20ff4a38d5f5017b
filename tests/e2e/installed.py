#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the build and uses it from there: the program, and a program of one's own that
registers a pattern, built with find_package(admf) and once more with pkg-config.

    python3 installed.py BUILD
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "custom_pattern"
PLAIN = "strategies: [{type: momentum}]\nworkflow: {base_pattern: PATTERN}\n"


def run(*command, code=0, **options):
    done = subprocess.run([str(c) for c in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode != code:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def configuration(path, pattern, more=""):
    path.write_text(PLAIN.replace("PATTERN", pattern) + more)
    return path


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        prefix = folder / "prefix"
        run("cmake", "--install", sys.argv[1], "--prefix", prefix)
        # Compilers come with an OpenMP of their own.
        compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.+)$",
                             (Path(sys.argv[1]) / "CMakeCache.txt").read_text(), re.M)[1]
        run("cmake", "-S", SOURCE, "-B", folder / "with_cmake", f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_C_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=Release")
        run("cmake", "--build", folder / "with_cmake")
        search = ":".join(str(p.parent) for p in prefix.rglob("admf.pc"))
        flags = run("pkg-config", "--cflags", "--libs", "admf",
                    env=os.environ | {"PKG_CONFIG_PATH": search}).split()
        run(compiler, SOURCE / "custom_pattern.c", "-o", folder / "by_hand",
            *flags)
        ours = configuration(folder / "ours.yaml", "blind_backtest")
        first = run(folder / "with_cmake/custom_pattern", ours, folder / "a.h5")
        assert first == run(folder / "by_hand", ours, folder / "b.h5")
        assert first.startswith("blind_backtest "), first
        # The installed program runs the same work from the same numbers.
        program = prefix / "bin/admf"
        plain = configuration(folder / "plain.yaml", "full_backtest")
        printed = run(program, "run", plain, "-o", folder / "c.h5", "--analytics", "off")
        assert f"digest   {first.split()[1]}\n" in printed, (first, printed)
        refused = run(program, "check", ours, code=78)
        assert "unknown workflow.base_pattern 'blind_backtest'" in refused, refused
        seeing = configuration(folder / "seeing.yaml", "blind_backtest",
                               "classifiers: [{type: trend}]\n")
        refused = run(folder / "by_hand", seeing, folder / "d.h5", code=1)
        assert "base_pattern blind_backtest has no classifiers" in refused, refused
        # Its data are those that came with it, wherever it is moved to.
        assert f" {prefix.resolve()}/share/admf/sp500_daily.csv," in printed, printed
        moved = prefix.rename(folder / "moved")
        planned = run(moved / "bin/admf", "plan", plain)
        assert f" {moved.resolve()}/share/admf/sp500_daily.csv\n" in planned, planned
        if (moved / "bin/admf-bench").exists():
            run(moved / "bin/admf-bench", "works", "momentum_hmm", "--quick")
    print("ok: installed, linked in two ways, moved, and run")


main()
