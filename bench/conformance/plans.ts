/** The plans that the check runs: together they use every kernel of dense rows and every tile that a tuner may choose. */
import type { ModelShape } from "../../src/backends/backend.ts";
import {
  type AdapterTraits,
  defaultPlan,
  planCandidates,
  type StepPlan,
} from "../../src/backends/webgpu/index.ts";
import { directForward, isPossible } from "../../src/backends/webgpu/plan.ts";

/** Tiles in workgroup memory of other proportions than those of the default plan, neither square nor equally deep. */
export const OTHER_TILES = { rows: 2, classes: 4, depth4: 2, classes4: 2, features4: 1, depth: 8 };

/** Returns plans that together use every kernel, whatever the default on this device is. */
export function plansOf(
  { traits }: { readonly traits: AdapterTraits },
  shape: ModelShape,
): Record<"direct" | "sliced" | "quad" | "shared" | "otherTiles" | "lanes", StepPlan> {
  const direct = defaultPlan(shape, { ...traits, subgroupSize: 0, software: true });
  const forward = directForward(shape.classes, 4, 2);
  return {
    direct,
    sliced: { ...direct, forward },
    quad: defaultPlan(shape, { ...traits, subgroupSize: 4, software: true }),
    shared: { ...direct, route: "shared" },
    otherTiles: { ...direct, route: "shared", shared: { ...direct.shared, ...OTHER_TILES } },
    lanes: { ...direct, gradient: { ...direct.gradient, busyThreads: 2 ** 20 }, update: { lanes: 16 } },
  };
}

/** A plan and its name in the report. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: StepPlan;
}

/**
 * Returns the plans that this device can run for this shape: the default one, those of {@link plansOf}, and what a tuner
 * tries on an adapter of either kind; each once.
 */
export function plansToCheck(shape: ModelShape, traits: AdapterTraits): NamedPlan[] {
  const kinds = ([true, false] as const).map((software) => {
    const asIf = { ...traits, software };
    const base = defaultPlan(shape, asIf);
    return [base, ...planCandidates(base, shape, asIf)].map((plan, i) => ({
      name: i === 0 ? `default of ${KINDS[`${software}`]}` : `candidate ${i} of ${KINDS[`${software}`]}`,
      plan,
    }));
  });
  const every = Object.entries(plansOf({ traits }, shape)).map(([name, plan]) => ({ name, plan }));
  const seen = new Set<string>();
  return [...every, ...kinds.flat()].filter(({ plan }) => {
    const text = JSON.stringify(plan);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew && isPossible(plan, traits);
  });
}

const KINDS = { true: "software", false: "a GPU" } as const;

/** Writes a plan in a line, for example `rows: forward 4×10, 1 slice, 32 threads; gradient …`. */
export function planText({ route, forward, gradient, shared, update }: StepPlan): string {
  if (route === "shared") {
    const scores = `scores ${shared.rows}×${shared.classes}, depth ${shared.depth4}`;
    return `shared: ${scores}; gradient ${shared.classes4}×${shared.features4}, depth ${shared.depth}; ${update.lanes} lanes`;
  }
  const ofForward = `${forward.kernel} ${forward.rows}×${forward.classes}, ${forward.slices} slices, ${forward.threads} threads`;
  const ofGradient = `${gradient.kernel} ${gradient.classes}×${gradient.features4}, ${gradient.threads} threads, ${gradient.busyThreads} busy`;
  return `rows: ${ofForward}; ${ofGradient}; ${update.lanes} lanes`;
}
