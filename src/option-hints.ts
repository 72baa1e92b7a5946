/**
 * What a caller may have meant by an option or a value that there is none of: by its name in other libraries, or by
 * likeness.
 */

/** Names of other libraries (scikit-learn, PyTorch, Keras, TF.js), without underscores and in lower case. */
const ALIASES: Readonly<Record<string, string>> = {
  c: "l2",
  alpha: "l2",
  lambda: "l2",
  penalty: "l2",
  regularization: "l2",
  weightdecay: "l2",
  l1ratio: "l1",
  lr: "learningRate",
  eta0: "learningRate",
  rate: "learningRate",
  tol: "tolerance",
  maxiter: "maxIterations",
  iterations: "maxIterations",
  nepochs: "epochs",
  optimizer: "solver",
  algorithm: "solver",
  fitintercept: "bias",
  intercept: "bias",
  usebias: "bias",
  normalize: "standardize",
  scale: "standardize",
  randomstate: "seed",
  backend: "device",
  njobs: "threads",
  numthreads: "threads",
  dtype: "storage",
  validationdata: "validation",
  validationset: "validation",
  validationsplit: "validation",
  callbacks: "onEpoch",
  abortsignal: "signal",
  weights: "sampleWeight",
  threshold: "minProbability",
  adam: "adamw",
  newtoncg: "lbfgs",
  newtoncholesky: "lbfgs",
  saga: "lbfgs",
  liblinear: "lbfgs",
  gpu: "webgpu",
  cpu: "wasm",
  webassembly: "wasm",
  float32: "f32",
  float16: "f16",
  uint8: "u8",
};

/** Edits between a word and what was meant by it: at most this share of its length. */
const MAX_EDITS = 1 / 3;

/** Returns the one of `known` that `given` is likely to mean; undefined if none is. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const plain = plainOf(given);
  const alias = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined;
  if (alias && known.includes(alias)) return alias;
  const byDistance = known
    .map((name) => ({ name, edits: editsBetween(plain, plainOf(name)) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = byDistance;
  return best && best.edits <= MAX_EDITS * plain.length ? best.name : undefined;
}

function plainOf(name: string): string {
  return name
    .slice(0, 40)
    .replaceAll(/[_\s-]/g, "")
    .toLowerCase();
}

/** Returns the Levenshtein distance of two short words. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
