/** Opens a model's file, chosen or dropped anywhere on the page, and says what came of it. */
import { useLayoutEffect, useState } from "preact/hooks";
import type { Session } from "../../state/session.ts";
import { setFileName } from "./model-names.ts";

/** What came of the last file, and the way to open one. */
export interface Reopen {
  readonly problem: string | null;
  readonly notice: string | null;
  readonly open: (file: File) => Promise<void>;
}

/** Files become the session's model. */
export function useReopen(session: Session): Reopen {
  const [said, setSaid] = useState<Pick<Reopen, "problem" | "notice">>({ problem: null, notice: null });

  const open = async (file: File) => {
    try {
      if (!/\.(safetensors|json|onnx)$/i.test(file.name))
        throw new Error("this is no model. Data is opened in the view “Train”.");
      await session.adopt(file);
      if (session.model) setFileName(session.model, file.name);
      setSaid({ problem: null, notice: `${file.name} is open.` });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setSaid({ problem: `${file.name}: ${reason}`, notice: null });
    }
  };

  // Before the view is seen, so that nothing that is dropped on it is lost.
  useLayoutEffect(() => {
    const drop = (event: DragEvent) => {
      const file = event.dataTransfer?.files[0];
      if (file) void open(file);
    };
    addEventListener("drop", drop);
    return () => removeEventListener("drop", drop);
  }, [session]);

  return { ...said, open };
}
