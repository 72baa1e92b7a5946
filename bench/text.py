"""The peers of `npm run bench:text`: scikit-learn's vectoriser and solvers, and liblinear's own command.

Answers requests, one line of JSON for each. Two classes: with W = ±w/2, λ‖W‖² is λ‖w‖²/2, so C = 1/(N λ). liblinear
penalises the bias, which scikit-learn's other solvers and this library do not; J is always without that penalty.

Seconds are by the clock, and of the processor, which other work on the machine lengthens less. liblinear's command has
the latter only: it is less than it takes to read the rows, and the clock is not even enough to take that off.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
import warnings

import numpy as np
from sklearn.datasets import dump_svmlight_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

warnings.simplefilter("ignore")
file, folder = sys.argv[1], sys.argv[2]
with open(file, encoding="utf-8") as opened:
    texts = json.load(opened)
y, held_out_y = np.array(texts["trainingLabels"]), np.array(texts["heldOutLabels"])
signs = 2.0 * y - 1
x = held_out_x = None
written = False
readings = []

# What is loosened or tightened, from loose to tight.
TOLERANCES = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
ITERATIONS = list(range(2, 200))


def timed(work):
    """Returns the result, seconds by the clock, and seconds of the processor."""
    began = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - began[0], time.process_time() - began[1]


def vectorize():
    global x, held_out_x, written
    x = held_out_x = None
    written = False
    vectorizer = TfidfVectorizer()
    x, seconds, processor = timed(lambda: vectorizer.fit_transform(texts["training"]))
    held_out_x = vectorizer.transform(texts["heldOut"])
    shape = {"rows": x.shape[0], "cols": x.shape[1], "values": x.nnz}
    return {"seconds": seconds, "processor": processor, **shape}


def objective(w, b, l2):
    return np.logaddexp(0, -signs * (x @ w + b)).mean() + l2 * (w @ w) / 2


def sklearn_fit(l2, bias, **options):
    model = LogisticRegression(C=1 / (len(y) * l2), fit_intercept=bias, **options)
    _, *times = timed(lambda: model.fit(x, y))
    return times, model.coef_[0], model.intercept_[0] if bias else 0.0


def liblinear_train(l2, bias, solver, epsilon):
    """Runs the command; what a run takes that ends at once, reading and writing, is taken off: the median so far."""
    global written
    rows, out = folder + "/rows", folder + "/model"
    if not written:
        dump_svmlight_file(x, signs, rows, zero_based=False)
        written = True

    def seconds_of(solver, epsilon):
        command = ["liblinear-train", "-q", "-s", solver, "-c", repr(1 / (len(y) * l2)), "-e", repr(epsilon)]
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "-B", "1" if bias else "-1", rows, out], check=True)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime

    readings.append(seconds_of("0", 1e9))
    seconds = seconds_of(solver, epsilon) - float(np.median(readings))
    with open(out, encoding="ascii") as opened:
        header, _, weights = opened.read().partition("\nw\n")
    labels = next(line for line in header.split("\n") if line.startswith("label"))
    w = np.array(weights.split(), dtype=float) * (1 if labels.split()[1] == "1" else -1)
    return (seconds, seconds), w[: x.shape[1]], w[x.shape[1]] if bias else 0.0


def run(solver, l2, bias, setting=None):
    """Fits with the solver's default setting, or with one of those from loose to tight."""
    if solver == "lbfgs":
        return sklearn_fit(l2, bias, solver="lbfgs", max_iter=setting or 1000)
    if solver in ("liblinear", "liblinear dual"):
        options = {"solver": "liblinear", "dual": solver == "liblinear dual", "max_iter": 1000}
        return sklearn_fit(l2, bias, tol=setting or 1e-4, **options)
    name = solver.split()[-1]
    return liblinear_train(l2, bias, name, setting or {"0": 0.01, "7": 0.1}[name])


def first_within(solver, l2, bias, most):
    """Returns the loosest setting whose J is at most `most`; None if there is none."""
    for setting in ITERATIONS if solver == "lbfgs" else TOLERANCES:
        _, w, b = run(solver, l2, bias, setting)
        if objective(w, b, l2) <= most:
            return setting
    return None


def fit(solver, l2, bias, setting=None):
    (seconds, processor), w, b = run(solver, l2, bias, setting)
    accuracy = float(((held_out_x @ w + b > 0) == held_out_y).mean())
    found = {"objective": float(objective(w, b, l2)), "accuracy": accuracy}
    return {"seconds": seconds, "processor": processor, **found}


def optimum(l2, bias):
    _, w, b = sklearn_fit(l2, bias, solver="newton-cg", tol=1e-10, max_iter=1000)
    return {"objective": float(objective(w, b, l2))}


def megabytes(who):
    # Bytes on macOS, kilobytes on Linux.
    return resource.getrusage(who).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


SOLVERS = ["lbfgs", "liblinear", "liblinear dual"]
if shutil.which("liblinear-train"):
    SOLVERS += ["liblinear-train -s 0", "liblinear-train -s 7"]
ANSWERS = {
    "solvers": lambda: {"solvers": SOLVERS},
    "memory": lambda: {
        "megabytes": megabytes(resource.RUSAGE_SELF),
        "children": megabytes(resource.RUSAGE_CHILDREN),
    },
    "vectorize": vectorize,
    "optimum": optimum,
    "setting": lambda **of: {"setting": first_within(**of)},
    "fit": fit,
}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(ANSWERS[request.pop("do")](**request)), flush=True)
