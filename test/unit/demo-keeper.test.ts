/** The keeping of a session in the browser: what is written, tried again, and given up. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { Keeper } from "../../demo/app/state/kept/keeper.ts";
import { KeptStore } from "../../demo/app/state/kept/store.ts";
import { Session } from "../../demo/app/state/session.ts";
import { disposeLater } from "../support/dispose-later.ts";

/** Times within which a change is written, and after which a write that failed is tried again, ms. */
const SOON = 500;
const LATER = 10_000;

/** Follows a session with a store whose first write throws `error`. */
function followed(error: Error | null) {
  const session = disposeLater(new Session(clouds()));
  const store = new KeptStore("/");
  const write = vi.spyOn(store, "write").mockResolvedValue(true);
  if (error) write.mockRejectedValueOnce(error);
  const drop = vi.spyOn(store, "delete").mockResolvedValue();
  const keeper = new Keeper(session, store, null);
  keeper.follow();
  disposeLater({ dispose: () => keeper.stop() });
  return { session, write, drop };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", new EventTarget());
  vi.stubGlobal("addEventListener", () => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a write", () => {
  test("follows the limits that are chosen", async () => {
    const { session, write } = followed(null);
    await pass(SOON);
    session.minProbability.value = 0.5;
    await pass(SOON);
    expect(write.mock.lastCall?.[0]).toMatchObject({ run: { minProbability: 0.5 } });
    const writes = write.mock.calls.length;
    session.threshold.value = { positive: "A", probability: 0.25 };
    await pass(SOON);
    expect(write).toHaveBeenCalledTimes(writes + 1);
  });

  test("that gets no answer deletes nothing, and is tried again later", async () => {
    const { session, write, drop } = followed(new Error("The database of this browser does not answer."));
    await pass(SOON);
    expect(session.kept.problem.value).toContain("asked again");
    session.minProbability.value = 0.5;
    await pass(SOON);
    expect(write).toHaveBeenCalledTimes(1);
    await pass(LATER);
    expect(write.mock.lastCall?.[0]).toMatchObject({ run: { minProbability: 0.5 } });
    expect(session.kept.problem.value).toBe("");
    expect(drop).not.toHaveBeenCalled();
  });

  test("for which there is no room gives the data up, and what was kept before them", async () => {
    const { session, write, drop } = followed(new DOMException("full", "QuotaExceededError"));
    await pass(SOON);
    session.minProbability.value = 0.5;
    await pass(LATER);
    expect(write).toHaveBeenCalledTimes(1);
    expect(drop).toHaveBeenCalledTimes(1);
    expect(session.kept.problem.value).toContain("no more room");
  });
});
