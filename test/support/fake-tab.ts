/** A tab that a test hides and shows, and the attention of a page in it. */
import { TabAttention } from "../../bench/page/attention.ts";

class FakeTab extends EventTarget {
  hidden = false;

  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

/** Makes a tab that is in front. @param now the clock of its attention, which stands still by default */
export function makeTab(now = () => 0) {
  const tab = new FakeTab();
  return { tab, attention: new TabAttention(tab as unknown as Document, now) };
}
