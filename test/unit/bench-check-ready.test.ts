/** The conformance check waits for its caller before each case: how it counts that time, and how a stop ends the wait. */
import { afterEach, expect, test, vi } from "vitest";
import { checkConformance } from "../../bench/conformance/check.ts";

const device = { features: new Set<string>(), lost: new Promise(() => {}) };
const { runCase } = vi.hoisted(() => ({ runCase: vi.fn() }));

vi.mock("../../bench/conformance/run-case.ts", () => ({ runCase }));
vi.mock("../../bench/conformance/watched-kernels.ts", () => ({ WatchedKernels: class {}, SHADERS: [] }));
vi.mock("../../bench/measure/machine.ts", () => ({ describeMachine: async () => ({}) }));
vi.mock("../../src/backends/webgpu/index.ts", () => ({
  GpuDevice: { acquire: async () => ({ device, alive: true, dispose: () => {} }) },
}));

afterEach(() => vi.useRealTimers());

/** Makes a case take so many ms of a clock that stands still otherwise. */
function casesTake(ms: number): void {
  vi.useFakeTimers({ toFake: ["performance"] });
  runCase.mockReset().mockImplementation(async () => {
    vi.advanceTimersByTime(ms);
    return { plan: null, comparisons: 1, differences: [], dispatches: new Map() };
  });
}

test("the time of the wait does not count", async () => {
  casesTake(4000);
  const ready = async () => void vi.advanceTimersByTime(60_000);
  const report = await checkConformance({ cases: 9, seconds: 10, ready });
  expect(report).toMatchObject({ ending: "out of time", cases: 3, seconds: 12 });
});

test("a stop during the wait keeps the counts; another error fails the check", async () => {
  casesTake(1);
  const controller = new AbortController();
  let waits = 0;
  const ready = async () => {
    if (++waits < 3) return;
    controller.abort();
    controller.signal.throwIfAborted();
  };
  const report = await checkConformance({ cases: 9, signal: controller.signal, ready });
  expect(report).toMatchObject({ ending: "stopped", cases: 2 });
  expect(runCase).toHaveBeenCalledTimes(2);
  const broken = () => Promise.reject(new Error("broken"));
  await expect(checkConformance({ ready: broken })).rejects.toThrow("broken");
});
