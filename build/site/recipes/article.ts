/** Markdown of this repository as HTML: headings have anchors, and what may be wide scrolls by itself. */
import { Marked, Renderer, type Tokens } from "marked";
import { codeParts } from "../../../demo/ui/code-parts.ts";

/** Languages of code that is coloured. */
const COLOURED = ["js", "mjs"];
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Returns Markdown as HTML. */
export function articleOf(markdown: string): string {
  return new Marked().parse(markdown, { async: false, renderer: new ArticleRenderer() });
}

/** Returns a text as HTML shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

class ArticleRenderer extends Renderer {
  /** The last heading, which names what is below it for who cannot see that. */
  #heading = "";

  override heading(token: Tokens.Heading): string {
    this.#heading = token.text;
    const { depth, text } = token;
    return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(token.tokens)}</h${depth}>\n`;
  }

  /** Files of the repository are not on the site: their names stay, without a link. */
  override link(token: Tokens.Link): string {
    return /^(#|https:)/.test(token.href) ? super.link(token) : this.parser.parseInline(token.tokens);
  }

  override table(token: Tokens.Table): string {
    return this.#scrolled("scroll-box", "Table", super.table(token));
  }

  override code({ text, lang = "" }: Tokens.Code): string {
    const parts = COLOURED.includes(lang) ? codeParts(text) : [{ text, class: null }];
    const html = parts.map((part) =>
      part.class === null ? escaped(part.text) : `<span class="${part.class}">${escaped(part.text)}</span>`,
    );
    return this.#scrolled("code box", "Code", `<pre><code>${html.join("")}</code></pre>`);
  }

  /** Puts content in a box with the keyboard's focus, so that arrow keys can scroll it. */
  #scrolled(boxClass: string, kind: string, content: string): string {
    const label = escaped(`${kind}: ${this.#heading}`);
    return `<section class="${boxClass}" aria-label="${label}" tabindex="0">${content}</section>\n`;
  }
}

/** Returns the anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
