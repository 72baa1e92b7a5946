/** @jsxImportSource preact */
/** The view "Try": draw, see the probabilities, and see which pixels speak for a class. */

import { useState } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import { CalmButton } from "../../components/calm-button.tsx";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import { DrawCanvas } from "./draw-canvas.tsx";
import { Drawing } from "./drawing.ts";
import { EvidencePicture } from "./evidence-picture.tsx";
import { Pad } from "./pad.tsx";
import { Probabilities, spokenAnswer } from "./probabilities.tsx";

/** The drawing of each session, by the shape of its images: it is still there when the view opens again. */
const drawings = new WeakMap<Session, { readonly image: ImageShape; readonly drawing: Drawing }>();

/** The whole view. */
export function TryView({ session }: { readonly session: Session }) {
  const { image, name } = session.dataset.value;
  if (!image) {
    return (
      <Section title="Draw">
        <p>
          The rows of “{name}” are no images, so there is nothing to draw.{" "}
          <a class="link" href="#train">
            Open images
          </a>{" "}
          to draw some, or go to the{" "}
          <a class="link" href="#playground">
            playground
          </a>{" "}
          for points in the plane.
        </p>
      </Section>
    );
  }
  return <DrawAndSee session={session} image={image} drawing={drawingOf(session, image)} />;
}

function DrawAndSee({
  session,
  image,
  drawing,
}: {
  readonly session: Session;
  readonly image: ImageShape;
  readonly drawing: Drawing;
}) {
  const [spoken, setSpoken] = useState("");
  const speak = () => setSpoken(spokenAnswer(drawing));
  const dataset = session.dataset.value;
  const snapshot = session.snapshot.value;
  const source = drawing.source.value;
  return (
    <div class="try">
      <Section title="Draw">
        <DrawCanvas drawing={drawing} image={image} onEnd={speak} />
        <div class="buttons">
          <CalmButton label="Clear" isOff={!drawing.picture.value} onPress={() => drawing.clear()} />
          <CalmButton
            label="Undo"
            isOff={source.kind !== "strokes" || source.strokes.length === 0}
            onPress={() => drawing.undo()}
          />
          <button
            type="button"
            onClick={() => {
              drawing.loadSample(dataset);
              speak();
            }}
          >
            {source.kind === "sample" ? "Next sample" : "Validation sample"}
          </button>
        </div>
        {source.kind === "sample" && (
          <p class="hint">
            Validation sample {source.row + 1}, labelled {source.dataset.validation.y[source.row]}. The model
            was not trained on it.
          </p>
        )}
        <Pad drawing={drawing} onEnd={speak} />
      </Section>
      <Section title="Probabilities">
        {snapshot ? (
          <Probabilities drawing={drawing} classes={snapshot.classes} />
        ) : (
          <p class="notice">
            The model knows nothing yet.{" "}
            <a class="link" href="#train">
              Train it
            </a>
            , for a second or two, and come back: your drawing stays.
          </p>
        )}
        <p class="unseen" role="status">
          {spoken}
        </p>
      </Section>
      <Section title={snapshot ? "Evidence" : "What the model sees"}>
        <EvidencePicture drawing={drawing} image={image} />
        <p class="hint">
          {snapshot
            ? "What each pixel adds to a score: weight × pixel. The drawing is centred and scaled as in training."
            : "The drawing is centred and scaled as the images in training are."}
        </p>
      </Section>
    </div>
  );
}

function drawingOf(session: Session, image: ImageShape): Drawing {
  const known = drawings.get(session);
  if (known && known.image.width === image.width && known.image.height === image.height) {
    if (known.image.channels === image.channels) return known.drawing;
  }
  const drawing = new Drawing(session, image);
  drawings.set(session, { image, drawing });
  return drawing;
}
