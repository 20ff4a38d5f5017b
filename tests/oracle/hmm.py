"""Golden fits and labels of the Gaussian hidden Markov model on sp500_daily.csv.

The algorithm is written out here independently of the engine, after Rabiner
(Proc. IEEE 77, 1989): Baum-Welch with scaled forward and backward passes, three
states, two features (daily log return and log range), diagonal covariance, a
variance floor, a fixed start. All fits run side by side along the first axis, in
long double; a fit that has stopped keeps its parameters.

Every fit is then compared with hmmlearn's GaussianHMM, run from the same start
for the number of M-steps the stopping rule gave, with the same floor applied
after each M-step.

Files in tests/golden/classifiers:
hmm_gaussian.csv         every 20th fit: parameters, sorted as the fit left them
hmm_gaussian_days.csv    label (1 bear, 2 neutral, 3 bull) and confidence a day
"""
import warnings

import numpy as np
from hmmlearn.hmm import GaussianHMM

from reference import GOLDEN, LD, ROOT, load_bars, write_table

STATES, FEATURES, REFIT_DAYS, MOST_STEPS, TINY = 3, 2, 5, 25, LD("1e-250")
LOOKBACKS = (30, 60)
EVERY = 20


def observations(B):
    """x of days 1, 2, …: ln(C/C of the day before), ln(H/L)."""
    c, h, l = B["close"], B["high"], B["low"]
    return np.stack([np.log(c[1:] / c[:-1]), np.log(h[1:] / l[1:])], axis=1)


def start(x):
    """Start parameters of all windows x (fits, W, 2) and their variance floor."""
    W = x.shape[1]
    order = np.argsort(x[:, :, 0], axis=1, kind="stable")
    ranked = np.take_along_axis(x, order[:, :, None], axis=1)
    state = 3 * np.arange(W) // W
    floor = np.maximum(LD("1e-4") * x.var(axis=1), LD("1e-12"))
    mean = np.stack([ranked[:, state == k].mean(axis=1) for k in range(STATES)], axis=1)
    var = np.stack([ranked[:, state == k].var(axis=1) for k in range(STATES)], axis=1)
    pi = np.full((len(x), STATES), LD(1) / 3)
    A = np.tile(np.where(np.eye(STATES) == 1, LD("0.8"), LD("0.1")), (len(x), 1, 1))
    return {"pi": pi, "A": A, "mean": mean, "var": np.maximum(var, floor[:, None])}, floor


def densities(p, x):
    """b (scaled so that the largest is 1) and the logarithm m of the scale."""
    d = x[:, :, None, :] - p["mean"][:, None]
    v = p["var"][:, None]
    two_pi = 8 * np.arctan(LD(1))
    lam = -((d * d / v + np.log(two_pi * v)).sum(axis=3)) / 2
    m = lam.max(axis=2)
    return np.exp(lam - m[:, :, None]), m


def e_step(p, x):
    """Log likelihood, γ, Σξ, and which fits met a vanishing c."""
    b, m = densities(p, x)
    F, W, _ = b.shape
    alpha, c = np.empty_like(b), np.empty((F, W), dtype=LD)
    u = p["pi"] * b[:, 0]
    for j in range(W):
        if j:
            u = np.einsum("fi,fik->fk", alpha[:, j - 1], p["A"]) * b[:, j]
        c[:, j] = u.sum(axis=1)
        alpha[:, j] = u / c[:, j, None]
    beta = np.ones_like(b)
    xi = np.zeros((F, STATES, STATES), dtype=LD)
    for j in range(W - 2, -1, -1):
        ahead = b[:, j + 1] * beta[:, j + 1] / c[:, j + 1, None]
        beta[:, j] = np.einsum("fik,fk->fi", p["A"], ahead)
        xi += alpha[:, j, :, None] * p["A"] * ahead[:, None, :]
    gamma = alpha * beta
    gamma /= gamma.sum(axis=2, keepdims=True)
    return (np.log(c) + m).sum(axis=1), gamma, xi, (c < TINY).any(axis=1)


def m_step(p, x, gamma, xi, floor):
    """New parameters; and which fits kept a row or a state."""
    weight, row = gamma.sum(axis=1), xi.sum(axis=2)
    mean = np.einsum("fwk,fwd->fkd", gamma, x) / weight[:, :, None]
    d = x[:, :, None, :] - mean[:, None]
    var = np.maximum(np.einsum("fwk,fwkd->fkd", gamma, d * d) / weight[:, :, None],
                     floor[:, None])
    keep, keep_row = (weight <= LD("1e-8"))[:, :, None], (row <= LD("1e-8"))[:, :, None]
    new = {"pi": gamma[:, 0], "A": np.where(keep_row, p["A"], xi / row[:, :, None]),
           "mean": np.where(keep, p["mean"], mean), "var": np.where(keep, p["var"], var)}
    return new, keep.any(axis=(1, 2)) | keep_row.any(axis=(1, 2))


def select(where, a, b):
    return {k: np.where(where.reshape(-1, *[1] * (a[k].ndim - 1)), a[k], b[k]) for k in a}


