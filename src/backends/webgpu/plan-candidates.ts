/** The plans worth trying beside the default one, the likeliest winners first. */
import type { ModelShape } from "../backend.ts";
import {
  type AdapterTraits,
  directForward,
  evenTile,
  type ForwardTile,
  type GradientTile,
  isPossible,
  quadForward,
  type SharedTile,
  type StepPlan,
} from "./plan.ts";

/** Candidates that this device can run for this shape, without the default plan itself. */
export function planCandidates(base: StepPlan, shape: ModelShape, traits: AdapterTraits): StepPlan[] {
  const candidates = traits.software ? softwarePlans(base, shape) : gpuPlans(base, shape);
  const seen = new Set([JSON.stringify(base)]);
  return candidates.filter((plan) => {
    const text = JSON.stringify(plan);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew && isPossible(plan, traits);
  });
}

/** Where a CPU imitates the GPU, loads decide: tiles of other proportions. */
function softwarePlans(base: StepPlan, { classes }: ModelShape): StepPlan[] {
  const quads = base.forward.kernel === "forward-quad";
  const forwards = quads
    ? [quadForward(classes, 8), quadForward(classes, 4, 32), quadForward(classes, 2)]
    : [directForward(classes, 1, 4, 16), directForward(classes, 1, 2)];
  const gradients: Partial<GradientTile>[] = quads
    ? [{ features4: 1 }, { classes: evenTile(classes, 10) }]
    : [{ features4: 4 }, { classes: evenTile(classes, 16) }];
  const direct: ForwardTile[] = [directForward(classes), directForward(classes, 1, 8)];
  return [
    ...gradients.map((gradient) => ({ ...base, gradient: { ...base.gradient, ...gradient } })),
    ...[...forwards, ...direct].map((forward) => ({ ...base, forward })),
  ];
}

/** On a GPU, occupancy and traffic decide: the other route first, then tiles of other sizes and other numbers of threads. */
function gpuPlans(base: StepPlan, { classes }: ModelShape): StepPlan[] {
  const { shared, forward, gradient } = base;
  const sharedTiles: Partial<SharedTile>[] = [
    {},
    { rows: 8, classes: 8 },
    { depth4: 8 },
    { busyThreads: 2 * shared.busyThreads },
    { rows: 8, classes: 8, classes4: 2, features4: 2 },
  ];
  const slices = [8, 32].map((count) => ({ ...base, forward: directForward(classes, count) }));
  const gradients: Partial<GradientTile>[] = [
    { features4: 2 },
    { busyThreads: 2 * gradient.busyThreads },
    { busyThreads: gradient.busyThreads / 4 },
    { classes: evenTile(classes, 16), threads: 64 },
  ];
  const ofRows: StepPlan[] = [
    base,
    ...slices,
    { ...base, forward: { ...forward, rows: 8 } },
    ...gradients.map((change) => ({ ...base, gradient: { ...gradient, ...change } })),
  ].map((plan) => ({ ...plan, route: "rows" }));
  const ofShared: StepPlan[] = sharedTiles.map((change) => ({
    ...base,
    route: "shared",
    shared: { ...shared, ...change },
  }));
  return base.route === "rows" ? [ofShared[0], ...ofRows, ...ofShared.slice(1)] : [ofRows[0], ...ofShared];
}
