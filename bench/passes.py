"""The peers of `npm run bench:passes`: prints, as JSON, the passes and J of SciPy's L-BFGS-B and of scikit-learn.

Both minimise mean cross-entropy + l2 * sum(W ** 2), the bias not penalised; scikit-learn's C = 1 / (2 * l2 * rows).
"""

import json
import sys

import numpy as np
import scipy.optimize

folder, cols, l2 = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
x = np.fromfile(folder + "/x").reshape(-1, cols)
y = np.fromfile(folder + "/y", dtype=np.int32)
rows, classes = len(y), int(y.max()) + 1
seen = []


def objective(flat):
    w, b = flat[: classes * cols].reshape(classes, cols), flat[classes * cols :]
    z = x @ w.T + b
    z -= z.max(1, keepdims=True)
    e = np.exp(z)
    s = e.sum(1, keepdims=True)
    value = np.mean(np.log(s[:, 0]) - z[np.arange(rows), y]) + l2 * (w**2).sum()
    t = e / s
    t[np.arange(rows), y] -= 1
    t /= rows
    best = min(value, seen[-1][1]) if seen else value
    seen.append((len(seen) + 1, best))
    return value, np.concatenate([(t.T @ x + 2 * l2 * w).ravel(), t.sum(0)])


options = {"maxiter": 1000, "maxfun": 1500, "ftol": 0, "gtol": 1e-9}
scipy.optimize.minimize(
    objective, np.zeros(classes * (cols + 1)), jac=True, method="L-BFGS-B", options=options
)
runs = {"SciPy": [point for point in seen if np.isfinite(point[1])]}

try:
    import warnings

    from sklearn.linear_model import LogisticRegression
except ImportError:
    pass
else:
    warnings.simplefilter("ignore")
    # Of two classes, scikit-learn has one vector, twice as long as ours.
    c = 1 / (l2 * rows) if classes == 2 else 1 / (2 * l2 * rows)
    model = LogisticRegression(C=c, max_iter=1000, tol=1e-9).fit(x, y)
    w, b = model.coef_, model.intercept_
    if classes == 2:
        w, b = np.vstack([-w, w]) / 2, np.array([-b[0], b[0]]) / 2
    del seen[:]
    value, _ = objective(np.concatenate([w.ravel(), b]))
    runs["scikit-learn"] = [(int(model.n_iter_.max()), value)]
print(json.dumps(runs))
