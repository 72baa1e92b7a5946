/** Picture files in the view "Try": one is shown to the model, several are predicted, and which drops the view takes. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type NamedFile, nameOf, type OpenContext } from "../../data/open-context.ts";
import { isPicture } from "../../data/open-kind.ts";
import type { Session } from "../../state/session.ts";
import { limitsOf } from "./decide.ts";
import type { Drawing } from "./drawing.ts";
import { FilePrediction } from "./files/file-prediction.ts";

/** Imports the code with the first file, to keep the view small. */
const predictors = () => import("./files/predict-pictures.ts");

/**
 * Shows one picture file to the model, and predicts several. Takes a single picture that is dropped or pasted anywhere
 * on the page.
 *
 * @param onShown called once a picture is shown
 */
export function usePictureFiles(session: Session, drawing: Drawing, onShown: () => void) {
  const [prediction] = useState(() => new FilePrediction());
  const [problem, setProblem] = useState("");
  /** Counts the pictures to show: one that was read slowly never replaces a later one. */
  const turns = useRef(0);
  const dataset = session.dataset.value;
  const targetNow = () => ({ dataset, image: drawing.image, style: drawing.style.peek() });
  const show = async (file: NamedFile) => {
    const turn = ++turns.current;
    setProblem("");
    try {
      const { readPicture } = await predictors();
      const x = await readPicture(file, targetNow());
      if (turn !== turns.current) return;
      drawing.source.value = { kind: "picture", x, name: nameOf(file) };
      onShown();
    } catch (error) {
      if (turn === turns.current) setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const predict = async (files: readonly NamedFile[], context: OpenContext) => {
    const inUse = session.run.inUse.peek();
    if (!inUse) throw new Error("Train the model first, then open the pictures again.");
    const { predictPictures } = await predictors();
    return predictPictures(files, { ...targetNow(), limits: limitsOf(session) }, inUse, context);
  };
  const offer = async (coming: Promise<readonly NamedFile[]>) => {
    // A folder that cannot be read is explained by the prediction.
    const [file, ...others] = await coming.catch(() => []);
    if (file && others.length === 0) await show(file);
    else await prediction.start(async (context) => predict(await coming, context));
  };
  // A layout effect runs before the view can be seen, so no drop is lost.
  useLayoutEffect(() => {
    const take = (files: readonly NamedFile[]) => {
      const isOne = files.length === 1 && isPicture(files[0]);
      if (isOne) void show(files[0]);
      return isOne;
    };
    session.taker = take;
    return () => {
      if (session.taker === take) session.taker = null;
    };
  });
  return { show, offer, prediction, problem };
}
