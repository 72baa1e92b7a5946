/** A fit's rows and parameters on a device. */
import type {
  Backend,
  Dataset,
  DatasetSource,
  DeviceInfo,
  DeviceKind,
  ModelShape,
  Trainer,
} from "../backends/backend.ts";
import type { Disposable } from "../backends/backend-owner.ts";
import { formOf } from "../data/rows.ts";
import { datasetOf, type LabelledRows } from "../model/labelled-rows.ts";
import type { Parameters } from "../parameters.ts";
import type { Preconditioning } from "../solvers/preconditioner.ts";
import type { FitProblem } from "./prepare.ts";
import { type FitProgress, remarkOn } from "./resume.ts";

/** A fit on a device. */
export interface FitSession {
  readonly problem: FitProblem;
  readonly backend: Backend;
  readonly device: DeviceInfo;
  /** Kinds of device that the fit has run on, this one and those before a resumption. */
  readonly devices: readonly DeviceKind[];
  /** Says that the fit ran on another kind of device before; else empty. */
  readonly remark: string;
  readonly shape: ModelShape;
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly validation: { readonly data: Dataset; readonly rows: LabelledRows } | undefined;
  /** Preconditioning of L-BFGS that outlives a fit. Default: the fit has its own. */
  readonly preconditioning?: Preconditioning;
  /** Takes further rows to the device. The caller disposes of them. */
  readonly upload: (source: DatasetSource) => Promise<Dataset>;
}

/** Receives what a solver has found so far. */
export interface FitStore {
  /** Takes finite parameters: what the model has if the fit ends here. */
  readonly parameters: (parameters: Parameters) => void;
  /** Takes what the fit could go on from. */
  readonly progress: (progress: FitProgress) => void;
}

/**
 * Uploads a fit's rows. `own` gets everything that is allocated.
 *
 * @throws DeviceError, LimitError; the signal's reason
 */
export async function openSession(
  problem: FitProblem,
  backend: Backend,
  own: <R extends Disposable>(resource: R) => R,
): Promise<FitSession> {
  const { schema, rows, validation, options, fitOptions, signal, resumed } = problem;
  const sparse = formOf(rows.matrix) === "sparse";
  const shape = { features: schema.features, classes: schema.classes.length, bias: options.bias, sparse };
  // The trainer first: most likely not to fit, and cheapest to find out.
  const trainer = own(await backend.createTrainer(shape));
  const standardization = problem.standardization ?? problem.storedConditioning;
  const source = { storage: options.storage, standardization };
  const onRows = (done: number) =>
    fitOptions.onProgress?.({ phase: "upload", rows: done, totalRows: rows.matrix.rows });
  const { labelSmoothing } = options;
  const data = own(await datasetOf(backend, rows, { ...source, labelSmoothing }, { signal, onRows }));
  const held = validation && own(await datasetOf(backend, validation, source, { signal }));
  return {
    problem,
    backend,
    device: backend.info,
    devices: [...new Set([...(resumed?.devices ?? []), backend.info.kind])],
    remark: remarkOn(backend.info, resumed),
    shape,
    trainer,
    data,
    validation: held && { data: held, rows: validation },
    upload: (further) => backend.createDataset(further, { signal }),
  };
}
