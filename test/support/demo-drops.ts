/** Files dropped on the demo, and what it answers. */
import type { Page } from "puppeteer";

/** Waits until an alert says this. */
export async function alerted(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('[role="alert"]')].some(({ textContent }) =>
        textContent?.includes(wanted),
      ),
    {},
    text,
  );
}

/** Files that the page gets as a file chooser would give them, for dropping. */
export async function filesFromDisk(page: Page, paths: readonly string[]): Promise<Dropped[]> {
  const chooser = await page.evaluateHandle(() => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", multiple: true });
    return input;
  });
  await chooser.uploadFile(...paths);
  const names = await chooser.evaluate(({ files }) => {
    for (const file of files ?? []) Object.assign(window, { [file.name]: file });
    return Array.from(files ?? [], ({ name }) => name);
  });
  return names.map((name) => ({ name, fromPage: name }));
}

/** A file to drop: with this text, or from a Blob that the page keeps under this name. */
export interface Dropped {
  readonly name: string;
  readonly text?: string;
  readonly fromPage?: string;
}

/** Drops files on the page, or on its element with this selector, as a hand would. */
export async function dropOn(page: Page, files: readonly Dropped[], on = "body"): Promise<void> {
  await page.waitForSelector(on);
  await page.evaluate(
    (dropped, selector) => {
      const dataTransfer = new DataTransfer();
      for (const { name, text, fromPage } of dropped) {
        const content = fromPage ? (Reflect.get(window, fromPage) as Blob) : (text ?? "");
        dataTransfer.items.add(new File([content], name));
      }
      for (const type of ["dragenter", "dragover", "drop"]) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector(selector)?.dispatchEvent(event);
        if (type !== "dragenter" && !event.defaultPrevented)
          throw new Error(`the browser would leave the page for the file: ${type} is not prevented`);
      }
    },
    files as Dropped[],
    on,
  );
}
