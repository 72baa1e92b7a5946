/** Downloads the model as a file, and opens a saved one. */
import type { SoftmaxRegression } from "../../../../src/index.ts";
import { FileDrop, FocusableButton } from "../../../ui/buttons.tsx";
import { saveFile, slug } from "../../../ui/save-file.ts";
import { Section } from "../../../ui/section.tsx";
import { named } from "../../data/open-context.ts";
import { receiveFiles } from "../../state/receive-files.ts";
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
      {session.dataset.value.encoder && (
        <p class="hint">
          These files hold weights of encoded features. What turns your columns into features is in the
          project below, which predicts without the data too.
        </p>
      )}
    </Section>
  );
}

/** Returns a file name for a model of a data set: `"Stroke digits"` gives `"stroke-digits.json"`. */
export function fileName(dataset: string, extension: string): string {
  return `${slug(dataset) || "model"}.${extension}`;
}

/** Opens a chosen file as the session's model; the page itself opens what is dropped. */
export function ReopenSection({ session }: { readonly session: Session }) {
  return (
    <Section title="Open a saved model">
      <FileDrop
        label="Open a model"
        rest="or drop its file anywhere on this page"
        accept=".safetensors,.json,application/json"
        onFiles={(files) => void receiveFiles(session, Promise.resolve(files.map(named)))}
      />
      <p class="hint reopen-hint">
        safetensors or JSON, for the data set that is open: {session.dataset.value.name}. It replaces the
        model above.
      </p>
    </Section>
  );
}
