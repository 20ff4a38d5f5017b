"""Write everything under tests/golden again: `python tests/oracle/make_golden.py`.

Names of families as arguments run only those. Two runs give the same bytes.
"""
import sys
import time
import warnings

import bars
import bootstrap
import classifiers
import equity
import features
import hmm
import strategies
import svm
import trials

FAMILIES = {"bars": bars, "features": features, "strategies": strategies,
            "classifiers": classifiers, "hmm": hmm, "svm": svm, "equity": equity,
            "trials": trials, "bootstrap": bootstrap}


def main(names):
    unknown = set(names) - set(FAMILIES)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; families: "
                         f"{', '.join(FAMILIES)}")
    warnings.filterwarnings("ignore")
    for name in names or FAMILIES:
        start = time.monotonic()
        FAMILIES[name].make()
        print(f"== {name}: {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
