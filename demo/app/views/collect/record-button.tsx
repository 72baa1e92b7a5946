/** A button that records while it is held: by a pointer, or by Space or Enter. */
import { useEffect, useRef, useState } from "preact/hooks";

/** Time from one picture to the next, ms. */
const INTERVAL = 100;

interface RecordButtonProps {
  /** Name of the recorded class, for screen readers. */
  readonly of: string;
  readonly isDisabled: boolean;
  /** Takes a picture. */
  readonly take: () => Promise<void>;
  /** Called after the last picture, once the button is let go. */
  readonly onEnd: () => void;
  /** Called with the reason if a picture cannot be taken; the recording ends. */
  readonly onFailure: (error: unknown) => void;
}

const isKey = ({ key }: KeyboardEvent) => key === " " || key === "Enter";

export function RecordButton({ of, isDisabled, ...recording }: RecordButtonProps) {
  const { take, onEnd, onFailure } = recording;
  const { isHeld, hold, release } = useHold(isDisabled, recording);
  return (
    <button
      type="button"
      class={isHeld ? "record held" : "record"}
      aria-disabled={isDisabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold();
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        if (!event.repeat) hold();
      }}
      onKeyUp={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        release();
      }}
      onClick={({ detail }) => {
        // Screen readers press without a pointer: that takes one picture.
        if (detail === 0 && !isDisabled) void take().then(onEnd, onFailure);
      }}
    >
      {isHeld ? "Recording …" : "Hold to record"}
      <span class="unseen"> {of}</span>
    </button>
  );
}

/** Records from `hold` to `release`, and no longer than the button is enabled and on the page. */
function useHold(
  isDisabled: boolean,
  { take, onEnd, onFailure }: Pick<RecordButtonProps, "take" | "onEnd" | "onFailure">,
) {
  const [isHeld, setHeld] = useState(false);
  const end = useRef(() => {});
  const release = () => end.current();
  const hold = () => {
    if (isDisabled || isHeld) return;
    const holding = new AbortController();
    setHeld(true);
    const letGo = () => {
      if (holding.signal.aborted) return;
      holding.abort();
      setHeld(false);
    };
    end.current = letGo;
    void record(take, holding.signal).then(onEnd, onFailure).finally(letGo);
  };
  useEffect(() => {
    if (isDisabled) release();
  }, [isDisabled]);
  useEffect(() => release, []);
  return { isHeld, hold, release };
}

/** Takes pictures, one after the other, until the signal is aborted; one at least. */
async function record(take: () => Promise<void>, signal: AbortSignal): Promise<void> {
  do {
    const next = performance.now() + INTERVAL;
    await take();
    await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
  } while (!signal.aborted);
}
