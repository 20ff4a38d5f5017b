# SPDX-License-Identifier: Apache-2.0
"""Arguments that several scripts of this folder have, refused before anything is measured."""
import argparse
import os
import pathlib


def build_folder(text):
    folder = pathlib.Path(text).resolve()
    for program in ("admf", "admf-bench"):
        if not (folder / program).is_file():
            raise argparse.ArgumentTypeError(
                f"no {folder / program}: cmake --preset release && cmake --build --preset release")
    return folder


def at_least_one(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1, not {text!r}")
    return int(text)


def unwritable(path):
    """Why no file of that name can be written; None: it can."""
    if path.is_dir():
        return f"{path} is a folder; name a file"
    if not path.exists() and not path.parent.is_dir():
        return f"{path} cannot be written: there is no folder {path.parent}"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return f"{path} cannot be written"
    return None
