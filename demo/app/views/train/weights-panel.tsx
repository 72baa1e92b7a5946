/** The learnt weights of every class: pictures if the rows are pictures, else bars for the strongest features. */
import { useRef } from "preact/hooks";
import type { Label } from "../../../../src/index.ts";
import { formatNumber } from "../../../ui/format.ts";
import { useOncePerFrame, useThrottled } from "../../../ui/signal-hooks.ts";
import { LazyPart } from "../../components/lazy-part.tsx";
import { divergingImage, inkOf, rowImage } from "../../components/pixel-images.tsx";
import type { DemoDataset, ImageShape } from "../../data/demo-dataset.ts";
import { asDense } from "../../data/rows.ts";
import type { Snapshot } from "../../state/run-records.ts";
import type { Session } from "../../state/session.ts";
import type { Loadable } from "../../use-view.ts";

const TABLE_WEIGHTS: Loadable = { load: async () => (await import("./table-weights.tsx")).TableWeights };

/** Shows pictures for pictures, bars for other rows. */
export function ClassWeights({ session }: { readonly session: Session }) {
  const { image, pictures } = session.dataset.value;
  const what = pictures ? "light" : "ink";
  return (
    <div class="class-weights">
      <h3>
        {image ? "What it looks for" : "Class weights"}
        <span class="hint">
          {image
            ? `${what} on blue speaks for the class, ${what} on orange against it`
            : tableLead(session.dataset.value)}
        </span>
      </h3>
      {image && <WeightImages session={session} shape={image} />}
      {!image && <LazyPart part={TABLE_WEIGHTS} session={session} name="The list of weights" />}
    </div>
  );
}

/** Returns what the weights say about a data set that has no pictures. */
function tableLead({ encoder }: DemoDataset): string {
  const lead = "The features that speak most strongly for or against a class.";
  if (!encoder) return `${lead} Weights are those of the features in their own units.`;
  const hasNumbers = encoder.columns.some(({ kind }) => kind === "number" || kind === "date");
  if (!hasNumbers) return lead;
  return `${lead} Numbers are standardised, so the bars of different columns can be compared.`;
}

/** Classes that are shown at most. */
const MOST_CLASSES = 40;
/** Least time between two updates of numbers, ms. */
const INTERVAL = 250;

interface WeightImagesProps {
  readonly session: Session;
  readonly shape: ImageShape;
}

/** The pictures and their key, updated as the parameters change. */
function WeightImages({ session, shape }: WeightImagesProps) {
  const list = useRef<HTMLUListElement>(null);
  const shown = useThrottled(() => session.run.snapshot.value, INTERVAL);
  // A model may know more classes than the data has.
  const classes = shown?.classes ?? session.classes.value;
  const dataset = session.dataset.value;
  useOncePerFrame(() => {
    const snapshot = session.run.snapshot.value;
    const most = largestWeight(snapshot, shape, MOST_CLASSES);
    for (const [k, canvas] of list.current?.querySelectorAll("canvas").entries() ?? []) {
      const image = snapshot
        ? divergingImage(weightsOfPixels(snapshot, k, shape), shape.width, most)
        : exampleImage(dataset, classes[k], shape);
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    }
  }, [shape, classes, dataset]);
  return (
    <>
      <ul class="weight-images" ref={list}>
        {classes.slice(0, MOST_CLASSES).map((label) => (
          <li key={label}>
            <canvas
              class="pixel-image"
              width={shape.width}
              height={shape.height}
              role="img"
              aria-label={shown ? `Weights of class ${label}` : `An example of class ${label}`}
            />
            <span aria-hidden="true">{label}</span>
          </li>
        ))}
      </ul>
      {classes.length > MOST_CLASSES && (
        <p class="hint">
          The first {MOST_CLASSES} of {classes.length} classes.
        </p>
      )}
      {shown ? (
        <WeightKey most={largestWeight(shown, shape, MOST_CLASSES)} />
      ) : (
        <p class="weight-key hint">One of each class. Once training begins, the weights take their places.</p>
      )}
      {shape.channels === 3 && <p class="hint">Of red, green and blue, the mean weight is shown.</p>}
    </>
  );
}

function WeightKey({ most }: { readonly most: number }) {
  return (
    <div class="weight-key hint">
      <span>against {most > 0 && `−${formatNumber(most)}`}</span>
      <span class="weight-scale" role="img" aria-label="from orange over the ground to blue" />
      <span>{most > 0 && `+${formatNumber(most)}`} for</span>
    </div>
  );
}

/** Returns the first training row of a class as a picture; blank if there is none. */
function exampleImage(dataset: DemoDataset, label: Label, shape: ImageShape): ImageData {
  const { x, y } = dataset.train;
  const row = y.indexOf(label);
  if (row < 0) return new ImageData(shape.width, shape.height);
  return rowImage(asDense(x), row, shape, ...inkOf(dataset));
}

/** Returns class k's weights `[height·width]`, averaged over channels; all 0 before training. */
function weightsOfPixels(snapshot: Snapshot | null, k: number, shape: ImageShape): Float32Array {
  const { width, height, channels } = shape;
  const pixels = width * height;
  if (!snapshot) return new Float32Array(pixels);
  const own = snapshot.weights.subarray(k * pixels * channels, (k + 1) * pixels * channels);
  if (channels === 1) return own;
  const means = new Float32Array(pixels);
  for (let j = 0; j < own.length; j++) means[Math.floor(j / channels)] += own[j] / channels;
  return means;
}

/** Returns the largest |w| in the pictures of the first `count` classes; 0 before training. */
function largestWeight(snapshot: Snapshot | null, shape: ImageShape, count: number): number {
  if (!snapshot) return 0;
  let most = 0;
  for (let k = 0; k < Math.min(count, snapshot.classes.length); k++)
    for (const weight of weightsOfPixels(snapshot, k, shape)) most = Math.max(most, Math.abs(weight));
  return most;
}
