/** Saves bytes or text as a file through the browser's own download. */

/** Starts the download. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // A click only asks for the download; the address has to outlive the asking.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file's name for a model of a data set: `"Stroke digits"` gives `"stroke-digits.json"`. */
export function fileName(dataset: string, extension: string): string {
  const plain = dataset
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${plain || "model"}.${extension}`;
}
