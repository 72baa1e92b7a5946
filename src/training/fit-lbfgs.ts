/** A fit by L-BFGS: loss and gradient over all rows on the device, everything else on the host in float64. */
import type { DeviceInfo } from "../backends/backend.ts";
import { DivergenceError } from "../errors.ts";
import type { IterationRecord } from "../fit-options.ts";
import { areFinite, type Parameters, penalty } from "../objective.ts";
import { lbfgs, type Objective } from "../solvers/lbfgs.ts";
import { fitPreconditioner, type Preconditioner, preconditionerCost } from "../solvers/preconditioner.ts";
import type { LbfgsProgress, Outcome, Run } from "./run.ts";

/** Curvature pairs. */
const MEMORY = 10;

/** Relative rounding of a loss summed over many rows, by the device's arithmetic. */
const PRECISION = { float32: 2 ** -22, float64: 2 ** -50 };

/** Multiplications of the preconditioner that saving half of the passes over the rows is worth. */
const WORTH_PER_PRODUCT = 2;
const WORTH_ON_GPU = 2 ** 24;

/** Runs L-BFGS from the parameters given, or on from where it was interrupted. */
export async function fitLbfgs(run: Run, start: Parameters, resumed: LbfgsProgress | null): Promise<Outcome> {
  const { options, hooks, trainer, validation, device } = run;
  const { shape } = run;
  const count = shape.classes * shape.features;
  const iterations: IterationRecord[] = [...(resumed?.iterations ?? [])];
  const stopReason = await lbfgs(
    objectiveOf(run),
    resumed?.state ?? flatten(start, shape.bias),
    {
      ...options,
      memory: MEMORY,
      precision: device.kind === "reference" ? PRECISION.float64 : PRECISION.float32,
      precondition: await preconditionerOf(run),
      l1: { l1: options.l1, count },
    },
    async (state, gradientNorm) => {
      const parameters = unflatten(state.x, shape);
      run.keep(parameters);
      // The state that is resumed from has been reported before.
      const isNew = state.iteration === iterations.length;
      if (isNew) {
        if (validation) trainer.write(parameters);
        const seen = validation && (await trainer.evaluate(validation.data, { signal: run.signal }));
        iterations.push({
          iteration: state.iteration,
          objective: state.value,
          gradientNorm,
          passes: state.evaluations,
          ...(seen && { validation: run.summarise(seen) }),
        });
      }
      run.keepProgress({ solver: "lbfgs", state, iterations: [...iterations] });
      if (isNew) await hooks.onIteration?.(iterations[iterations.length - 1]);
      run.signal.throwIfAborted();
    },
  );
  return { epochs: [], iterations, stopReason };
}

/** J without its L1 part, and its gradient, as functions of W row after row and b behind it. */
function objectiveOf({ trainer, data, shape, rows, options, hooks, signal }: Run): Objective {
  let passes = 0;
  return async (x) => {
    const parameters = unflatten(x, shape);
    trainer.write(parameters);
    const { loss, dWeights, dBias } = await trainer.lossAndGradient(data, options.l2, {
      signal,
      onRows: (visited) =>
        hooks.onProgress?.({
          phase: "training",
          rows: passes * rows.matrix.rows + visited,
          totalRows: (passes + 1) * rows.matrix.rows,
        }),
    });
    const gradient = { weights: dWeights, bias: dBias };
    // Only the start is no trial: from there on a step that leaves the finite numbers is taken back.
    if (passes === 0 && !(Number.isFinite(loss) && areFinite(gradient)))
      throw new DivergenceError("x", "the objective is not finite at the start; scale the features");
    passes++;
    return { value: loss + penalty(parameters, options.l2), gradient: flatten(gradient, shape.bias) };
  };
}

/** A preconditioner where it costs less than the passes it saves, and nothing where L1 keeps to orthants. */
async function preconditionerOf({
  rows,
  standardization,
  shape,
  options,
  device,
  signal,
}: Run): Promise<Preconditioner> {
  const { matrix: x } = rows;
  const worth = isFast(device)
    ? WORTH_ON_GPU
    : Math.max(WORTH_ON_GPU, WORTH_PER_PRODUCT * x.rows * x.cols * shape.classes);
  if (options.l1 > 0 || preconditionerCost(x) > worth) return async (vector) => vector.slice();
  return fitPreconditioner({ ...options, ...shape, x, standardization }, signal);
}

function isFast({ kind, software }: DeviceInfo): boolean {
  return kind === "webgpu" && !software;
}

function flatten({ weights, bias }: Parameters, hasBias: boolean): Float64Array {
  const flat = new Float64Array(weights.length + (hasBias ? bias.length : 0));
  flat.set(weights);
  if (hasBias) flat.set(bias, weights.length);
  return flat;
}

function unflatten(x: Float64Array, { classes, features, bias }: Run["shape"]): Parameters {
  const count = classes * features;
  return { weights: x.slice(0, count), bias: bias ? x.slice(count) : new Float64Array(classes) };
}
