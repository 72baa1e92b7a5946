/** The camera of this machine: off until it is started, and off again when the page is hidden. */
import { batch, type Signal, signal } from "@preact/signals";

/** The size of the video that is requested. A camera gives the nearest size that it has. */
const WISHES: MediaStreamConstraints = {
  video: { width: { ideal: 640 }, height: { ideal: 480 } },
  audio: false,
};

const INSTEAD = "or add picture files instead";
/** Sentences for people about the errors of `getUserMedia`, by the error's name. */
const PROBLEMS: Readonly<Record<string, string>> = {
  NotAllowedError: `The camera was not allowed. Allow it for this page in the browser’s address bar and start it again, ${INSTEAD}.`,
  NotFoundError: `No camera was found. Connect one and start it again, ${INSTEAD}.`,
  OverconstrainedError: `No camera was found. Connect one and start it again, ${INSTEAD}.`,
  NotReadableError: `The camera is in use elsewhere. Close the other program or tab and start it again, ${INSTEAD}.`,
};

export class Camera {
  readonly state: Signal<"off" | "starting" | "on"> = signal<"off" | "starting" | "on">("off");
  /** Why it is off, and what to do; empty if there is nothing to say. */
  readonly problem: Signal<string> = signal("");
  /** The video of the camera; null while the camera is off. */
  readonly stream: Signal<MediaStream | null> = signal<MediaStream | null>(null);
  /** Changes with every start and stop, so that a stream that comes too late is ended. */
  #turn = 0;

  /** Asks for the camera. Does nothing while it is on or starting. */
  async start(): Promise<void> {
    if (this.state.value !== "off") return;
    const turn = ++this.#turn;
    batch(() => {
      this.state.value = "starting";
      this.problem.value = "";
    });
    document.addEventListener("visibilitychange", this.#onVisibility);
    try {
      const stream = await streamOfCamera();
      if (turn !== this.#turn) return endTracks(stream);
      for (const track of stream.getTracks())
        track.onended = () => this.#fail("The camera stopped by itself. Start it again.");
      batch(() => {
        this.stream.value = stream;
        this.state.value = "on";
      });
    } catch (error) {
      if (turn === this.#turn) this.#fail(problemOf(error));
    }
  }

  /** Switches the camera off. Does nothing if it is off. */
  stop(): void {
    this.#turn++;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    const stream = this.stream.value;
    if (stream) endTracks(stream);
    batch(() => {
      this.stream.value = null;
      this.state.value = "off";
    });
  }

  #fail(problem: string): void {
    this.stop();
    this.problem.value = problem;
  }

  readonly #onVisibility = (): void => {
    if (document.hidden)
      this.#fail("The camera was switched off while this page was hidden. Start it again.");
  };
}

/** @throws DOMException by `getUserMedia`; Error pages that browsers give no camera */
async function streamOfCamera(): Promise<MediaStream> {
  // Absent on pages that came over http, though the types say otherwise.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) return devices.getUserMedia(WISHES);
  throw new Error(
    `Browsers give the camera only to pages that came over https. Open this page so, ${INSTEAD}.`,
  );
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (
    PROBLEMS[error.name] ??
    (error.name === "Error" ? error.message : `The camera does not start: ${error.message}.`)
  );
}

function endTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
