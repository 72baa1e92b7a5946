/** @jsxImportSource preact */
/** The model as a file, in one of three formats. */

import { Section } from "../../../../bench/page/components/section.tsx";
import type { SoftmaxRegression } from "../../../../src/index.ts";
import { CalmButton } from "../../components/calm-button.tsx";
import type { Session } from "../../state/session.ts";
import { fileName, saveFile } from "./save-file.ts";

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
    hint: "Small and exact. Opens here again, and goes on training where it was paused.",
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

/** The panel. */
export function DownloadSection({ session }: { readonly session: Session }) {
  const { model } = session;
  return (
    <Section title="Keep it">
      <ul class="formats">
        {FORMATS.map(({ name, extension, type, hint, contentOf }) => (
          <li key={name}>
            <CalmButton
              label={`Download ${name}`}
              isOff={!model}
              onPress={() =>
                model &&
                void contentOf(model).then((content) =>
                  saveFile(fileName(session.dataset.value.name, extension), content, type),
                )
              }
            />
            <span class="hint">{hint}</span>
          </li>
        ))}
      </ul>
      {!model && <p class="hint">There is something to download once a round is trained.</p>}
    </Section>
  );
}
