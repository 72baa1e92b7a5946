/** A few texts, for natural, whose time grows much faster than their number: this library and natural from text to model. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { messageOf } from "../measure/text.ts";
import type { AskedProcess } from "./asked-process.ts";
import type { Fit } from "./protocol.ts";
import { INSTALLING } from "./texts.ts";

interface Natural {
  readonly script: string;
  /** Number of texts. */
  readonly count: number;
  /** Seconds after which it is stopped; 0 leaves it out. */
  readonly patience: number;
}

type Few = Pick<Fit, "seconds" | "accuracy">;

/** Returns the lines of a table. */
export async function fewTexts(own: AskedProcess, file: string, natural: Natural): Promise<string[]> {
  const ours = await own.ask<Few>({ do: "few", count: natural.count });
  const lines = [
    `${natural.count} texts, vectorised and fitted`,
    `this library               ${describe(ours)}`,
  ];
  if (natural.patience > 0) lines.push(`natural                    ${await ofNatural(file, natural)}`);
  return lines;
}

async function ofNatural(file: string, { script, count, patience }: Natural) {
  // In another folder than the reader's, since a package that natural loads reads `.env`.
  const options = { timeout: patience * 1000, killSignal: "SIGKILL", cwd: tmpdir() } as const;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, String(count)], options);
    return describe(JSON.parse(stdout.trim().split("\n").at(-1) as string));
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return `not done after ${patience} s`;
    return /MODULE_NOT_FOUND/.test(messageOf(error))
      ? `(not installed: ${INSTALLING})`
      : `failed: ${messageOf(error).trim().split("\n").at(-1)}`;
  }
}

function describe({ seconds, accuracy }: Few): string {
  return `${seconds.toFixed(3)} s, accuracy ${accuracy.toFixed(4)}`;
}
