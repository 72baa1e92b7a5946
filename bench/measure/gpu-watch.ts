/**
 * Notices that the GPU is lost. Work on a lost device may never end, or end at once with nothing done, which would look
 * like a very fast step: a device that the benchmark holds for this alone is asked after each measurement.
 */
import { assertAnswers, lossOf, requestDevice } from "../../src/backends/webgpu/request-device.ts";

/** A device of the benchmark's own, lost when the GPU is. */
export class GpuWatch {
  readonly #device: GPUDevice | null;
  #isLost = false;

  private constructor(device: GPUDevice | null) {
    this.#device = device;
    void device?.lost.then(({ reason }) => {
      this.#isLost = reason !== "destroyed";
    });
  }

  /** Opens a watch. Without a GPU there is nothing to watch: contenders on WebGPU fail by themselves. */
  static async open(): Promise<GpuWatch> {
    const granted = await requestDevice({ allowSoftware: true, features: [] }).catch(() => null);
    return new GpuWatch(granted?.device ?? null);
  }

  /** Whether the GPU was lost since this watch was opened. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Does work on the GPU. @throws DeviceError as soon as the GPU is lost */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    const device = this.#device;
    if (!device) return work();
    if (this.#isLost) throw lossOf(await device.lost);
    const loss = device.lost.then((info): never => {
      throw lossOf(info);
    });
    const result = await Promise.race([work(), loss]);
    await assertAnswers(device);
    return result;
  }

  dispose(): void {
    this.#device?.destroy();
  }
}
