"""Cross-validation by scikit-learn, whose results cross-validation.json holds.

    python3 test/support/cross-validation.py digits.csv.gz > test/support/cross-validation.json

The digits are those of scikit-learn (1,797 rows of 64 integers and the label, with a heading), divided by 16. The other
rows are made by the same arithmetic as in test/backends/cross-validation.test.ts.
"""

import gzip
import json
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import PredefinedSplit


def made(rows, cols, classes):
    """Rows around the centre of each class, and their labels, from a linear congruential generator."""
    state = 1

    def uniform():
        nonlocal state
        state = (1103515245 * state + 12345) % 2**31
        return state / 2**31 - 0.5

    centres = np.array([[uniform() for _ in range(cols)] for _ in range(classes)])
    y = np.arange(rows) * 7 % classes
    noise = np.array([[uniform() for _ in range(cols)] for _ in range(rows)])
    return (0.06 * centres[y] + noise).astype(np.float32).astype(np.float64), y


def validate(x, y, cs, folds):
    fold = np.arange(len(y)) // 3 % folds
    results = {}
    for scoring, name in (("neg_log_loss", "loss"), ("accuracy", "accuracy")):
        model = LogisticRegressionCV(
            Cs=cs, cv=PredefinedSplit(fold), scoring=scoring, tol=1e-7, max_iter=5000, multi_class="multinomial"
        ).fit(x, y)
        scores = model.scores_[model.classes_[0]].mean(axis=0)
        results[name] = {"means": (-scores if name == "loss" else scores).tolist(), "c": float(model.C_[0])}
    return {"cs": list(cs), "folds": folds, **results}


table = np.loadtxt(gzip.open(sys.argv[1]), delimiter=",", skiprows=1)
digits = validate(table[:, :-1] / 16, table[:, -1].astype(int), [0.01, 0.1, 1.0, 10.0, 100.0], 5)
embeddings = validate(*made(1000, 768, 5), [0.0003, 0.003, 0.03, 0.3], 4)
print(json.dumps({"sklearn": sklearn.__version__, "digits": digits, "made": embeddings}, indent=1))
