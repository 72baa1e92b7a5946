/** @jsxImportSource preact */
/** Points to begin with. */
import { useId } from "preact/hooks";
import { CLASSES } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { cloudPoints, overlapPoints, ringPoints } from "./presets.ts";

const COUNTS = CLASSES.map((_, k) => k + 1).filter((count) => count >= 2);

/** Buttons, and a list for the number of clouds. */
export function PresetPicker({ playground }: { readonly playground: Playground }) {
  const id = useId();
  return (
    <div class="buttons">
      <label for={id} class="unseen">
        Clouds
      </label>
      <select
        id={id}
        onChange={({ currentTarget }) => {
          playground.replace(cloudPoints(Number(currentTarget.value)));
          currentTarget.value = "";
        }}
      >
        <option value="" disabled selected hidden>
          Clouds…
        </option>
        {COUNTS.map((count) => (
          <option key={count} value={count}>
            {count} clouds
          </option>
        ))}
      </select>
      <button type="button" onClick={() => playground.replace(overlapPoints())}>
        Overlap
      </button>
      <button type="button" onClick={() => playground.replace(ringPoints())}>
        Ring
      </button>
      <button type="button" onClick={() => playground.replace([])}>
        Empty
      </button>
    </div>
  );
}
