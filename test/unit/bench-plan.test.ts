/** What the benchmark page is asked to measure. */
import { describe, expect, test } from "vitest";
import { SHAPES, toggled } from "../../bench/page/choices.ts";
import { isChosen, obstacle, PRESETS, planOf } from "../../bench/page/plan-of.ts";

describe("plans", () => {
  const [quick, full] = PRESETS.map(({ choices }) => choices);

  test("each shape is measured once, also where a sweep has it too", () => {
    const { shapes } = planOf(full, true);
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(shapes.length);
    for (const option of SHAPES) expect(shapes).toContainEqual(option.shapes[0]);
  });

  test("peers are off until they are asked for", () => {
    for (const { choices } of PRESETS) {
      expect(planOf(choices, true).contenders.every((id) => id.startsWith("own-"))).toBe(true);
    }
  });

  test("without a GPU the plan is WebAssembly alone, and can run", () => {
    const plan = planOf(full, false);
    expect(plan).toMatchObject({ contenders: ["own-wasm", "own-wasm-2"], ceilings: false, kernels: false });
    expect(obstacle(plan)).toBeNull();
  });

  test("a plan that measures nothing says what is missing", () => {
    expect(obstacle(planOf(quick, true))).toBeNull();
    expect(obstacle(planOf({ ...quick, shapes: [] }, true))).toMatch(/shape/);
    expect(obstacle(planOf({ ...quick, storages: [] }, true))).toMatch(/stored/);
    expect(obstacle(planOf({ ...quick, contenders: [], parts: [] }, true))).toMatch(/contender/);
    expect(obstacle(planOf({ ...quick, shapes: [], contenders: [], parts: ["ceilings"] }, true))).toBeNull();
    expect(
      obstacle(planOf({ ...quick, storages: [], contenders: ["own-wasm"], parts: [] }, true)),
    ).toBeNull();
  });

  test("a preset is recognised in any order, and not after a change", () => {
    const reordered = { ...full, contenders: toggled(full.contenders, "own-webgpu", true) };
    expect(reordered.contenders[0]).not.toBe(full.contenders[0]);
    expect(isChosen(full, reordered)).toBe(true);
    expect(isChosen(full, { ...full, contenders: toggled(full.contenders, "own-wasm", false) })).toBe(false);
    expect(isChosen(quick, { ...quick, contenders: toggled(quick.contenders, "own-wasm-2", true) })).toBe(
      false,
    );
    expect(isChosen(full, { ...full, rounds: 8 })).toBe(false);
  });
});
