/** Grids of λ. */
import { expect, test } from "vitest";
import { l2Grid } from "../../src/index.ts";
import { expectClose } from "../support/expect-close.ts";

test("grids of λ: the protocols' C, and ratios from one number to another", () => {
  const grid = l2Grid("dinov2", 1000);
  expect(grid).toHaveLength(45);
  expectClose([grid[0], grid[44]], [1 / (2000 * 1e-6), 1 / (2000 * 1e5)], { absolute: 0, relative: 1e-12 });
  expect(l2Grid("clip", 10)).toHaveLength(96);
  expectClose([l2Grid("dinov2", 1000, 2)[0]], [2 * grid[0]], { absolute: 0, relative: 1e-12 });
  expectClose(l2Grid([1, 1e-3, 4]), [1, 0.1, 0.01, 0.001], { absolute: 0, relative: 1e-12 });
  expect(() => l2Grid("dinov2")).toThrow(expect.objectContaining({ argument: "rows" }));
  for (const bad of [[1, 1, 3], [0, 1, 3], [1, 2, 1], [1, 2, 2.5], [1, 2], "imagenet"])
    expect(() => l2Grid(bad as [number, number, number])).toThrow(
      expect.objectContaining({ argument: "grid" }),
    );
});
