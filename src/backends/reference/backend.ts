/** The float64 reference as a backend: the truth against which the others are tested, and the slowest. */
import type { RowsInMemory } from "../../data/rows.ts";
import type { Backend, DatasetSource, DeviceInfo, ModelShape, RunOptions } from "../backend.ts";
import { ReferenceDataset, ReferenceTrainer } from "./trainer.ts";

/** {@link Backend} in float64 on the CPU. Runs anywhere. */
export class ReferenceBackend implements Backend {
  readonly alive = true;
  readonly info: DeviceInfo;

  constructor(reason = "asked for by name") {
    this.info = { kind: "reference", name: "float64 reference on the CPU", software: true, reason };
  }

  async createDataset(
    source: DatasetSource<RowsInMemory>,
    { signal, onRows }: RunOptions = {},
  ): Promise<ReferenceDataset> {
    signal?.throwIfAborted();
    onRows?.(source.x.rows);
    return new ReferenceDataset(source);
  }

  async createTrainer(shape: ModelShape): Promise<ReferenceTrainer> {
    return new ReferenceTrainer(shape);
  }

  async rowsOnDevice(): Promise<null> {
    return null;
  }

  dispose(): void {}
}
