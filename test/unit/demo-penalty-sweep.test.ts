/** The search for λ: its fits, what ends it, and when its result is forgotten. */
import { effect } from "@preact/signals";
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { DEFAULT_CHOICES } from "../../demo/app/state/choices.ts";
import { L2S, PenaltySweep } from "../../demo/app/state/penalty-sweep.ts";
import { Session } from "../../demo/app/state/session.ts";
import { disposeLater } from "../support/dispose-later.ts";

describe("the search for λ", () => {
  const choices = { ...DEFAULT_CHOICES, device: "reference", epochs: 200 } as const;

  async function prepared() {
    const session = disposeLater(new Session(clouds(3)));
    await session.choose(choices);
    const sweep = disposeLater(new PenaltySweep(session.dataset, session.choices, session.run));
    return { session, sweep };
  }

  test("fits every λ on all rows, the largest first, and less of it fits the training rows better", async () => {
    const { session, sweep } = await prepared();
    await sweep.start();
    expect(sweep.status.value).toBe("done");
    const points = sweep.points.value;
    expect(points.map(({ l2 }) => l2)).toEqual(L2S);
    expect([L2S[0], L2S[L2S.length - 1], L2S.length]).toEqual([1, 1e-6, 13]);
    for (const [i, { training }] of points.entries())
      if (i > 0) expect(training.loss).toBeLessThanOrEqual(points[i - 1].training.loss + 1e-6);
    expect(sweep.begun.value).toBe(L2S.length);
    expect(sweep.rows.value?.training).toEqual([600, 600]);
    expect(sweep.standardError.value).toBeGreaterThan(0);
    expect(session.run.status.value).toBe("idle");
  });

  test("shows its fits only once it is done", async () => {
    const { sweep } = await prepared();
    const seen: string[] = [];
    const stop = effect(() => {
      if (sweep.points.value.length > 0) seen.push(sweep.status.peek());
    });
    await sweep.start();
    stop();
    expect(seen).toEqual(["done"]);
  });

  test("forgets its result if an option changes that fits depend on", async () => {
    const { session, sweep } = await prepared();
    const other = {
      l2: 0.5,
      solver: "adamw",
      epochs: 9,
      learningRate: 0.1,
      batchSize: 8,
      momentum: 0,
    } as const;
    for (const change of [{ l1: 0.01 }, { labelSmoothing: 0.1 }, { standardize: true }]) {
      await sweep.start();
      await session.choose({ ...session.choices.peek(), ...other });
      expect([sweep.status.value, sweep.points.value.length]).toEqual(["done", L2S.length]);
      await session.choose({ ...session.choices.peek(), ...change });
      expect([sweep.status.value, sweep.points.value.length, sweep.rows.value]).toEqual(["idle", 0, null]);
    }
  });

  test("is forgotten if such an option changes while it fits", async () => {
    const { session, sweep } = await prepared();
    const stop = effect(() => {
      if (sweep.begun.value === 3) queueMicrotask(() => void session.choose({ ...choices, l1: 0.01 }));
    });
    await sweep.start().finally(stop);
    expect([sweep.status.value, sweep.begun.value, sweep.points.value.length]).toEqual(["idle", 0, 0]);
    await sweep.start();
    expect(sweep.status.value).toBe("done");
  });

  test("pauses a run, and lets it go on afterwards", async () => {
    const { session, sweep } = await prepared();
    const run = session.run.start();
    const together: boolean[] = [];
    const stop = effect(() => {
      if (sweep.status.value === "fitting") together.push(session.run.isTraining.value);
    });
    await sweep.start();
    await run;
    stop();
    expect(sweep.status.value).toBe("done");
    expect(together).not.toContain(true);
    expect(session.run.isTraining.value).toBe(true);
    await session.run.end();
  });

  test("ends when it is cancelled, a run begins or other data are opened", async () => {
    const { session, sweep } = await prepared();
    const fits = (work: () => unknown) => {
      const stop = effect(() => {
        if (sweep.begun.value === 3) queueMicrotask(() => void work());
      });
      return sweep.start().finally(stop);
    };
    await fits(() => sweep.cancel());
    expect(sweep.status.value).toBe("stopped");
    expect([sweep.begun.value, sweep.points.value.length]).toEqual([3, 0]);
    await fits(() => session.run.step());
    expect(sweep.status.value).toBe("stopped");
    await fits(() => session.open(clouds(4)));
    expect(sweep.status.value).toBe("idle");
    expect(sweep.points.value).toEqual([]);
  });
});