def fit(x):
    """Baum-Welch on all windows; returns parameters and what happened."""
    p, floor = start(x)
    before = p
    F = len(x)
    running, kept = np.ones(F, dtype=bool), np.zeros(F, dtype=bool)
    failed, steps = np.zeros(F, dtype=bool), np.zeros(F, dtype=int)
    likelihood, margin = np.full(F, LD("-inf")), np.full(F, LD("inf"))
    for step in range(MOST_STEPS):
        loglik, gamma, xi, vanished = e_step(p, x)
        gave_up = running & vanished
        failed |= gave_up & (step == 0)
        p = select(gave_up, before, p)
        running &= ~vanished
        assert (loglik >= likelihood - LD("1e-9") * abs(loglik))[running].all()
        if step:
            least = LD("1e-6") * np.maximum(1, abs(likelihood))
            gain = loglik - likelihood - least
            margin = np.where(running, np.minimum(margin, abs(gain / least)), margin)
            stop = running & (gain < 0)
        else:
            stop = np.zeros(F, dtype=bool)
        likelihood = np.where(running, loglik, likelihood)
        running &= ~stop
        new, kept_now = m_step(p, x, gamma, xi, floor)
        kept |= running & kept_now
        before, p = select(running, p, before), select(running, new, p)
        steps += running
    return {"p": p, "floor": floor, "steps": steps, "loglik": likelihood,
            "failed": failed, "kept": kept, "margin": margin}


class Floored(GaussianHMM):
    """hmmlearn with the variance floor after each M-step."""
    floor = 0

    def _do_mstep(self, stats):
        super()._do_mstep(stats)
        self._covars_ = np.maximum(self._covars_, self.floor)


def hmmlearn_fit(x, first, floor, steps):
    model = Floored(STATES, "diag", init_params="", covars_prior=0, covars_weight=1,
                    min_covar=0, tol=-np.inf, n_iter=int(steps))
    model.floor = floor.astype(float)
    model.startprob_, model.transmat_ = first["pi"].astype(float), first["A"].astype(float)
    model.means_, model.covars_ = first["mean"].astype(float), first["var"].astype(float)
    model.n_features = FEATURES
    model.fit(x.astype(float))
    return {"pi": model.startprob_, "A": model.transmat_, "mean": model.means_,
            "var": model._covars_}


def check(x, result):
    """Compare every fit without kept rows with hmmlearn, to 1e-6."""
    first, floor = start(x)
    worst = {}
    for i in np.flatnonzero(~result["failed"] & ~result["kept"] & (result["steps"] > 0)):
        theirs = hmmlearn_fit(x[i], {k: v[i] for k, v in first.items()},
                              floor[i], result["steps"][i])
        for k, v in theirs.items():
            ours = result["p"][k][i].astype(float)
            scale = abs(ours) if k == "var" else 1
            worst[k] = max(worst.get(k, 0), float((abs(ours - v) / scale).max()))
    assert max(worst.values()) < 1e-6, worst
    return worst


def filtered(p, x):
    """α of the last of the days x of one fit, from the first on; no underflow."""
    one = {k: v[None] for k, v in p.items()}
    b = densities(one, x[None])[0][0]
    out, u = np.empty_like(b), p["pi"] * b[0]
    for j in range(len(x)):
        if j:
            u = (out[j - 1] @ p["A"]) * b[j]
        c = u.sum()
        out[j] = b[j] / b[j].sum() if c < TINY else u / c
    return out


def labels(x, W, fit_days, result):
    """Label code and confidence of each day, doubtful ties None."""
    code, confidence = [0] * (len(x) + 1), [0] * (len(x) + 1)
    for i, day in enumerate(fit_days):
        if result["failed"][i]:
            continue
        p = {k: v[i] for k, v in result["p"].items()}
        last = min(day + REFIT_DAYS - 1, len(x))
        alpha = filtered(p, x[day - W:last])[W - 1:]
        order = np.argsort(p["mean"][:, 0], kind="stable")
        for d, a in zip(range(day, last + 1), alpha):
            a = a[order]
            top = np.sort(a)[::-1]
            code[d] = None if top[0] - top[1] < 1e-6 else int(a.argmax()) + 1
            confidence[d] = a.max()
    return code, confidence


HEADER = ["lookback_days", "day", "steps", "loglik"] + [
    *(f"mean_{k}_{f}" for k in range(STATES) for f in ("return", "range")),
    *(f"var_{k}_{f}" for k in range(STATES) for f in ("return", "range")),
    *(f"a_{i}_{k}" for i in range(STATES) for k in range(STATES)),
    *(f"pi_{k}" for k in range(STATES))]


def make():
    x = observations(load_bars(ROOT / "data" / "sp500_daily.csv"))
    rows, days = [], {"bar": list(range(len(x) + 1))}
    for W in LOOKBACKS:
        fit_days = list(range(W, len(x) + 1, REFIT_DAYS))
        windows = np.stack([x[d - W:d] for d in fit_days])      # days d-W+1 … d
        result = fit(windows)
        worst = check(windows, result)
        code, confidence = labels(x, W, fit_days, result)
        days[f"label_{W}"], days[f"confidence_{W}"] = code, confidence
        for i in range(0, len(fit_days), EVERY):
            p = {k: v[i].ravel() for k, v in result["p"].items()}
            rows.append([W, fit_days[i], int(result["steps"][i]), result["loglik"][i],
                         *p["mean"], *p["var"], *p["A"], *p["pi"]])
        print(f"hmm {W}: {len(fit_days)} fits, M-steps {result['steps'].min()}.."
              f"{result['steps'].max()}, failed {result['failed'].sum()}, kept "
              f"{result['kept'].sum()}, nearest stop {float(result['margin'].min()):.1e}, "
              f"labels 0 1 2 3 tie: {[code.count(k) for k in (0, 1, 2, 3, None)]}")
        print("  largest difference from hmmlearn:",
              *(f"{k} {v:.1e}" for k, v in worst.items()))
    write_table(GOLDEN / "classifiers" / "hmm_gaussian.csv", HEADER, rows)
    write_table(GOLDEN / "classifiers" / "hmm_gaussian_days.csv", list(days),
                zip(*days.values()))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    make()
