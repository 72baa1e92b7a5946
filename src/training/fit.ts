/**
 * A fit from checked rows to parameters: data and parameters go to the device once, a solver moves them, and what it
 * reports is handed on. Several fits, with falling λ, may share the data.
 */
import type { Backend, Dataset, DeviceInfo, DeviceKind, Trainer } from "../backends/backend.ts";
import type { BackendOwner, Disposable } from "../backends/backend-owner.ts";
import type { Learnt } from "../checks.ts";
import type { Standardization } from "../data/standardization.ts";
import type { FitHistory, FitOptions } from "../fit-options.ts";
import { asSource, type LabelledRows } from "../model/labelled-rows.ts";
import { summarise } from "../model/summarise.ts";
import { type Parameters, zeros } from "../objective.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Conditions, FitProgress, Run } from "./run.ts";

const DEVICE_NAMES: Readonly<Record<DeviceKind, string>> = {
  webgpu: "WebGPU",
  wasm: "WebAssembly",
  reference: "the reference",
};

/** Rows, checked, and what they are trained for. */
export interface FitProblem {
  readonly learnt: Learnt;
  readonly rows: LabelledRows;
  readonly validation: LabelledRows | undefined;
  readonly standardization: Standardization | undefined;
  /** How L-BFGS sees the rows, if otherwise than they are; see conditioning.ts. */
  readonly conditioning: Standardization | undefined;
  /** Whether they also go to the device like that. */
  readonly storesConditioned: boolean;
  /** Parameters to begin at; zeros where absent. */
  readonly start: Parameters | undefined;
  /** max_i ‖x_i‖² of all rows as they come. */
  readonly maxSquaredNorm: number;
  readonly conditions: Conditions;
}

/** Rows and parameters on a device. */
export interface Session {
  readonly backend: Backend;
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly validation: { readonly data: Dataset; readonly rows: LabelledRows } | undefined;
  /** Parameters to begin at. */
  readonly start: Parameters;
}

/** Where a fit begins, and who keeps what it finds. */
export interface FitTask {
  readonly options: ResolvedOptions;
  readonly hooks: FitOptions;
  readonly signal: AbortSignal;
  /** An interrupted fit to go on with. */
  readonly resumed: FitProgress | null;
  readonly keep: (parameters: Parameters) => void;
  readonly keepProgress: (progress: FitProgress) => void;
}

/** Takes rows and a model's shape to a device, for as long as `work` lasts. */
export function withSession<T>(
  owner: BackendOwner,
  problem: FitProblem,
  task: FitTask,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return owner.use(async (backend, own) => {
    owner.remark = remarkOn(backend.info, task.resumed);
    return work(await openSession(backend, own, problem, task));
  }, task.signal);
}

/** What is to be said of a device that goes on with a fit which ran on another kind: its bits are not the same. */
function remarkOn({ kind }: DeviceInfo, resumed: FitProgress | null): string {
  const others = (resumed?.devices ?? [])
    .filter((other) => other !== kind)
    .map((other) => DEVICE_NAMES[other]);
  if (others.length === 0) return "";
  return `; the fit that was interrupted ran on ${others.join(" and ")}, so the last bits differ`;
}

/** What it allocates goes to `own`. */
async function openSession(
  backend: Backend,
  own: <R extends Disposable>(resource: R) => R,
  { learnt, rows, validation, standardization, conditioning, storesConditioned, start }: FitProblem,
  { options: { storage, labelSmoothing, bias }, hooks, signal }: FitTask,
): Promise<Session> {
  // First what is most likely not to fit, and least costly to find out.
  const shape = { features: learnt.features, classes: learnt.classes.length, bias };
  const trainer = own(await backend.createTrainer(shape));
  const stored = storesConditioned ? conditioning : undefined;
  const source = { storage, standardization: standardization ?? stored };
  const data = own(
    await backend.createDataset(
      { ...source, ...asSource(rows), labelSmoothing },
      {
        signal,
        onRows: (done) => hooks.onProgress?.({ phase: "upload", rows: done, totalRows: rows.matrix.rows }),
      },
    ),
  );
  const session = { backend, trainer, data, start: start ?? zeros(shape) };
  if (!validation) return { ...session, validation: undefined };
  const held = own(await backend.createDataset({ ...source, ...asSource(validation) }, { signal }));
  return { ...session, validation: { data: held, rows: validation } };
}

/** Lets the solver work. */
export async function runFit(
  session: Session,
  problem: FitProblem,
  task: FitTask,
): Promise<Omit<FitHistory, "seconds">> {
  const { options, resumed } = task;
  const { trainer, backend, start } = session;
  let latest = start;
  const run: Run = {
    ...session,
    ...task,
    device: backend.info,
    shape: { features: problem.learnt.features, classes: start.bias.length, bias: options.bias },
    rows: problem.rows,
    conditions: problem.conditions,
    devices: [...new Set([...(resumed?.devices ?? []), backend.info.kind])],
    standardization: problem.standardization,
    conditioning: problem.conditioning,
    storesConditioned: problem.storesConditioned,
    maxSquaredNorm: problem.maxSquaredNorm,
    keep: (parameters) => {
      latest = parameters;
      task.keep(parameters);
    },
    summarise: (evaluation) =>
      summarise(evaluation, session.validation?.rows.countedRows ?? 0, latest, options),
  };
  if (options.solver === "lbfgs") {
    const { fitLbfgs } = await import("./fit-lbfgs.ts");
    const outcome = await fitLbfgs(run, start, resumed?.solver === "lbfgs" ? resumed : null);
    return { ...outcome, tuning: trainer.tuning };
  }
  trainer.write(start);
  const { fitSgd } = await import("./fit-sgd.ts");
  const outcome = await fitSgd(run, resumed && resumed.solver !== "lbfgs" ? resumed : null);
  return { ...outcome, tuning: trainer.tuning };
}
