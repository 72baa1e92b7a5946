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
    return isNew && isPossible(plan, shape, traits);
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

/** On a GPU, occupancy and traffic decide: other routes first, then more or fewer threads on the same one. */
function gpuPlans(base: StepPlan, { classes }: ModelShape): StepPlan[] {
  const { shared, oneRead, forward, gradient } = base;
  const routes: StepPlan[] = [
    { ...base, route: "shared", shared: { ...shared, classes: classes > 32 ? 4 : Math.ceil(classes / 16) } },
    { ...base, route: "one-read" },
    {
      ...base,
      route: "one-read",
      oneRead: { ...oneRead, rowsPerSplit: Math.ceil(oneRead.rowsPerSplit / 4) },
    },
    { ...base, route: "shared", shared: { rows: 2, classes: 2, features4: 1, rowsPerSplit: 32 } },
    { ...base, route: "shared", shared: { rows: 4, classes: 4, features4: 2, rowsPerSplit: 128 } },
  ];
  const slices = [4, 8, 16, 32].map((count) => ({ ...base, forward: directForward(classes, count, 2) }));
  const gradients: Partial<GradientTile>[] = [
    { features4: 1 },
    { busyThreads: 4 * gradient.busyThreads, features4: 1 },
    { busyThreads: gradient.busyThreads / 4 },
    { classes: evenTile(classes, 16), threads: 64 },
  ];
  return [
    ...routes,
    ...slices,
    { ...base, forward: { ...forward, rows: 8 } },
    ...gradients.map((change) => ({ ...base, gradient: { ...gradient, ...change } })),
  ];
}
