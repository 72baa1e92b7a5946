/** What is read of the demo about a table: its form, the end of a run, and the test on all rows. */
import type { Page } from "puppeteer";

/** What the form about a table says before anything is changed. */
export async function formOf(page: Page) {
  return page.evaluate(() => {
    const form = document.querySelector("form.opening");
    const boxes = [...(form?.querySelectorAll<HTMLInputElement>(".feature-checks input") ?? [])];
    return {
      label: form?.querySelector<HTMLSelectElement>(".label-column select")?.value,
      hasHeader: form?.querySelector<HTMLInputElement>(".header-question input")?.checked ?? null,
      isDoubtful: form?.querySelector(".header-question.message") !== null,
      rows: form?.querySelectorAll(".table-preview tbody tr").length,
      kinds: Object.fromEntries(
        boxes.map(({ checked, labels, parentElement }) => [
          labels?.[0].textContent,
          checked ? parentElement?.parentElement?.querySelector("select")?.value : "left out",
        ]),
      ),
    };
  });
}

/** Waits until a run is done and the confusion matrix is of the same model. */
export async function trained(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const text = document.body.innerText;
      const place = /Done after (?:epoch|iteration) (\d+)/.exec(text)?.[1];
      return place !== undefined && new RegExp(`After (epoch|iteration) ${place}: `).test(text);
    },
    { timeout: 90_000, polling: 100 },
  );
}

/** What the sentence about the test on all rows says; accuracies in percent. */
export async function testedOnAll(page: Page) {
  const sentence =
    /Tested on all ([\d,]+) \w+, each .*: ([\d,]+) right \(([\d.]+)%; .* ([\d.]+)% to ([\d.]+)%\)/;
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector<HTMLElement>(".cross-check")?.innerText ?? ""),
    { timeout: 60_000, polling: 100 },
    sentence.source,
  );
  const text = await page.$eval(".cross-check", (element) => (element as HTMLElement).innerText);
  const [rows, right, accuracy, low, high] = (sentence.exec(text) ?? [])
    .slice(1)
    .map((figure) => Number(figure.replace(",", "")));
  return { rows, right, accuracy, low, high };
}
