/** @jsxImportSource preact */
/** Which class the next point gets, or that points are deleted. */
import { Marker } from "./marker.tsx";
import { CLASSES } from "./plane.ts";
import type { Playground } from "./playground.ts";

/** A row of shapes, and the eraser. */
export function ClassPicker({ playground }: { readonly playground: Playground }) {
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
