/** Saves the whole session as a file, opens such a file, and forgets what this browser keeps. */
import { useState } from "preact/hooks";
import { FileDrop } from "../../../ui/buttons.tsx";
import { CheckBox } from "../../../ui/fields.tsx";
import { saveFile } from "../../../ui/save-file.ts";
import { Section } from "../../../ui/section.tsx";
import type { Session } from "../../state/session.ts";
import { fileName } from "./files-section.tsx";

/** Outcome of the last press. */
interface Result {
  readonly problem: string;
  readonly notice: string;
}

const NOTHING: Result = { problem: "", notice: "" };

export function ProjectSection({ session }: { readonly session: Session }) {
  const [hasRows, setHasRows] = useState(true);
  const [{ problem, notice }, setResult] = useState(NOTHING);
  const attempt = async (doing: string, work: () => Promise<string>) => {
    setResult({ problem: "", notice: doing });
    try {
      setResult({ problem: "", notice: await work() });
    } catch (error) {
      setResult({ problem: error instanceof Error ? error.message : String(error), notice: "" });
    }
  };
  const save = () =>
    attempt("Packing the project …", async () => {
      const { projectOf } = await import("../../state/project/save-project.ts");
      const name = fileName(session.dataset.value.name, "softmax.zip");
      saveFile(name, await projectOf(session, hasRows), "application/zip");
      return `${name} is saved.`;
    });
  const open = (file: File) =>
    attempt("Opening the project …", async () => {
      const { openProject } = await import("../../state/project/open-project.ts");
      await openProject(session, file);
      return `${file.name} is open.`;
    });
  // Without rows only a model is left to save.
  const isEmpty = !hasRows && session.run.model === null;
  return (
    <Section title="The whole project" lead="Data, columns, options, curves and model in one file.">
      <CheckBox
        label="With the data"
        hint="Without its rows a project predicts, here or elsewhere, and cannot go on training."
        value={hasRows}
        onChoose={setHasRows}
      />
      <div class="buttons project-buttons">
        <button type="button" aria-disabled={isEmpty} onClick={() => !isEmpty && void save()}>
          Save the project
        </button>
      </div>
      <FileDrop
        label="Open a project"
        rest="that was saved here, ending in .softmax.zip"
        accept=".zip,.softmax"
        onFiles={([file]) => void open(file)}
      />
      <div role="alert">{problem && <p class="notice">{problem}</p>}</div>
      <div role="status">{notice && <p class="opened">{notice}</p>}</div>
      <Forget session={session} />
    </Section>
  );
}

/** The button that deletes what this browser keeps. */
function Forget({ session }: { readonly session: Session }) {
  const { problem, forget } = session.kept;
  if (problem.value || !forget) return null;
  return (
    <div class="forget">
      <p class="hint">This browser keeps the session, so that a reload loses nothing. It is sent nowhere.</p>
      <div class="buttons">
        <button type="button" onClick={() => void forget()}>
          Forget everything
        </button>
      </div>
    </div>
  );
}
