/** The view "Try": draw, see the probabilities, and see which pixels speak for a class. */
import { useState } from "preact/hooks";
import { FocusableButton } from "../../../ui/buttons.tsx";
import { Section } from "../../../ui/section.tsx";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Session } from "../../state/session.ts";
import { DrawCanvas } from "./draw-canvas.tsx";
import { Drawing } from "./drawing.ts";
import { EvidencePicture } from "./evidence-picture.tsx";
import { Pad } from "./pad.tsx";
import { Probabilities, spokenAnswer } from "./probabilities.tsx";

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
  return <DrawAndSee session={session} drawing={drawingOf(session, image)} />;
}

interface DrawAndSeeProps {
  readonly session: Session;
  readonly drawing: Drawing;
}

function DrawAndSee({ session, drawing }: DrawAndSeeProps) {
  const [spoken, setSpoken] = useState("");
  const speak = () => setSpoken(spokenAnswer(drawing));
  const dataset = session.dataset.value;
  const snapshot = session.run.inUse.value?.snapshot ?? null;
  const source = drawing.source.value;
  return (
    <div class="try columns">
      <Section title="Draw">
        <DrawCanvas drawing={drawing} onEnd={speak} />
        <div class="buttons">
          <FocusableButton
            label="Clear"
            isDisabled={!drawing.picture.value}
            onPress={() => drawing.clear()}
          />
          <FocusableButton
            label="Undo"
            isDisabled={source.kind !== "strokes" || source.strokes.length === 0}
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
            The model is not trained yet.{" "}
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
        <EvidencePicture drawing={drawing} />
        <p class="hint">
          {snapshot
            ? "What each pixel adds to a score: weight × pixel. The drawing is centred and scaled as in training."
            : "The drawing is centred and scaled as the images in training are."}
        </p>
      </Section>
    </div>
  );
}

/** Returns the session's drawing; a new one if the shape of the images has changed. */
function drawingOf(session: Session, image: ImageShape): Drawing {
  const { drawing } = session;
  const isSame = (["width", "height", "channels"] as const).every(
    (size) => drawing?.image[size] === image[size],
  );
  if (drawing && isSame) return drawing;
  session.drawing = new Drawing(session.dataset, session.run, image);
  return session.drawing;
}
