/** Presets of points, the class of the next point, and the eraser. */
import { useId } from "preact/hooks";
import { Marker } from "../../../ui/markers.tsx";
import { CLASSES, cloudPoints, overlapPoints, ringPoints } from "./plane.ts";
import type { Playground } from "./playground.ts";

const COUNTS = CLASSES.map((_, k) => k + 1).filter((count) => count >= 2);

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
      <button type="button" onClick={() => playground.replace(ringPoints(), true)}>
        Ring
      </button>
      <button type="button" onClick={() => playground.replace([])}>
        Empty
      </button>
    </div>
  );
}

export function ToolPicker({ playground }: { readonly playground: Playground }) {
  const { chosen, tool } = playground;
  const isDeleting = tool.value === "delete";
  return (
    <fieldset class="tools">
      <legend class="unseen">A press on the plane</legend>
      {CLASSES.map((name, k) => (
        <label key={name} title={`Place points of class ${name} (key ${k + 1} on the plane)`}>
          <input
            type="radio"
            name="plane-tool"
            class="unseen"
            aria-label={`places class ${name}`}
            checked={!isDeleting && k === chosen.value}
            onChange={() => {
              chosen.value = k;
              tool.value = "place";
            }}
          />
          <Marker k={k} />
          {name}
        </label>
      ))}
      <label>
        <input
          type="radio"
          name="plane-tool"
          class="unseen"
          aria-label="deletes points"
          checked={isDeleting}
          onChange={() => {
            tool.value = "delete";
          }}
        />
        Delete
      </label>
    </fieldset>
  );
}
