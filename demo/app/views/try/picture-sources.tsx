/** Pictures to try that are not drawn: opened, pasted, or what the camera sees, live. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type NamedFile, named } from "../../data/open-context.ts";
import { Camera } from "../../data/pictures/camera.ts";
import { pictureRow } from "../../data/pictures/picture-row.ts";
import type { Session } from "../../state/session.ts";
import { CameraView } from "../collect/camera-view.tsx";
import type { Drawing } from "./drawing.ts";
import { fitOf, rowOfBytes } from "./picture-row.ts";

/** Time between two looks at the camera, ms. */
const INTERVAL = 200;

interface PictureSourcesProps {
  readonly session: Session;
  readonly drawing: Drawing;
  readonly onFile: (file: NamedFile) => void;
}

export function PictureSources({ session, drawing, onFile }: PictureSourcesProps) {
  const [isCameraOpen, setCameraOpen] = useState(false);
  return (
    <>
      <div class="buttons sources">
        <label class="file-button">
          <input
            type="file"
            class="unseen"
            accept="image/*"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              // Without this the same file could not be chosen again.
              currentTarget.value = "";
              if (file) onFile(named(file));
            }}
          />
          Open a picture
        </label>
        <button type="button" aria-pressed={isCameraOpen} onClick={() => setCameraOpen(!isCameraOpen)}>
          Camera
        </button>
      </div>
      <p class="hint">Or drop or paste one.</p>
      {isCameraOpen && <LiveCamera session={session} drawing={drawing} />}
    </>
  );
}

/** Starts the camera, and shows what it sees to the model until it is closed or the page is hidden. */
function LiveCamera({ session, drawing }: Omit<PictureSourcesProps, "onFile">) {
  const camera = useMemo(() => new Camera(), []);
  const video = useRef<HTMLVideoElement>(null);
  const dataset = session.dataset.value;
  const isOn = camera.state.value === "on";
  useEffect(() => {
    void camera.start();
    return () => camera.stop();
  }, [camera]);
  useEffect(() => {
    if (!isOn) return;
    const look = async () => {
      const seen = video.current;
      if (!seen || seen.videoWidth === 0) return;
      const bytes = await pictureRow(seen, drawing.image, fitOf(dataset));
      if (camera.state.peek() !== "on") return;
      const x = rowOfBytes(bytes, dataset, drawing.image, drawing.style.peek());
      drawing.source.value = { kind: "picture", x, name: "the camera" };
    };
    const timer = setInterval(() => void look(), INTERVAL);
    return () => clearInterval(timer);
  }, [isOn, dataset, drawing, camera]);
  return (
    <CameraView
      camera={camera}
      video={video}
      fit={fitOf(dataset)}
      hint="Start the camera: the model answers as you move."
    />
  );
}
