/** @jsxImportSource preact */
/** What the model sees, coloured by what each pixel adds to the score of the class shown. */
import { useRef } from "preact/hooks";
import { cssColour, themeColour } from "../../components/theme.ts";
import { useOncePerFrame } from "../../components/use-once-a-frame.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Drawing } from "./drawing.ts";
import { evidenceImage } from "./evidence-image.ts";
import { EvidenceLegend } from "./evidence-legend.tsx";

/** The picture with its legend, or the ink alone before training. */
export function EvidencePicture({
  drawing,
  image,
}: {
  readonly drawing: Drawing;
  readonly image: ImageShape;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useOncePerFrame(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const colours = {
      ground: themeColour("--sunken"),
      ink: themeColour("--text"),
      plus: themeColour("--series-1"),
      minus: themeColour("--series-2"),
    };
    const picture = drawing.picture.value;
    const evidence = drawing.evidence.value;
    context.fillStyle = cssColour(colours.ground);
    context.fillRect(0, 0, image.width, image.height);
    if (!picture) return;
    const pixels = evidenceImage(picture.ink, evidence?.terms ?? null, evidence?.largest ?? 0, colours);
    context.putImageData(new ImageData(pixels, image.width, image.height), 0, 0);
  }, [drawing, image]);
  const verdict = drawing.verdict.value;
  const evidence = drawing.evidence.value;
  const label = verdict && evidence ? String(verdict.classes[evidence.k]) : null;
  return (
    <div class="evidence">
      <canvas
        ref={canvas}
        width={image.width}
        height={image.height}
        role="img"
        aria-label={
          label === null
            ? "The drawing as the model sees it"
            : `The drawing, coloured by what each pixel adds to the score of ${label}`
        }
      />
      {verdict && evidence && <EvidenceLegend verdict={verdict} evidence={evidence} />}
    </div>
  );
}
