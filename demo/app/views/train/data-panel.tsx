/** The data set in use, and those that are built in. */
import { PresetButtons } from "../../../ui/buttons.tsx";
import { formatCount } from "../../../ui/format.ts";
import { type Fact, Facts, Section } from "../../../ui/section.tsx";
import { ClassThumbnails } from "../../components/class-thumbnails.tsx";
import { BUILT_IN_NAMES, clouds, digits } from "../../data/built-in.ts";
import type { OpenContext } from "../../data/open-context.ts";
import type { Session } from "../../state/session.ts";
import { EncodingList } from "./data/encoding-list.tsx";
import { columnsText } from "./data/encoding-words.ts";

/** Data sets that need no file; a label is also the data set's own name. */
const BUILT_IN = [
  {
    label: BUILT_IN_NAMES.digits,
    hint: "drawings of 0 to 9",
    make: (context: OpenContext) => digits(context),
  },
  { label: BUILT_IN_NAMES.clouds, hint: "points in the plane, four classes", make: async () => clouds() },
] as const;

/** The facts of the data set beside the buttons of those that are built in. */
export function DataPanel({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const inUse = dataset.isBuiltIn ? dataset.name : null;
  return (
    <Section title="Data">
      <div class="data columns">
        <div>
          <h3>{dataset.name}</h3>
          <p role="status">{dataset.description}</p>
          <Facts class="facts large" facts={factsOf(session)} />
          <EncodingList dataset={dataset} />
          <ClassThumbnails session={session} />
        </div>
        <div>
          <PresetButtons
            presets={BUILT_IN}
            isChosen={({ label }) => label === inUse}
            onChoose={({ label, make }) => {
              if (label !== inUse) void session.opening.make(make);
            }}
          />
          <p class="hint">
            Your own: a table (CSV, TSV, Excel, Parquet, JSON Lines), IDX files such as MNIST’s, x.npy with
            y.npy, or a folder that has a folder of pictures for each class. Gzip is fine.
          </p>
        </div>
      </div>
    </Section>
  );
}

/** Classes whose names fit in a line. */
const MAX_NAMED = 10;

function factsOf({ dataset, classes }: Session): Fact[] {
  const { train, validation, image, features, encoder, label } = dataset.value;
  const names = classes.value;
  const shape = image && [image.width, image.height, ...(image.channels > 1 ? [image.channels] : [])];
  const columns = encoder && `from ${columnsText(encoder.columns.length)}`;
  const hint = shape ? shape.join(" × ") : (columns ?? (features ?? []).slice(0, 4).join(", "));
  const named = names.length > MAX_NAMED ? "" : names.join(", ");
  return [
    ["Training rows", formatCount(train.x.rows)],
    ["Validation rows", formatCount(validation.x.rows)],
    ["Features", formatCount(train.x.cols), { hint }],
    [
      "Classes",
      formatCount(names.length),
      { hint: label ? [label, named].filter(Boolean).join(": ") : named },
    ],
  ];
}
