/** The drawing coloured by what each pixel adds to the score of the shown class, and a legend with the sums. */
import { useRef } from "preact/hooks";
import { formatSigned } from "../../../ui/format.ts";
import { Facts } from "../../../ui/section.tsx";
import { useOncePerFrame } from "../../../ui/signal-hooks.ts";
import { cssColour, themeColour } from "../../../ui/theme.ts";
import type { Drawing, Evidence, Prediction } from "./drawing.ts";
import { evidenceImage, forAndAgainst } from "./evidence.ts";

/** The picture with its legend; only the ink before training. */
export function EvidencePicture({ drawing }: { readonly drawing: Drawing }) {
  const { image } = drawing;
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
  }, [drawing]);
  const prediction = drawing.prediction.value;
  const evidence = drawing.evidence.value;
  const label = prediction && evidence ? String(prediction.classes[evidence.k]) : null;
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
      {prediction && evidence && <EvidenceLegend prediction={prediction} evidence={evidence} />}
    </div>
  );
}

interface EvidenceLegendProps {
  readonly prediction: Prediction;
  readonly evidence: Evidence;
}

function EvidenceLegend({ prediction, evidence: { k, terms, largest } }: EvidenceLegendProps) {
  const label = prediction.classes[k];
  const sums = forAndAgainst(terms);
  return (
    <>
      <div class="diverging" aria-hidden="true">
        <span>{formatSigned(-largest, 2)}</span>
        <span>against {label}</span>
        <span>for {label}</span>
        <span>{formatSigned(largest, 2)}</span>
      </div>
      <Facts
        class="facts row"
        facts={[
          ["for", formatSigned(sums.for, 2), { class: "above" }],
          ["against", formatSigned(sums.against, 2), { class: "below" }],
          ["bias", formatSigned(prediction.parameters.bias[k], 2)],
          [`= score of ${label}`, formatSigned(prediction.logits[k], 2)],
        ]}
      />
    </>
  );
}
