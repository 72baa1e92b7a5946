/** What a column is called. */
import type { DemoDataset } from "../../../data/demo-dataset.ts";

/** The column's own name, its pixel, or its number. */
export function featureName(j: number, { image, features }: Pick<DemoDataset, "image" | "features">): string {
  if (!image) return features?.[j] ?? `x${j + 1}`;
  const pixel = Math.floor(j / image.channels);
  const channel = image.channels === 3 ? ` ${["red", "green", "blue"][j % 3]}` : "";
  return `pixel (${Math.floor(pixel / image.width)}, ${pixel % image.width})${channel}`;
}
