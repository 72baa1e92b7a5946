/** Files that stand where data should be: each is named as what it is, whatever it is called. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import { standInOf } from "../../demo/app/data/open-kind.ts";
import { openModel } from "../../demo/app/state/open-model.ts";
import { file, open } from "../support/demo-files.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`;
const PAGE = "\n\n<!-- served -->\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>";

const NAMES = ["x.npy", "train-images-idx3-ubyte", "iris.csv", "data.bin"];
const bytes = (text: string) => new TextEncoder().encode(text);

describe.each(NAMES)("%s", (name) => {
  test.each([
    [
      "a Git LFS pointer",
      POINTER,
      "is a Git LFS pointer and not the file of 12,345 bytes that it stands for",
    ],
    ["an HTML page", PAGE, "is an HTML page and no data"],
    ["an XML page", '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "is an XML document"],
    ["an archive", "PK\u0003\u0004…x.npy", "is a zip archive; unpack it"],
  ])("that is %s", async (_, text, message) => {
    await expect(open([file(name, text)])).rejects.toThrow(`${name}: ${message}`);
    const packed = file(`${name}.gz`, new Uint8Array(gzipSync(text)));
    await expect(open([packed])).rejects.toThrow(`${name}.gz: ${message}`);
  });
});

test("a workbook is read whatever its name, but not if it is packed once more", async () => {
  const text = "PK\u0003\u0004…[Content_Types].xml";
  await expect(open([file("iris.csv", text)])).rejects.toThrow("iris.csv: is cut off or no zip archive");
  const packed = file("iris.csv.gz", new Uint8Array(gzipSync(text)));
  await expect(open([packed])).rejects.toThrow("is a workbook or document of an office program; save");
});

test.each([
  ["a Git LFS pointer", POINTER, /^is a Git LFS pointer/],
  ["an HTML page", PAGE, /^is an HTML page/],
])("a model that is %s", async (_, text, message) => {
  const opening = openModel(new Blob([text]), clouds(2), "reference");
  await expect(opening).rejects.toThrow(message);
});

test("a page of many comments that are not closed is looked at once", () => {
  expect(standInOf(bytes(`${"<!--a-->".repeat(120)}<!--`))).toBe(null);
  expect(standInOf(bytes(`${"<!--a-->".repeat(100)}<html>`))).toMatch(/^is an HTML page/);
});

test.each(["version,html\n1,a\n", "html\n", "<0.5,a\n", "", "\u0093NUMPY"])("%j is none of them", (text) => {
  expect(standInOf(bytes(text))).toBe(null);
});
