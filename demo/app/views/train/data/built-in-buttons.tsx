/** @jsxImportSource preact */
/** The data sets that need no file, one press each. */
import { clouds, digits } from "../../../data/built-in.ts";
import type { MakeDataset } from "../../../state/opening.ts";

interface BuiltIn {
  /** Also the data set's own name. */
  readonly name: string;
  readonly hint: string;
  readonly make: MakeDataset;
}

const BUILT_IN: readonly BuiltIn[] = [
  { name: "Stroke digits", hint: "drawings of 0 to 9", make: digits },
  { name: "Point clouds", hint: "points in the plane, four classes", make: async () => clouds() },
];

interface BuiltInButtonsProps {
  /** The name of the one in use; null if that came from files. */
  readonly inUse: string | null;
  readonly onOpen: (make: MakeDataset) => void;
}

/** A button for each; the one in use is pressed, and pressing it again changes nothing. */
export function BuiltInButtons({ inUse, onOpen }: BuiltInButtonsProps) {
  return (
    <div class="presets">
      {BUILT_IN.map(({ name, hint, make }) => (
        <button
          key={name}
          type="button"
          class="preset"
          aria-pressed={name === inUse}
          onClick={() => {
            if (name !== inUse) onOpen(make);
          }}
        >
          <span class="preset-label">{name}</span>
          <span class="hint">{hint}</span>
        </button>
      ))}
    </div>
  );
}
