/** A picture to try: drawn, opened, pasted or from the camera, its probabilities, and which pixels speak for a class. */
import { useMemo, useState } from "preact/hooks";
import { FocusableButton } from "../../../ui/buttons.tsx";
import { Section } from "../../../ui/section.tsx";
import { type DemoDataset, type ImageShape, originOf } from "../../data/demo-dataset.ts";
import { termsOfRow } from "../../data/row-terms.ts";
import { brief } from "../../data/text.ts";
import type { Session } from "../../state/session.ts";
import { Decision } from "./decision.tsx";
import { DrawCanvas } from "./draw-canvas.tsx";
import type { Drawing } from "./drawing.ts";
import { drawingOf } from "./drawing-of.ts";
import { EvidencePicture } from "./evidence-picture.tsx";
import { FilePanel } from "./files/predict-panel.tsx";
import { Pad } from "./pad.tsx";
import { usePictureFiles } from "./picture-files.ts";
import { PictureSources } from "./picture-sources.tsx";
import { Probabilities, spokenAnswer } from "./probabilities.tsx";
import { UnlikeNotice } from "./unlike-notice.tsx";
import { UntrainedNotice } from "./untrained-notice.tsx";

interface PictureTryProps {
  readonly session: Session;
  readonly image: ImageShape;
}

export function PictureTry({ session, image }: PictureTryProps) {
  const drawing = drawingOf(session, image);
  const [spoken, setSpoken] = useState("");
  const speak = () => setSpoken(spokenAnswer(drawing));
  const { show, offer, prediction, problem } = usePictureFiles(session, drawing, speak);
  const isTrained = session.run.inUse.value !== null;
  const isDrawn = image.channels === 1;
  return (
    <>
      <div class="try columns">
        <Section title={isDrawn ? "Draw" : "Picture"}>
          <DrawCanvas drawing={drawing} onEnd={speak} />
          <SheetButtons session={session} drawing={drawing} onEnd={speak} />
          <PictureSources session={session} drawing={drawing} onFile={(file) => void show(file)} />
          <p role="alert" class={problem ? "message error" : "message-place"}>
            {problem}
          </p>
          {isDrawn && <Pad drawing={drawing} onEnd={speak} />}
        </Section>
        <Section title="Probabilities">
          <Answer session={session} drawing={drawing} />
          <p class="unseen" role="status">
            {spoken}
          </p>
        </Section>
        <Section title={isTrained ? "Evidence" : "What the model sees"}>
          <EvidencePicture drawing={drawing} />
          <p class="hint">
            {isTrained && "What each pixel adds to a score: weight × pixel. "}
            {isDrawn && "A drawing is centred and scaled as the images in training are."}
          </p>
        </Section>
      </div>
      {isTrained && (
        <FilePanel
          title="Predict pictures"
          lead="Several pictures at once: you get a table of their paths and predictions."
          label="Choose pictures"
          rest="or drop several here"
          accept="image/*"
          multiple
          isTrained
          prediction={prediction}
          onFiles={(files) => void offer(files)}
        />
      )}
    </>
  );
}

interface SessionDrawing {
  readonly session: Session;
  readonly drawing: Drawing;
}

/** The probabilities of the drawing, and whether it is unlike the training images. */
function Answer({ session, drawing }: SessionDrawing) {
  const x = drawing.picture.value?.x;
  const terms = useMemo(() => (x ? termsOfRow({ data: x, rows: 1, cols: x.length }, 0) : null), [x]);
  const snapshot = session.run.inUse.value?.snapshot;
  if (!snapshot) return <UntrainedNotice session={session} stays="your drawing stays." />;
  return (
    <>
      <UnlikeNotice terms={terms} likeness={session.likeness.latest.value?.likeness ?? null} />
      <Probabilities drawing={drawing} classes={snapshot.classes} />
      <Decision session={session} prediction={drawing.prediction.value} />
    </>
  );
}

interface SheetButtonsProps extends SessionDrawing {
  readonly onEnd: () => void;
}

function SheetButtons({ session, drawing, onEnd }: SheetButtonsProps) {
  const dataset = session.dataset.value;
  const source = drawing.source.value;
  return (
    <>
      <div class="buttons">
        <FocusableButton label="Clear" isDisabled={!drawing.picture.value} onPress={() => drawing.clear()} />
        {drawing.image.channels === 1 && (
          <FocusableButton
            label="Undo"
            isDisabled={source.kind !== "strokes" || source.strokes.length === 0}
            onPress={() => drawing.undo()}
          />
        )}
        {dataset.validation.x.rows > 0 && (
          <button
            type="button"
            onClick={() => {
              drawing.loadSample(dataset);
              onEnd();
            }}
          >
            {source.kind === "sample" ? "Next sample" : "Validation sample"}
          </button>
        )}
      </div>
      {source.kind === "picture" && <p class="hint">This is {brief(source.name)}.</p>}
      {source.kind === "sample" && (
        <p class="hint">
          {sampleName(source.dataset, source.row)}, labelled{" "}
          {brief(String(source.dataset.validation.y[source.row]))}. The model was not trained on it.
        </p>
      )}
    </>
  );
}

function sampleName({ validation }: DemoDataset, row: number): string {
  const origin = originOf(validation, row);
  return `Validation sample ${row + 1}${origin === null ? "" : `, ${brief(origin)}`}`;
}
