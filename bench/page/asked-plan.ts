/**
 * Reads from the address what the button is to measure instead of its usual plan:
 * `?shape=4096x784x10&rounds=9&contenders=own-wasm,tfjs-wasm`, each of them optional.
 */
import type { BenchPlan, ContenderId } from "../plan.ts";
import type { BenchShape } from "../record.ts";
import { MAX_ROUNDS, OWN, PEERS } from "./choices.ts";

/** Most values of X, 256 MiB in f32. */
const MAX_VALUES = 2 ** 26;
/** Most parameters, so that the float64 reference takes seconds. */
const MAX_PARAMETERS = 2 ** 22;

/** Changes to the usual plan, and sentences about what could not be understood. */
export interface Asked {
  readonly changes: Partial<Pick<BenchPlan, "shapes" | "rounds" | "contenders">>;
  /** Empty if all was understood. */
  readonly problem: string;
}

/** Reads the query of an address. Names that are not this page's are left to others. */
export function readQuery(search: string): Asked {
  const query = new URLSearchParams(search);
  const changes: { -readonly [Name in keyof Asked["changes"]]: Asked["changes"][Name] } = {};
  const problems: string[] = [];
  const read = <T>(
    name: string,
    parse: (text: string) => T | null,
    take: (value: T) => void,
    like: string,
  ) => {
    const text = query.get(name);
    if (text === null) return;
    const value = parse(text);
    if (value === null)
      problems.push(`The address has “${name}=${text.slice(0, 40)}”; write it like ${like}.`);
    else take(value);
  };
  read(
    "shape",
    shapeOf,
    (shape) => (changes.shapes = [shape]),
    "shape=1024x784x10, rows × features × classes",
  );
  read("rounds", roundsOf, (rounds) => (changes.rounds = rounds), `rounds=5, at most ${MAX_ROUNDS}`);
  read("contenders", contendersOf, (ids) => (changes.contenders = ids), "contenders=own-wasm,tfjs-wasm");
  return { changes, problem: problems.join(" ") };
}

function shapeOf(text: string): BenchShape | null {
  const [rows, features, classes] = /^(\d{1,7})x(\d{1,7})x(\d{1,7})$/.exec(text)?.slice(1).map(Number) ?? [];
  const fits =
    rows * features <= MAX_VALUES && features * classes <= MAX_PARAMETERS && rows * classes <= MAX_VALUES;
  return rows >= 1 && features >= 1 && classes >= 2 && fits ? { rows, features, classes } : null;
}

function roundsOf(text: string): number | null {
  const rounds = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return rounds >= 1 && rounds <= MAX_ROUNDS ? rounds : null;
}

function contendersOf(text: string): ContenderId[] | null {
  const names = text.split(",");
  const known = [...OWN, ...PEERS].map(({ id }) => id).filter((id) => names.includes(id));
  return known.length === names.length ? known : null;
}
