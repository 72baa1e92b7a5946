/** The code that repeats the run, coloured, with a button that copies it. */
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { optionsOf as optionsOfFile } from "../../../../src/model/save.ts";
import { codeParts } from "../../../ui/code-parts.ts";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { Section } from "../../../ui/section.tsx";
import { optionsOf } from "../../state/choices.ts";
import type { ModelProps } from "./facts-section.tsx";
import { snippetOf } from "./snippet.ts";

const LEADS = {
  whole: "Complete code: equal rows and options, and on the same device an equal model.",
  ownRows: "Equal options. Reading and splitting the rows is up to you: the library reads no such files.",
};

export function SnippetSection({ session, saved }: ModelProps) {
  const place = useRef<HTMLElement>(null);
  const dataset = session.dataset.value;
  const choices = session.choices.value;
  // A model from a file has its own options.
  const options = saved ? optionsOfFile(saved, { device: choices.device }) : optionsOf(choices);
  const code = snippetOf({ dataset, options });
  return (
    <Section title="The same run, in code" lead={dataset.code ? LEADS.whole : LEADS.ownRows}>
      <Code code={code} place={place} />
      <CopyButton
        label="Copy the code"
        text={code}
        refused="This browser does not let the page copy. The code is selected: copy it with Ctrl+C or ⌘C."
        onRefused={() => place.current && getSelection()?.selectAllChildren(place.current)}
      />
    </Section>
  );
}

interface CodeProps {
  readonly code: string;
  readonly place: RefObject<HTMLElement | null>;
}

/** The code, in a box that the keyboard can scroll. */
function Code({ code, place }: CodeProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="code box" ref={place} tabIndex={0} aria-label="Code of the run">
      <pre>
        <code>
          {codeParts(code).map(({ text, class: colour }) =>
            colour === null ? text : <span class={colour}>{text}</span>,
          )}
        </code>
      </pre>
    </section>
  );
}
