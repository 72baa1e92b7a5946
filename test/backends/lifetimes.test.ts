/** A data set that outlives many trainers: none of them stays behind with it. */
import { afterEach, expect, test, vi } from "vitest";
import { DeviceDataset } from "../../src/backends/device-dataset.ts";
import { BACKENDS } from "../support/backends.ts";
import { randomProblem } from "../support/problems.ts";
import { withTrainer } from "../support/with-trainer.ts";

afterEach(() => vi.restoreAllMocks());

test.each(BACKENDS.map((backend) => [backend.name, backend] as const))(
  "%s: disposed trainers withdraw their listeners from data sets",
  async (_, { open }) => {
    const backend = await open();
    const problem = randomProblem({ rows: 30, features: 3, classes: 3 });
    await withTrainer(backend, problem, true, async (_first, data) => {
      let registered = 0;
      const { onDispose } = DeviceDataset.prototype;
      vi.spyOn(DeviceDataset.prototype, "onDispose").mockImplementation(function (this: DeviceDataset, end) {
        registered++;
        const forget = onDispose.call(this, end);
        return () => {
          registered--;
          forget();
        };
      });
      for (let i = 0; i < 5; i++) {
        const trainer = await backend.createTrainer({ features: 3, classes: 3, bias: true });
        await trainer.lossAndGradient(data, 0);
        await trainer.evaluate(data);
        trainer.dispose();
      }
      expect(registered).toBe(0);
    });
    backend.dispose();
  },
);
