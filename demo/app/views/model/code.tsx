/** @jsxImportSource preact */
/** JavaScript to read: comments, strings, numbers and keywords told apart by colour. */
import type { RefObject } from "preact";

const TOKEN =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<text>"(?:[^"\\]|\\.)*")|(?<keyword>\b(?:import|from|const|new|await|async|export|function|return)\b)|(?<number>\b\d[\d.e-]*\b)/g;

interface CodeProps {
  readonly code: string;
  readonly place: RefObject<HTMLElement | null>;
}

/** The code, in a box that the keyboard can scroll. */
export function Code({ code, place }: CodeProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="code" ref={place} tabIndex={0} aria-label="Code of the run">
      <pre>
        <code>{coloured(code)}</code>
      </pre>
    </section>
  );
}

function coloured(code: string) {
  const parts = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push(code.slice(end, match.index), <span class={`code-${kind}`}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  return [...parts, code.slice(end)];
}
