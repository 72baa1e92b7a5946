/** @jsxImportSource preact */
/** The weights of each class as a picture, all on one scale that is symmetric about 0. */
import { useRef } from "preact/hooks";
import { formatNumber } from "../../../../bench/page/format.ts";
import { divergingImage } from "../../components/pixels.ts";
import { useCalmly } from "../../components/use-calmly.ts";
import { useOncePerFrame } from "../../components/use-once-a-frame.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import { labelsOf } from "./labels-of.ts";
import { largestWeight, weightsOfPixels } from "./pixel-weights.ts";

/** Pictures that are shown at most. */
const MOST = 40;
/** The key's figures change at most so often, ms. */
const INTERVAL = 250;

interface WeightImagesProps {
  readonly session: Session;
  readonly shape: ImageShape;
}

/** The pictures and their key. Both follow the parameters as they change. */
export function WeightImages({ session, shape }: WeightImagesProps) {
  const list = useRef<HTMLUListElement>(null);
  const shown = useCalmly(() => session.snapshot.value, INTERVAL);
  // A model may know more classes than the data has.
  const classes = shown?.classes ?? labelsOf(session.dataset.value);
  useOncePerFrame(() => {
    const snapshot = session.snapshot.value;
    const most = largestWeight(snapshot, shape, MOST);
    for (const [k, canvas] of list.current?.querySelectorAll("canvas").entries() ?? []) {
      const image = divergingImage(weightsOfPixels(snapshot, k, shape), shape.width, most);
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    }
  }, [shape, classes.length]);
  return (
    <>
      <ul class="weight-images" ref={list}>
        {classes.slice(0, MOST).map((label) => (
          <li key={label}>
            <canvas
              class="pixel-image"
              width={shape.width}
              height={shape.height}
              role="img"
              aria-label={`Weights of class ${label}`}
            />
            <span aria-hidden="true">{label}</span>
          </li>
        ))}
      </ul>
      {classes.length > MOST && (
        <p class="hint">
          The first {MOST} of {classes.length} classes.
        </p>
      )}
      <WeightKey most={largestWeight(shown, shape, MOST)} />
      {shape.channels === 3 && <p class="hint">Of red, green and blue, the mean weight is shown.</p>}
    </>
  );
}

function WeightKey({ most }: { readonly most: number }) {
  return (
    <div class="weight-key">
      <span>against {most > 0 && `−${formatNumber(most)}`}</span>
      <span class="weight-scale" role="img" aria-label="from orange over the ground to blue" />
      <span>{most > 0 && `+${formatNumber(most)}`} for</span>
    </div>
  );
}
