/** All points as a table, for those who do not see the plane or want to be exact. */
import { useState } from "preact/hooks";
import { formatTenths } from "../../../ui/format.ts";
import { Marker } from "../../../ui/markers.tsx";
import { ScrollBox } from "../../../ui/section.tsx";
import { CLASSES } from "./plane.ts";
import type { Playground } from "./playground.ts";
import { countOf } from "./words.ts";

/** The table, closed at first; its rows are rendered while it is open. */
export function PointsTable({ playground }: { readonly playground: Playground }) {
  const [isOpen, setOpen] = useState(false);
  const points = playground.points.value;
  return (
    <details class="numbers points" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The {countOf(points)} as a table</summary>
      {isOpen && (
        <ScrollBox label="Points" class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col">x</th>
                <th scope="col">y</th>
                <th scope="col">
                  <span class="unseen">Delete</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {points.map(({ x, y, k }, i) => (
                <tr key={i}>
                  <th scope="row">
                    <Marker k={k} /> {CLASSES[k]}
                  </th>
                  <td>{formatTenths(x)}</td>
                  <td>{formatTenths(y)}</td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Delete point ${i + 1}`}
                      onClick={() => playground.delete(i)}
                    >
                      ×
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </details>
  );
}
