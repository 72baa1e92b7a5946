/** Code in parts, for colours. */

const TOKEN =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|(?<keyword>\b(?:import|from|const|let|new|await|async|export|function|return|for|of|if|else|while|try|catch|finally|throw)\b)|(?<number>\b\d[\d.e-]*\b)/g;

/** A part, and the class of its colour; null for code without one. */
export interface CodePart {
  readonly text: string;
  readonly class: string | null;
}

/** Cuts JavaScript into comments, strings, keywords, numbers and what is between them. */
export function codeParts(code: string): CodePart[] {
  const parts: CodePart[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push(
      { text: code.slice(end, match.index), class: null },
      { text: match[0], class: `code-${kind}` },
    );
    end = match.index + match[0].length;
  }
  return [...parts, { text: code.slice(end), class: null }];
}
