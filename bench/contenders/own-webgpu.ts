/** This project's WebGPU backend, as the tuner fits it to the device or as it is without measuring. */
import { WebGpuBackend } from "../../src/backends/webgpu/index.ts";
import type { BenchStorage } from "../record.ts";
import type { Contender } from "./contender.ts";
import { OWN_LIBRARY, trainOn } from "./own.ts";

/** How our WebGPU backend is to run. */
export interface OwnWebgpuOptions {
  readonly tuned: boolean;
  readonly storage: BenchStorage;
}

/** Our WebGPU backend with X stored as asked for. */
export function ownWebgpu({ tuned, storage }: OwnWebgpuOptions): Contender {
  return {
    name: `${OWN_LIBRARY.name} ${OWN_LIBRARY.version} webgpu${tuned ? "" : ", untuned"}`,
    library: OWN_LIBRARY,
    storage,
    open: async (problem) => {
      return trainOn(await WebGpuBackend.open({ tuning: tuned ? "full" : "off" }), problem, storage);
    },
  };
}
