/** Collecting pictures: classes with names, a camera, files for each class, and the start of the training. */
import { useEffect, useRef, useState } from "preact/hooks";
import { FocusableButton } from "../../../ui/buttons.tsx";
import { PictureOptions } from "../../components/picture-options.tsx";
import { Camera } from "../../data/pictures/camera.ts";
import { createPictureReader, type PictureReader } from "../../data/pictures/picture-reader.ts";
import type { Session } from "../../state/session.ts";
import { CameraView } from "./camera-view.tsx";
import { ClassCard } from "./class-card.tsx";
import { Collection, GOOD_START } from "./collection.ts";
import { THUMBNAIL } from "./thumbnails.tsx";
import "../../styles/collect.css";

export function CollectPanel({ session }: { readonly session: Session }) {
  session.collection ??= new Collection();
  const { collection } = session;
  const [camera] = useState(() => new Camera());
  const heading = useRef<HTMLHeadingElement>(null);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    heading.current?.focus();
    // The camera never outlives the panel.
    return () => camera.stop();
  }, [camera]);
  const problem = collection.problem.value;
  return (
    <section class="collect" aria-labelledby="collect-title">
      <h3 id="collect-title" ref={heading} tabIndex={-1}>
        Collect pictures
      </h3>
      <p class="lead">
        Name at least two classes, collect {GOOD_START} pictures of each, then train. Pictures and camera stay
        in this tab.
      </p>
      <CollectParts collection={collection} camera={camera} speak={setSpoken} />
      <details>
        <summary>Size, colour, border and copies</summary>
        <PictureOptions
          value={collection.choices.value}
          onChoose={(choices) => {
            collection.choices.value = choices;
          }}
        />
      </details>
      <p role="alert" class={problem ? "message error" : "message-place"}>
        {problem}
      </p>
      <CollectButtons session={session} collection={collection} onTrain={() => camera.stop()} />
      <p class="unseen" role="status">
        {spoken}
      </p>
    </section>
  );
}

interface CollectPartsProps {
  readonly collection: Collection;
  readonly camera: Camera;
  /** Tells screen readers something. */
  readonly speak: (text: string) => void;
}

/** The camera beside the classes. */
function CollectParts({ collection, camera, speak }: CollectPartsProps) {
  const reader = useReader();
  const video = useRef<HTMLVideoElement>(null);
  return (
    <div class="collect-parts">
      <CameraView
        camera={camera}
        video={video}
        fit={collection.choices.value.fit}
        hint="Start the camera to record."
      />
      <div>
        <ul class="collect-classes">
          {reader &&
            collection.classes.value.map((own) => (
              <ClassCard
                key={own.id}
                collection={collection}
                own={own}
                video={video}
                isCameraOn={camera.state.value === "on"}
                reader={reader}
                speak={speak}
              />
            ))}
        </ul>
        <button type="button" onClick={() => collection.addClass()}>
          Add a class
        </button>
      </div>
    </div>
  );
}

/** Returns a reader of thumbnails; null before the panel is there. */
function useReader(): PictureReader | null {
  const [reader, setReader] = useState<PictureReader | null>(null);
  useEffect(() => {
    const created = createPictureReader(THUMBNAIL, "crop");
    setReader(created);
    return () => created.dispose();
  }, []);
  return reader;
}

interface CollectButtonsProps {
  readonly session: Session;
  readonly collection: Collection;
  readonly onTrain: () => void;
}

function CollectButtons({ session, collection, onTrain }: CollectButtonsProps) {
  const missing = collection.missing.value;
  const isWorking = session.opening.stage.value.kind === "working";
  return (
    <div class="buttons">
      <FocusableButton
        label="Train on these"
        isPrimary
        isDisabled={missing !== "" || isWorking}
        onPress={() => {
          onTrain();
          void trainOn(session, collection);
        }}
      />
      <button
        type="button"
        onClick={() => {
          session.isCollecting.value = false;
        }}
      >
        Close
      </button>
      <p class="hint">{missing}</p>
    </div>
  );
}

/** Opens the pictures as a data set, and closes the panel; if that fails, the panel stays. */
async function trainOn(session: Session, collection: Collection): Promise<void> {
  const before = session.dataset.value;
  await session.opening.make((context) => collection.make(context));
  if (session.dataset.value !== before) session.isCollecting.value = false;
}
