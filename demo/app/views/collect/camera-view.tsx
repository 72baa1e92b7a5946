/** The camera's picture, and the button that starts and stops it. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { Camera } from "../../data/pictures/camera.ts";
import type { PictureFit } from "../../data/pictures/picture-fit.ts";

const LABELS = {
  off: "Start the camera",
  starting: "Waiting for the camera …",
  on: "Stop the camera",
} as const;

interface CameraViewProps {
  readonly camera: Camera;
  /** The element that shows what the camera sees. */
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly fit: PictureFit;
  /** Hint that is shown while the camera is off. */
  readonly hint: string;
}

export function CameraView({ camera, video, fit, hint }: CameraViewProps) {
  const state = camera.state.value;
  const stream = camera.stream.value;
  const problem = camera.problem.value;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div class="camera">
      <div class="camera-place">
        <video
          ref={video}
          class={`camera-picture ${fit}`}
          hidden={!stream}
          autoPlay
          muted
          playsInline
          aria-label="What the camera sees"
        />
        {!stream && <p class="hint">{hint}</p>}
      </div>
      <button type="button" onClick={() => (state === "off" ? void camera.start() : camera.stop())}>
        {LABELS[state]}
      </button>
      <p role="alert" class={problem ? "message error" : "message-place"}>
        {problem}
      </p>
    </div>
  );
}

/** Returns the frame that a video shows as a file; null before its first. */
export async function frameOf(video: HTMLVideoElement, name: string): Promise<File | null> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const canvas = new OffscreenCanvas(videoWidth, videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
  return new File([blob], name, { type: blob.type });
}
