"""The peer of `npm run bench:sweep`: scikit-learn's LogisticRegressionCV on the same rows, folds and C."""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import PredefinedSplit

warnings.simplefilter("ignore")
folder, cols, folds, cs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
x = np.fromfile(folder + "/x").reshape(-1, cols)
y = np.fromfile(folder + "/y", dtype=np.int32)
split = PredefinedSplit(np.arange(len(y)) % folds)
began = time.time()
model = LogisticRegressionCV(
    Cs=cs, cv=split, scoring="neg_log_loss", max_iter=1000, n_jobs=-1, multi_class="multinomial"
).fit(x, y)
seconds = time.time() - began
losses = -model.scores_[model.classes_[0]].mean(axis=0)
print(f"  scikit-learn  {seconds:.1f} s, C = {model.C_[0]:.3g}")
print("    loss " + " ".join(f"{loss:.4f}" for loss in losses))
