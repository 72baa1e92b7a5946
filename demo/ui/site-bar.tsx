/** The line above a page that lies beside others: the project's name, and links to the other pages. */
import { linksFrom, type PageName } from "./site.ts";

const ICON = new URL("../icon.svg", import.meta.url).href;

/** Shows nothing above a page that is alone. */
export function SiteBar({ page }: { readonly page: PageName }) {
  const links = linksFrom(page);
  if (links.length === 0) return null;
  return (
    <nav class="site-bar" aria-label="Pages">
      <p class="name">
        <img src={ICON} alt="" width={24} height={24} />
        softmax-webgpu
      </p>
      <p>
        {links.map(({ label, href }) => (
          <a key={href} class="link" href={href}>
            {label}
          </a>
        ))}
      </p>
    </nav>
  );
}
