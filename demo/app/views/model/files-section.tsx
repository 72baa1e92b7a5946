/** Downloads the model as a file, and opens a saved one. */
import { useState } from "preact/hooks";
import type { SoftmaxRegression } from "../../../../src/index.ts";
import { FileDrop, FocusableButton } from "../../../ui/buttons.tsx";
import { saveFile, slug } from "../../../ui/save-file.ts";
import { Section } from "../../../ui/section.tsx";
import { useDrops } from "../../../ui/use-drops.ts";
import { isProjectFile } from "../../state/project/project-file.ts";
import type { Session } from "../../state/session.ts";

interface Format {
  readonly name: string;
  readonly extension: string;
  readonly type: string;
  readonly hint: string;
  readonly contentOf: (model: SoftmaxRegression) => Promise<BlobPart>;
}

const FORMATS: readonly Format[] = [
  {
    name: "safetensors",
    extension: "safetensors",
    type: "application/octet-stream",
    hint: "Small and exact. Opens here again, and continues training where it was paused.",
    contentOf: (model) => model.toSafetensors(),
  },
  {
    name: "JSON",
    extension: "json",
    type: "application/json",
    hint: "The same as text that people can read.",
    contentOf: (model) => model.toJsonText(),
  },
  {
    name: "ONNX",
    extension: "onnx",
    type: "application/octet-stream",
    hint: "To predict elsewhere: x in, logits and probabilities out. It does not open here.",
    contentOf: (model) => model.toOnnx(),
  },
];

export function DownloadSection({ session }: { readonly session: Session }) {
  const { model } = session.run;
  const download = async ({ extension, type, contentOf }: Format) => {
    if (!model) return;
    const content = await contentOf(model);
    saveFile(fileName(session.dataset.value.name, extension), content, type);
  };
  return (
    <Section title="Download the model">
      <ul class="formats">
        {FORMATS.map((format) => (
          <li key={format.name}>
            <FocusableButton
              label={`Download ${format.name}`}
              isDisabled={!model}
              onPress={() => void download(format)}
            />
            <span class="hint">{format.hint}</span>
          </li>
        ))}
      </ul>
      {!model && <p class="hint">There is a model to download after the first epoch.</p>}
    </Section>
  );
}

/** Returns a file name for a model of a data set: `"Stroke digits"` gives `"stroke-digits.json"`. */
export function fileName(dataset: string, extension: string): string {
  return `${slug(dataset) || "model"}.${extension}`;
}

/** Opens a file, chosen or dropped anywhere on the page, as the session's model. */
export function ReopenSection({ session }: { readonly session: Session }) {
  const [{ problem, notice }, setResult] = useState({ problem: "", notice: "" });
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      if (isProjectFile(file)) {
        await (await import("../../state/project/open-project.ts")).openProject(session, file);
        setResult({ problem: "", notice: `${file.name} is open.` });
        return;
      }
      if (!/\.(safetensors|json|onnx)$/i.test(file.name))
        throw new Error("this is no model. Data is opened in the view “Train”.");
      await session.adopt(file);
      setResult({ problem: "", notice: `${file.name} is open.` });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const named = reason.startsWith(`${file.name}: `) ? reason : `${file.name}: ${reason}`;
      setResult({ problem: named, notice: "" });
    }
  };
  useDrops(({ files }) => void open(files[0]));
  return (
    <Section title="Open a saved model">
      <FileDrop
        label="Open a model"
        rest="or drop its file anywhere on this view"
        accept=".safetensors,.json,application/json"
        onFiles={([file]) => void open(file)}
      />
      <p class="hint reopen-hint">
        safetensors or JSON, for the data set that is open: {session.dataset.value.name}. It replaces the
        model above.
      </p>
      <div role="alert">{problem && <p class="notice">{problem}</p>}</div>
      <div role="status">{notice && <p class="opened">{notice}</p>}</div>
    </Section>
  );
}
