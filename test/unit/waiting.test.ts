/** Waiting that ends although what is waited for does not come. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { anyOf, settlesWithin, Turns, untilAborted } from "../../src/backends/waiting.ts";
import { inFakeTime } from "../support/fake-time.ts";

const NEVER = new Promise<never>(() => {});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("until an abort", () => {
  test("the promise's own outcome comes through", async () => {
    const { signal } = new AbortController();
    await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(untilAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  });

  test("an abort rejects with the signal's reason, before and while it waits", async () => {
    const controller = new AbortController();
    const waiting = untilAborted(NEVER, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(untilAborted(NEVER, controller.signal)).rejects.toBe(reason);
  });

  test("a promise that fails after the abort is no unhandled rejection", async () => {
    let fail = (_: Error) => {};
    const promise = new Promise<never>((_, reject) => {
      fail = reject;
    });
    await expect(untilAborted(promise, AbortSignal.abort("enough"))).rejects.toBe("enough");
    fail(new Error("later")); // vitest fails a run that leaves a rejection unhandled
    await new Promise((resolve) => setTimeout(resolve));
  });
});

describe("within a time", () => {
  test("is true for a promise that settles in time, either way", async () => {
    await expect(settlesWithin(Promise.resolve(), 100)).resolves.toBe(true);
    await expect(settlesWithin(Promise.reject(new Error("no")), 100)).resolves.toBe(true);
  });

  test("is false for a promise that has not settled at the limit", async () => {
    const { outcome, time } = await inFakeTime(() => settlesWithin(NEVER, 3000));
    expect(outcome).toEqual({ status: "fulfilled", value: false });
    expect(time).toBe(3000);
  });

  test("a page that was blocked for longer than the limit still gets the answer", async () => {
    vi.useFakeTimers();
    let answer = () => {};
    const promise = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const waiting = settlesWithin(promise, 3000);
    // After a minute without a turn of the event loop, the timer that is due fires once, and then comes the answer.
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersToNextTimerAsync();
    answer();
    await expect(waiting).resolves.toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe.each(["with", "without"])("any of several signals, %s AbortSignal.any", (how) => {
  const some = (signals: readonly AbortSignal[]) => {
    if (how === "with") return anyOf(signals);
    const { AbortSignal: Whole } = globalThis;
    vi.stubGlobal("AbortSignal", class {});
    const signal = anyOf(signals);
    vi.stubGlobal("AbortSignal", Whole);
    return signal;
  };

  test("aborts with the reason of the first to abort", () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const signal = some([one.signal, two.signal]);
    expect(signal.aborted).toBe(false);
    two.abort("second");
    one.abort("first");
    expect(signal).toMatchObject({ aborted: true, reason: "second" });
  });

  test("is aborted if one is already", () => {
    expect(some([new AbortController().signal, AbortSignal.abort("before")])).toMatchObject({
      aborted: true,
      reason: "before",
    });
  });
});

describe("in turn", () => {
  test("at most the given number work at once; all get a turn, in order", async () => {
    const turns = new Turns(3);
    let [now, most] = [0, 0];
    const begun: number[] = [];
    const work = (i: number) => async () => {
      begun.push(i);
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      if (i % 4 === 1) throw new Error(`no ${i}`);
      return i;
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => turns.take(work(i))));
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 4 === 1 ? "rejected" : "fulfilled")),
    );
    expect(most).toBe(3);
    expect(begun).toEqual([...begun].sort((a, b) => a - b));
    await expect(turns.take(async () => "again")).resolves.toBe("again");
  });
});
