/** The views by name, and the part of the address that names one: `#train`, or with parameters `#train?start=no`. */

export const TITLES = {
  train: "Train",
  try: "Try",
  playground: "Playground",
  mathematics: "Mathematics",
  model: "Model",
} as const;

export type ViewName = keyof typeof TITLES;

/** Returns the view that a fragment names; the first view if it names none. */
export function viewOf(fragment: string): ViewName {
  const [name] = fragment.replace(/^#/, "").split("?");
  return (Object.keys(TITLES) as ViewName[]).find((known) => known === name) ?? "train";
}
