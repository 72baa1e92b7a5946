/** The view "Model": the model as files, and the code that trains it again. */
import { useEffect, useState } from "preact/hooks";
import { readModel } from "../../../../src/formats/read-model.ts";
import type { SavedModel } from "../../../../src/formats/saved-model.ts";
import type { Session } from "../../state/session.ts";
import { FactsSection } from "./facts-section.tsx";
import { DownloadSection, ReopenSection } from "./files-section.tsx";
import { ProjectSection } from "./project-section.tsx";
import { SnippetSection } from "./snippet-section.tsx";
import "../../../ui/styles/code.css";
import "../../styles/model.css";

export function ModelView({ session }: { readonly session: Session }) {
  const { model } = session.run;
  const status = session.run.status.value;
  // The facts of a file change when a run begins or ends, not with every epoch.
  const [saved, setSaved] = useState<SavedModel | null>(null);
  useEffect(() => {
    let isCurrent = true;
    if (!model) setSaved(null);
    else
      model
        .toSafetensors()
        .then(readModel)
        .then(
          (latest) => isCurrent && setSaved(latest),
          (error: Error) => {
            // If the model was disposed of, its successor's facts are being read.
            if (isCurrent) session.run.message.value = { kind: "error", text: error.message, cause: error };
          },
        );
    return () => {
      isCurrent = false;
    };
  }, [model, status]);
  return (
    <>
      <FactsSection session={session} saved={saved} />
      <div class="columns model-files">
        <DownloadSection session={session} />
        <ReopenSection session={session} />
      </div>
      <ProjectSection session={session} />
      <SnippetSection session={session} saved={saved} />
    </>
  );
}
