"""Golden values of what tells skill from luck among many trials, tests/golden/trials.

The normal distribution is scipy's. Cross-validation is written out from the
paper: the returns of a half are put together and their Sharpe ratios computed,
where the engine adds sums of blocks.

quantile.csv          tail;value: what a normal number exceeds with that probability
maximum.csv           variance;trials;value: expected largest Sharpe ratio
deflated.csv          arguments and result; the first row is the example of the paper
cross_validation.csv  one line a case: blocks, trials, risk-free return of a sample,
                      splits that could be judged, those with a logit <= 0, sum of logits
cross_sums.csv        case;trial;block;n;sum;sum2
"""
import itertools

import numpy as np
from scipy.stats import norm, rankdata

from reference import GOLDEN, write_table

SEED = 11
FOLDER = GOLDEN / "trials"


def expected_maximum(variance, trials):
    gamma = np.euler_gamma
    return np.sqrt(variance) * ((1 - gamma) * norm.isf(1 / trials)
                                + gamma * norm.isf(1 / (trials * np.e)))


def deflated(sharpe, maximum, samples, skew, kurtosis):
    spread = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe ** 2
    return norm.cdf((sharpe - maximum) * np.sqrt(samples - 1) / np.sqrt(spread))


def paper_example():
    """Sharpe 2.5 a year, variance of the trials' 1/2, 100 trials, five years of 250 days."""
    sharpe, variance = 2.5 / np.sqrt(250), 0.5 / 250
    result = deflated(sharpe, expected_maximum(variance, 100), 1250, -3, 10)
    assert abs(result - 0.9004) < 5e-5, result
    return [sharpe, expected_maximum(variance, 100), 1250, -3, 10, result]


def sharpe(returns, risk_free):
    """Of each column; NaN where it does not vary."""
    flat = np.ptp(returns, axis=0) == 0
    deviation = np.where(flat, np.nan, returns.std(axis=0))
    return (returns.mean(axis=0) - risk_free) / deviation


def cross_validate(blocks, risk_free):
    """blocks: a list of arrays (samples, trials)."""
    everything, logits = set(range(len(blocks))), []
    for chosen in itertools.combinations(range(len(blocks)), len(blocks) // 2):
        others = sorted(everything - set(chosen))
        inside = sharpe(np.concatenate([blocks[b] for b in chosen]), risk_free)
        if np.isnan(inside).all():
            continue
        outside = np.nan_to_num(sharpe(np.concatenate([blocks[b] for b in others]), risk_free))
        ranks = rankdata(outside, method="average")
        omega = ranks[np.nanargmax(inside)] / (len(ranks) + 1)
        logits.append(np.log(omega / (1 - omega)))
    return len(logits), sum(l <= 1e-12 for l in logits), sum(logits)


def case(rng, blocks, trials, risk_free, flat):
    """`flat`: some trials equal another one, or stand still for some blocks."""
    sizes = rng.integers(5, 9, blocks)
    out = [rng.normal(0.0003, 0.01, (n, trials)) for n in sizes]
    if flat:
        for block in out:
            block[:, 2] = block[:, 0]
        for block in out[:blocks // 2]:
            block[:, 1] = 0
        for block in out[1:]:
            block[:, 3] = 0
    return out, risk_free


def make():
    rng = np.random.default_rng(SEED)
    tails = np.concatenate([np.linspace(0.01, 0.99, 50), 10.0 ** -np.arange(3, 21)])
    write_table(FOLDER / "quantile.csv", ["tail", "value"], [[t, norm.isf(t)] for t in tails])
    write_table(FOLDER / "maximum.csv", ["variance", "trials", "value"],
                [[v, n, expected_maximum(v, n)] for v in (0.002, 1.0)
                 for n in (2, 3, 10, 100, 1000, 10 ** 6, 10 ** 12)])
    rows = [paper_example()]
    for _ in range(40):
        arguments = [rng.normal(0.05, 0.1), abs(rng.normal(0.05, 0.03)), int(rng.integers(2, 6000)),
                     rng.normal(0, 1), rng.uniform(1.5, 20)]
        rows.append(arguments + [deflated(*arguments)])
    write_table(FOLDER / "deflated.csv",
                ["sharpe", "maximum", "samples", "skew", "kurtosis", "value"], rows)
    results, sums = [], []
    for number, arguments in enumerate([(4, 2, 0, False), (6, 7, 0.0001, False),
                                        (8, 6, 0, True), (8, 5, 0.0002, True),
                                        (10, 20, 0, False), (16, 9, 0, True),
                                        (16, 12, 0.0001, False)]):
        blocks, risk_free = case(rng, *arguments)
        trials = blocks[0].shape[1]
        results.append([number, len(blocks), trials, risk_free,
                        *cross_validate(blocks, risk_free)])
        sums += [[number, t, b, len(block), block[:, t].sum(), (block[:, t] ** 2).sum()]
                 for t in range(trials) for b, block in enumerate(blocks)]
    write_table(FOLDER / "cross_validation.csv",
                ["case", "blocks", "trials", "risk_free", "splits", "overfit", "logits"], results)
    write_table(FOLDER / "cross_sums.csv", ["case", "trial", "block", "n", "sum", "sum2"], sums)


if __name__ == "__main__":
    make()
