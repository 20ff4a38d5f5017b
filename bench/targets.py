# SPDX-License-Identifier: Apache-2.0
"""What is to be reached where a script of this folder gives the verdict; `admf-bench works` has its own."""
CUBE_READ_SECONDS = 0.2                         # one metric of a cube of a million combinations
SHARES_OF_AVX512 = {"v2": 1 / 4, "v3": 1 / 2}   # of its speed, the big grid on one thread


def verdict(reached):
    return "yes" if reached else "no"
