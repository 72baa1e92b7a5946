/** The frame of every view: the line at the top with name, views and links, and the line at the bottom. */
import { linksFrom } from "../../ui/site.ts";
import { TITLES, type ViewName } from "../view-names.ts";

/** Links to the pages beside the demo, at its top and, since a phone has no room there, at its bottom. */
const LINKS = linksFrom("demo");

const ICON = new URL("../../icon.svg", import.meta.url).href;

export function PageHeader({ view }: { readonly view: ViewName }) {
  return (
    <header class="page-header">
      <h1>
        <img src={ICON} alt="" width={24} height={24} />
        softmax-webgpu
      </h1>
      <nav class="views" aria-label="Views">
        {Object.entries(TITLES).map(([name, title]) => (
          <a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {LINKS.length > 0 && (
        <nav class="page-links" aria-label="More pages">
          <PageLinks />
        </nav>
      )}
    </header>
  );
}

export function PageFooter() {
  return (
    <footer class="page-footer">
      <p>
        A classifier that trains in this tab, on the GPU if there is one, else in WebAssembly. Your data stays
        on this computer: nothing is sent anywhere, and the page works offline once it is loaded.
      </p>
      {LINKS.length > 0 && (
        <p class="flow">
          <PageLinks />
        </p>
      )}
    </footer>
  );
}

function PageLinks() {
  return (
    <>
      {LINKS.map(({ label, href }) => (
        <a key={href} class="link" href={href}>
          {label}
        </a>
      ))}
    </>
  );
}
