/** @jsxImportSource preact */
/** The code that reproduces the run, to be taken along. */
import { useRef } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import type { SavedModel } from "../../../../src/formats/saved-model.ts";
import { optionsOf as optionsOfFile } from "../../../../src/model/save.ts";
import { optionsOf } from "../../state/choices.ts";
import type { Session } from "../../state/session.ts";
import { Code } from "./code.tsx";
import { CopyButton } from "./copy-button.tsx";
import { snippetOf } from "./snippet.ts";

const LEADS = {
  whole: "This is all it takes: the same rows and the same options, and on the same device the same model.",
  ownRows: "The same options. Rows and how they are split come from you: the library reads no such files.",
};

interface SnippetSectionProps {
  readonly session: Session;
  readonly saved: SavedModel | null;
}

/** The panel. */
export function SnippetSection({ session, saved }: SnippetSectionProps) {
  const place = useRef<HTMLElement>(null);
  const dataset = session.dataset.value;
  const choices = session.choices.value;
  // A model from a file brings options of its own.
  const options = saved ? optionsOfFile(saved, { device: choices.device }) : optionsOf(choices);
  const code = snippetOf({ dataset, options });
  return (
    <Section title="The same run, in code" lead={dataset.code ? LEADS.whole : LEADS.ownRows}>
      <Code code={code} place={place} />
      <CopyButton text={code} place={place} />
    </Section>
  );
}
