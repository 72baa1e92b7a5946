/** The data set in use, and the ways to open another: built in, chosen or dropped. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { PresetButtons } from "../../../ui/buttons.tsx";
import { formatCount } from "../../../ui/format.ts";
import { type Fact, Facts, Section } from "../../../ui/section.tsx";
import { useDrops } from "../../../ui/use-drops.ts";
import { ClassThumbnails } from "../../components/class-thumbnails.tsx";
import { clouds, digits } from "../../data/built-in.ts";
import { droppedFiles } from "../../data/file-bytes.ts";
import { type NamedFile, named } from "../../data/open-context.ts";
import type { Session } from "../../state/session.ts";
import { EncodingList } from "./data/encoding-list.tsx";
import { columnsText } from "./data/encoding-words.ts";
import { CollectButton, CollectPlace } from "../collect/collect-place.tsx";
import { OpeningStage } from "./data/opening-stage.tsx";

/** Data sets that need no file; a label is also the data set's own name. */
const BUILT_IN = [
  { label: "Stroke digits", hint: "drawings of 0 to 9", make: digits },
  { label: "Point clouds", hint: "points in the plane, four classes", make: async () => clouds() },
] as const;

/** The facts of the data set beside the buttons and forms that open another. */
export function DataPanel({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const { opening } = session;
  const stage = opening.stage.value;
  // The form of a table shows its own problems.
  const problem = stage.kind === "table" ? "" : opening.problem.value;
  const isOver = useDrops((dropped) => void opening.offer(droppedFiles(dropped)));
  const place = useRef<HTMLDivElement>(null);
  const inUse = dataset.isBuiltIn ? dataset.name : null;
  useEffect(() => {
    if (stage.kind === "idle") return;
    // The form or the button that had the focus is removed after this stage.
    return () => {
      if (document.activeElement === document.body) place.current?.focus();
    };
  }, [stage.kind]);
  return (
    <Section title="Data">
      <div class={isOver ? "data over" : "data"} ref={place} tabIndex={-1}>
        <div class="columns">
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
                if (label !== inUse) void opening.make(make);
              }}
            />
            <p class="own-data">
              Or your own: drop files or a folder anywhere on this page. They stay in this tab.
            </p>
            <FileButtons onFiles={(files) => void opening.offer(files)}>
              <CollectButton session={session} />
            </FileButtons>
            <p class="hint">
              A table (CSV, TSV, Excel, Parquet, JSON Lines), IDX files such as MNIST’s, x.npy with y.npy, or
              a folder that has a folder of pictures for each class. Gzip is fine. Opening other data discards
              the current model.
            </p>
          </div>
        </div>
        <OpeningStage session={session} />
        <p role="alert" class={problem ? "message error" : "message-place"}>
          {problem}
        </p>
      </div>
      <CollectPlace session={session} />
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

interface FileButtonsProps {
  readonly onFiles: (files: Promise<readonly NamedFile[]>) => void;
  /** More buttons. */
  readonly children: ComponentChildren;
}

function FileButtons({ onFiles, children }: FileButtonsProps) {
  const choose = (input: HTMLInputElement) => {
    const files = Array.from(input.files ?? [], named);
    // Without this the same files could not be chosen again.
    input.value = "";
    if (files.length > 0) onFiles(Promise.resolve(files));
  };
  const chooser = (label: string, isForFolder: boolean) => (
    <label class="file-button">
      <input
        type="file"
        class="unseen"
        multiple
        ref={(input) => {
          if (input) input.webkitdirectory = isForFolder;
        }}
        onChange={({ currentTarget }) => choose(currentTarget)}
      />
      {label}
    </label>
  );
  return (
    <div class="buttons">
      {chooser("Open files", false)}
      {chooser("Open a folder", true)}
      {children}
    </div>
  );
}
