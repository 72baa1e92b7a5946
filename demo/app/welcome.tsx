/** The first picture of the page, while its data set is drawn: the drawings appear, a digit to each place. */
import { useEffect, useState } from "preact/hooks";
import { type DrawnDigit, drawStrokeDigits } from "../../src/data/strokes/stroke-digits.ts";
import type { Matrix } from "../../src/index.ts";
import { formatCount } from "../ui/format.ts";
import { useDrops } from "../ui/use-drops.ts";
import { OwnData } from "./components/own-data.tsx";
import { PageFooter, PageHeader } from "./components/page-frame.tsx";
import { SampleImage } from "./components/pixel-images.tsx";
import { DIGIT_ROWS, DIGITS_SHAPE } from "./data/digits-size.ts";
import { droppedFiles } from "./data/dropped-files.ts";
import type { NamedFile } from "./data/open-context.ts";
import { useView } from "./use-view.ts";

/** Time between two new drawings, ms: each of the ten places changes less than three times a second. */
const INTERVAL = 40;
const PLACES = Array.from({ length: 10 }, (_, digit) => digit);

/** Counts the drawings of the data set, and keeps the latest one of each digit; before them, ones of its own. */
export class Drawings {
  count = 0;
  readonly latest: (Uint8Array | undefined)[] = [];

  constructor() {
    // The first picture must not wait for the code and the database of the session.
    for (const { digit, image } of drawStrokeDigits({ rows: PLACES.length, seed: 1 }))
      this.latest[digit] = image;
  }

  readonly add = ({ digit, image }: DrawnDigit): void => {
    this.count++;
    this.latest[digit] = image;
  };
}

interface WelcomeProps {
  readonly drawings: Drawings;
  /** Work that takes time, if it is other work than drawing digits; else empty. */
  readonly text: string;
  /** Called with files that are opened or dropped meanwhile. */
  readonly onFiles: (files: Promise<readonly NamedFile[]>) => void;
}

export function Welcome({ drawings, text, onFiles }: WelcomeProps) {
  const view = useView();
  useDrops((dropped) => onFiles(droppedFiles(dropped)));
  return (
    <>
      <PageHeader view={view} />
      <main aria-label="Loading">
        <OwnData name="" onFiles={onFiles} />
        {view === "train" && text === "" ? (
          <DrawingDigits drawings={drawings} />
        ) : (
          <p class="lead" role="status">
            {text || "Loading …"}
          </p>
        )}
      </main>
      <PageFooter />
    </>
  );
}

function DrawingDigits({ drawings }: { readonly drawings: Drawings }) {
  const [shown, setShown] = useState<readonly (Matrix | undefined)[]>([]);
  useEffect(() => {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let next = 0;
    const draw = () => {
      const digit = next++ % PLACES.length;
      const data = drawings.latest[digit];
      if (!data || (isStill && next > PLACES.length)) return;
      const drawn: Matrix = { data, rows: 1, cols: data.length, scale: 1 / 255 };
      setShown((before) => PLACES.map((place) => (place === digit ? drawn : before[place])));
    };
    draw();
    const timer = setInterval(draw, INTERVAL);
    return () => clearInterval(timer);
  }, [drawings]);
  return (
    <section class="panel hero" aria-labelledby="drawing-digits">
      <div class="hero-head">
        <h2 id="drawing-digits">Learning to read digits</h2>
      </div>
      <div class="run-line">
        <div class="run-progress">
          <progress aria-label="Drawn digits" max={DIGIT_ROWS} value={drawings.count} />
          <p role="status">First, {formatCount(DIGIT_ROWS)} digits are drawn to learn from …</p>
        </div>
      </div>
      <div class="hero-body with-pad">
        <div>
          <h3>Digits, drawn a little differently each time</h3>
          <ul class="weight-images">
            {PLACES.map((digit) => (
              <li key={digit}>
                <DrawnPlace digit={digit} drawn={shown[digit]} />
                <span aria-hidden="true">{digit}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

function DrawnPlace({ digit, drawn }: { readonly digit: number; readonly drawn: Matrix | undefined }) {
  if (!drawn) return <div class="pixel-image blank" />;
  return <SampleImage dataset={{}} x={drawn} row={0} shape={DIGITS_SHAPE} label={`A drawing of ${digit}`} />;
}
