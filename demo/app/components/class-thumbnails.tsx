/** A few training pictures of each class, with its name and its number of rows: one canvas for each class. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Label } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import type { DemoDataset, ImageShape } from "../data/demo-dataset.ts";
import { type ClassRows, rowsOfClasses } from "../data/pictures/class-rows.ts";
import { asDense } from "../data/rows.ts";
import type { Session } from "../state/session.ts";
import { inkOf, rowImage } from "./pixel-images.tsx";

/** Pictures of each class. */
const PICTURES = 5;
/** Classes at most: of more, the first are shown. */
const CLASSES = 20;

type Found = ReadonlyMap<Label, ClassRows>;

/** Shows nothing for rows that are no pictures. */
export function ClassThumbnails({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const classes = session.classes.value;
  const found = useClassRows(dataset);
  const { image } = dataset;
  if (!image || !found) return null;
  const rest = classes.length - CLASSES;
  return (
    <>
      <ul class="class-strips" aria-label="Training pictures of each class">
        {classes.slice(0, CLASSES).map((label) => (
          <Strip key={label} dataset={dataset} image={image} label={label} rows={found.get(label)} />
        ))}
      </ul>
      {rest > 0 && <p class="hint">And {formatCount(rest)} more classes.</p>}
    </>
  );
}

/** Returns the first training rows of each class; null until they are found. */
function useClassRows({ train, image }: DemoDataset): Found | null {
  const [found, setFound] = useState<{ readonly y: readonly Label[]; readonly rows: Found } | null>(null);
  const { y } = train;
  useEffect(() => {
    if (!image) return;
    const controller = new AbortController();
    rowsOfClasses(y, PICTURES, controller.signal).then(
      (rows) => setFound({ y, rows }),
      () => {
        // Aborted: another data set is searched now.
      },
    );
    return () => controller.abort();
  }, [y, image]);
  return found?.y === y ? found.rows : null;
}

interface StripProps {
  readonly dataset: DemoDataset;
  readonly image: ImageShape;
  readonly label: Label;
  /** Undefined for a class without training rows. */
  readonly rows: ClassRows | undefined;
}

/** The strip of a class. Its pictures are painted when they come into sight. */
function Strip({ dataset, image, label, rows }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const first = rows?.first ?? [];
  const [paper, ink] = inkOf(dataset);
  const { width, height } = image;
  const gap = Math.ceil(width / 14);
  const x = asDense(dataset.train.x);
  useEffect(() => {
    const paint = () => {
      const context = canvas.current?.getContext("2d");
      for (const [i, row] of first.entries()) {
        context?.putImageData(rowImage(x, row, image, paper, ink), i * (width + gap), 0);
      }
    };
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      paint();
    });
    if (canvas.current) observer.observe(canvas.current);
    return () => observer.disconnect();
  }, [x, rows, image, paper, ink]);
  return (
    <li>
      <span class="class-name">{label}</span>
      <span class="hint">{formatCount(rows?.count ?? 0)}</span>
      <canvas
        ref={canvas}
        class="class-strip"
        width={PICTURES * (width + gap) - gap}
        height={height}
        role="img"
        aria-label={`The first ${first.length} training pictures of ${label}`}
      />
    </li>
  );
}
