/** Fits of all contenders at one λ, in turns: seconds until J is near its optimum, and to each contender's own end. */
import { median } from "../measure/statistics.ts";
import type { Request } from "./asked-process.ts";
import type { Contender, Contenders } from "./contenders.ts";
import type { Fit } from "./protocol.ts";

/** Relative distance from the optimum that counts as near. */
const NEAR = 1e-5;

/** The seconds of a contender's fits. */
interface Measured {
  readonly contender: Contender;
  /** The same fit, stopped when it is near: of those that tell nothing on their way. Null if no setting is near. */
  readonly near: Request | null;
  /** Seconds until J is near, and to the end. */
  readonly toNear: number[];
  readonly toEnd: number[];
  /** Seconds of the processor to the end. */
  readonly processor: number[];
  /** The last fit to its end. */
  fit: Fit;
}

/** Fits `rounds` times with every contender, and returns a table. */
export async function fitsOf(
  { python, fits }: Contenders,
  problem: { readonly l2: number; readonly bias: boolean },
  rounds: number,
): Promise<string[]> {
  const first: [Contender, Fit][] = [];
  for (const contender of fits)
    first.push([contender, await contender.process.ask<Fit>({ ...contender.request, ...problem })]);
  const optimum = python
    ? (await python.ask<Pick<Fit, "objective">>({ do: "optimum", ...problem })).objective
    : Math.min(...first.map(([, { objective }]) => objective));
  const most = optimum * (1 + NEAR);
  const all: Measured[] = [];
  for (const [contender, fit] of first)
    all.push({
      contender,
      near: await nearOf(contender, problem, most),
      toNear: [],
      toEnd: [],
      processor: [],
      fit,
    });
  for (let round = 0; round < rounds; round++) {
    for (const times of all) {
      const { contender, near } = times;
      times.fit = await contender.process.ask<Fit>({ ...contender.request, ...problem });
      times.toEnd.push(times.fit.seconds);
      times.processor.push(times.fit.processor);
      const seconds = near
        ? (await contender.process.ask<Fit>(near)).seconds
        : times.fit.trace?.find(([objective]) => objective <= most)?.[1];
      if (seconds !== undefined) times.toNear.push(seconds);
    }
  }
  return [
    `J* = ${optimum.toFixed(9)}${python ? "" : ", the lowest seen"}`,
    `${"".padEnd(30)}to ${NEAR.toExponential(0)}      to its end, processor, above J*    accuracy`,
    ...all.map((times) => describe(times, optimum)),
  ];
}

async function nearOf(
  { process, request }: Contender,
  problem: { readonly l2: number; readonly bias: boolean },
  most: number,
): Promise<Request | null> {
  if (!("solver" in request)) return null;
  const { setting } = await process.ask<{ setting: number | null }>({
    ...request,
    ...problem,
    do: "setting",
    most,
  });
  return setting === null ? null : { ...request, ...problem, setting };
}

function describe({ contender, toNear, toEnd, processor, fit }: Measured, optimum: number): string {
  const above = fit.objective / optimum - 1;
  return [
    contender.name.padEnd(28),
    toNear.length > 0 ? seconds(median(toNear)) : "–".padStart(8),
    `   ${seconds(median(toEnd))}  ${seconds(median(processor))}  ${above.toExponential(1).padStart(8)}`,
    fit.accuracy.toFixed(4).padStart(16),
  ].join(" ");
}

const seconds = (value: number) => `${value.toFixed(3).padStart(6)} s`;
