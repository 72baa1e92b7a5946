/** Texts to rows by this library and by scikit-learn, in turns: seconds, and the memory that a process has taken at most. */
import { median } from "../measure/statistics.ts";
import type { AskedProcess } from "./asked-process.ts";
import type { Contenders } from "./contenders.ts";
import type { Vectorized } from "./protocol.ts";

/** MB */
interface Memory {
  readonly megabytes: number;
  /** Of the processes that this one has started. */
  readonly children?: number;
}

/** A process, the rows that it made of the texts, and its times. */
interface Vectorizing {
  readonly name: string;
  readonly process: AskedProcess;
  readonly memory: Memory[];
  readonly seconds: number[];
  readonly processor: number[];
  made: Vectorized;
}

/** Vectorises `rounds` times with each, after a first time that is followed by a fit, and returns a table. */
export async function vectorizingOf(contenders: Contenders, rounds: number): Promise<string[]> {
  const all: Vectorizing[] = [];
  for (const [name, process] of [
    ["this library", contenders.own],
    ["scikit-learn", contenders.python],
  ] as const)
    if (process) all.push(await firstOf(name, process, contenders));
  for (let round = 0; round < rounds; round++) {
    for (const one of all) {
      one.made = await one.process.ask<Vectorized>({ do: "vectorize" });
      one.seconds.push(one.made.seconds);
      one.processor.push(one.made.processor);
    }
  }
  return [
    `${"".padEnd(16)}seconds, processor   rows × columns, values          peak memory: texts read, vectorised, fitted`,
    ...all.map(describe),
  ];
}

/** Vectorises and fits once, and asks for the memory before, between and after. */
async function firstOf(name: string, process: AskedProcess, { fits }: Contenders): Promise<Vectorizing> {
  const memory = [await process.ask<Memory>({ do: "memory" })];
  const made = await process.ask<Vectorized>({ do: "vectorize" });
  memory.push(await process.ask<Memory>({ do: "memory" }));
  const request = fits.find((contender) => contender.process === process)?.request;
  if (request) await process.ask({ ...request, l2: 1e-4, bias: true });
  memory.push(await process.ask<Memory>({ do: "memory" }));
  return { name, process, memory, seconds: [], processor: [], made };
}

function describe({ name, memory, seconds, processor, made: { rows, cols, values } }: Vectorizing): string {
  const shape = `${rows.toLocaleString("en")} × ${cols.toLocaleString("en")}, ${values.toLocaleString("en")}`;
  const peaks = memory.map(({ megabytes }) => `${Math.round(megabytes)} MB`).join(", ");
  return `${name.padEnd(16)}${of(seconds)}${of(processor).padEnd(14)}${shape.padEnd(32)}${peaks}`;
}

const of = (times: readonly number[]) => median(times).toFixed(3).padStart(7);
