/** Presets, and the plan that a visitor's choices make on this machine. */
import { shapeText } from "../measure/text.ts";
import type { BenchPlan } from "../plan.ts";
import type { BenchShape } from "../record.ts";
import { type Choices, OWN, PARTS, PEERS, SHAPES, STORAGES, SWEEPS } from "./choices.ts";

export const PRESETS: readonly {
  readonly label: string;
  readonly hint: string;
  readonly choices: Choices;
}[] = [
  {
    label: "Quick",
    hint: "two shapes, three rounds",
    choices: {
      shapes: [SHAPES[1].id, SHAPES[3].id],
      storages: ["f32"],
      contenders: ["own-webgpu", "own-wasm"],
      parts: ["ceilings", "kernels"],
      rounds: 3,
    },
  },
  {
    label: "Full",
    hint: "all shapes, sweeps and storages, nine rounds",
    choices: {
      shapes: [...SHAPES, ...SWEEPS].map(({ id }) => id),
      storages: STORAGES.map(({ id }) => id),
      contenders: OWN.map(({ id }) => id),
      parts: PARTS.map(({ id }) => id),
      rounds: 9,
    },
  },
];

/** Returns the plan, with each shape once, and without measurements that need a missing GPU. */
export function planOf(choices: Choices, hasGpu: boolean): BenchPlan {
  const shapes = new Map<string, BenchShape>();
  for (const option of [...SHAPES, ...SWEEPS]) {
    if (!choices.shapes.includes(option.id)) continue;
    for (const shape of option.shapes) shapes.set(shapeText(shape), shape);
  }
  return {
    shapes: [...shapes.values()],
    storages: STORAGES.map(({ id }) => id).filter((id) => choices.storages.includes(id)),
    contenders: [...OWN, ...PEERS]
      .filter(({ id, needsGpu }) => choices.contenders.includes(id) && (hasGpu || !needsGpu))
      .map(({ id }) => id),
    ceilings: hasGpu && choices.parts.includes("ceilings"),
    kernels: hasGpu && choices.parts.includes("kernels"),
    rounds: choices.rounds,
  };
}

/** Returns whether two choices are equal, regardless of order. */
export function isChosen(preset: Choices, choices: Choices): boolean {
  const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((id) => b.includes(id));
  return (
    preset.rounds === choices.rounds &&
    (["shapes", "storages", "contenders", "parts"] as const).every((list) =>
      sameSet(preset[list], choices[list]),
    )
  );
}

/** Returns why a plan measures nothing; null if it can run. */
export function obstacle(plan: BenchPlan): string | null {
  const { shapes, storages, contenders, ceilings, kernels } = plan;
  const needsShapes = kernels || contenders.length > 0;
  if (!needsShapes && !ceilings) return "Choose a contender, or what to measure of the GPU.";
  if (needsShapes && shapes.length === 0) return "Choose at least one shape.";
  const needsStorage = kernels || contenders.some((id) => id.startsWith("own-webgpu"));
  if (needsStorage && storages.length === 0) return "Choose how X is stored.";
  return null;
}

/** Returns a plan as one line of text. */
export function summary({ shapes, contenders, rounds }: BenchPlan): string {
  const some = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [some(shapes.length, "shape"), some(contenders.length, "contender"), some(rounds, "round")].join(
    ", ",
  );
}
