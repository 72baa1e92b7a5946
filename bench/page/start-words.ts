/** The sentences beside the button that starts the one-click run: how long it takes, or what it measures, and loads. */
import type { BenchPlan } from "../plan.ts";
import { summary } from "./plan-of.ts";

const LIBRARIES = [
  { prefix: "tfjs-", name: "TF.js" },
  { prefix: "jax-", name: "jax-js" },
];

/**
 * Returns the sentences.
 *
 * @param isUsual whether the address changes nothing of the plan: only then is its time known
 */
export function startWords(plan: BenchPlan, isUsual: boolean): string {
  const loaded = LIBRARIES.filter(({ prefix }) => plan.contenders.some((id) => id.startsWith(prefix)));
  return [
    isUsual ? "Less than a minute." : `${summary(plan)}, as the address asks.`,
    loaded.length > 0 && `Loads ${loaded.map(({ name }) => name).join(" and ")}, from where this page is.`,
    "Keep the tab in front meanwhile.",
  ]
    .filter(Boolean)
    .join(" ");
}
