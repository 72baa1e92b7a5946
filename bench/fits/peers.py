"""scikit-learn and PyTorch in `npm run bench:fits`: one fit in a process of its own.

Arguments: the problem's folder and the solver. All minimise mean cross-entropy + l2 * sum(W ** 2) without a penalty of
the bias, scikit-learn with C = 1 / (2 * l2 * rows); but liblinear fits one class against the rest, which is another
model, and penalises the bias.
"""

import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
folder, solver = sys.argv[1], sys.argv[2]
with open(folder + "/job.json", encoding="utf-8") as opened:
    job = json.load(opened)
x = np.fromfile(folder + "/x", dtype=np.float32).reshape(job["rows"], job["features"])
y = np.fromfile(folder + "/y", dtype=np.int32)
rows, features, classes, l2 = job["rows"], job["features"], job["classes"], job["l2"]
targets, patience = job["targets"], job["patience"]


class OutOfPatience(Exception):
    pass


def objective(w, b):
    """Computes J in pieces, in float64."""
    losses = 0.0
    for first in range(0, rows, 2000):
        z = x[first : first + 2000].astype(np.float64) @ w.T + b
        z -= z.max(1, keepdims=True)
        picked = z[np.arange(len(z)), y[first : first + 2000]]
        losses += (np.log(np.exp(z).sum(1)) - picked).sum()
    return losses / rows + l2 * (w**2).sum()


def sklearn_lbfgs():
    """Fits, and keeps every iterate with its seconds; then finds by bisection which were the first near enough."""
    import scipy.optimize
    from sklearn.linear_model import LogisticRegression

    seen = []

    def keep(flat):
        took = time.perf_counter() - began[0]
        seen.append((took, flat.copy()))
        if took > patience:
            raise OutOfPatience

    minimize = scipy.optimize.minimize
    scipy.optimize.minimize = lambda *given, **named: minimize(*given, callback=keep, **named)
    # No tolerance of its own: the targets say when it is near enough.
    model = LogisticRegression(C=1 / (2 * l2 * rows), max_iter=1000, tol=1e-9)
    began = time.perf_counter(), time.process_time()
    try:
        model.fit(x, y)
    except OutOfPatience:
        pass
    took = time.perf_counter() - began[0], time.process_time() - began[1]

    def parameters(flat):
        both = flat.reshape((classes, features + 1), order="F")
        return both[:, :features].astype(np.float64), both[:, features].astype(np.float64)

    def first_near(target):
        low, high = 0, len(seen)
        while low < high:
            middle = (low + high) // 2
            if objective(*parameters(seen[middle][1])) <= target:
                high = middle
            else:
                low = middle + 1
        return seen[low][0] if low < len(seen) else None

    return took, parameters(seen[-1][1]), [first_near(target) for target in targets]


def sklearn_liblinear():
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / (2 * l2 * rows), solver="liblinear", max_iter=1000)
    began = time.perf_counter(), time.process_time()
    model.fit(x, y)
    took = time.perf_counter() - began[0], time.process_time() - began[1]
    return took, (model.coef_, model.intercept_), None


def torch_lbfgs():
    """Fits with torch.optim.LBFGS and its strong Wolfe conditions, on all rows."""
    import torch

    reached = [None] * len(targets)
    began = time.perf_counter(), time.process_time()
    rows_of_x, labels = torch.from_numpy(x), torch.from_numpy(y.astype(np.int64))
    w = torch.zeros(classes, features, requires_grad=True)
    b = torch.zeros(classes, requires_grad=True)
    options = {"line_search_fn": "strong_wolfe", "tolerance_grad": 0, "tolerance_change": 0}
    optimizer = torch.optim.LBFGS([w, b], max_iter=1000, max_eval=5000, **options)

    def closure():
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(rows_of_x @ w.T + b, labels) + l2 * (w * w).sum()
        value.backward()
        seconds = time.perf_counter() - began[0]
        for i, target in enumerate(targets):
            if reached[i] is None and value.item() <= target:
                reached[i] = seconds
        if seconds > patience or None not in reached:
            raise OutOfPatience
        return value

    try:
        optimizer.step(closure)
    except OutOfPatience:
        pass
    took = time.perf_counter() - began[0], time.process_time() - began[1]
    numpy = [one.detach().numpy().astype(np.float64) for one in (w, b)]
    return took, numpy, reached


SOLVERS = {"lbfgs": sklearn_lbfgs, "liblinear": sklearn_liblinear, "torch": torch_lbfgs}
(seconds, processor), (w, b), reached = SOLVERS[solver]()
np.concatenate([w.ravel(), b]).astype(np.float64).tofile(folder + "/parameters")
# Bytes on macOS, kilobytes on Linux.
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
answer = {"seconds": seconds, "processor": processor, "megabytes": megabytes, "reached": reached}
print(json.dumps(answer), flush=True)
