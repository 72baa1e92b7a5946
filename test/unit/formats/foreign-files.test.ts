/** Foreign files, in the place of a file that was never downloaded: every reader says what they are. */
import { describe, expect, test } from "vitest";
import { foreignKindOf } from "../../../src/data/foreign-file.ts";
import { readNpy } from "../../../src/formats/npy.ts";
import { readSafetensors } from "../../../src/formats/safetensors.ts";
import { readIdxImages, readIdxLabels, SoftmaxRegression } from "../../../src/index.ts";
import { type Bytes, expectFormatError, join, utf8 } from "./support.ts";

const POINTER = utf8(`version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`);

const FOREIGN: readonly (readonly [what: string, file: Bytes, reason: RegExp])[] = [
  ["a Git LFS pointer", POINTER, /this is a Git LFS pointer, .*git lfs pull/],
  ["a page", utf8('<!DOCTYPE html>\n<html lang="en"><title>404</title>'), /this is a page of HTML/],
  ["a page in capitals, after a line", utf8("\r\n <HTML><BODY>Sign in</BODY></HTML>"), /page of HTML/],
  ["a page after a byte order mark", join([0xef, 0xbb, 0xbf], utf8("<html>é</html>")), /page of HTML/],
  ["a page in Latin-1", join(utf8("<html>"), [0xe9], utf8("</html>")), /page of HTML/],
  ["a server's error", utf8('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'), /HTML or XML/],
];

const coef = [[1], [2]];
const classes = [0, 1];

const READERS: Record<string, readonly [argument: string, read: (file: Bytes) => Promise<unknown>]> = {
  "a model from bytes": ["model", (file) => SoftmaxRegression.load(file)],
  "a model from a response": ["model", (file) => SoftmaxRegression.load(new Response(file))],
  "a model from text": ["model", (file) => SoftmaxRegression.load(new TextDecoder().decode(file))],
  safetensors: ["safetensors", readSafetensors],
  NPY: ["npy", readNpy],
  "coefficients of scikit-learn": ["coef", (file) => SoftmaxRegression.fromSklearn({ coef: file, classes })],
  "classes of scikit-learn": ["classes", (file) => SoftmaxRegression.fromSklearn({ coef, classes: file })],
  "JSON of scikit-learn": [
    "sklearn",
    (file) => SoftmaxRegression.fromSklearn(new TextDecoder().decode(file)),
  ],
  "images in IDX": ["images", readIdxImages],
  "labels in IDX": ["labels", (file) => readIdxLabels(new Blob([file]))],
};

describe.each(Object.entries(READERS))("in the place of %s", (_, [argument, read]) => {
  test.each(FOREIGN)("%s", async (_, file, reason) => expectFormatError(() => read(file), argument, reason));
});

test("any other text is refused for what the reader expected in it", async () => {
  for (const text of ["version of nothing", "<3", "html"]) {
    await expectFormatError(() => SoftmaxRegression.load(text), "model", /not valid JSON/);
    await expectFormatError(() => readNpy(utf8(text)), "npy", /expected an NPY file/);
    await expectFormatError(() => readIdxImages(utf8(text.padEnd(4))), "images", /expected the magic number/);
  }
  expect.hasAssertions();
});

test("their kind is told by the first bytes or characters", () => {
  expect(foreignKindOf(POINTER)).toBe("git-lfs-pointer");
  expect(foreignKindOf("<!-- served --><html>")).toBe("html");
  expect(foreignKindOf("\ufeff<HTML>")).toBe("html");
  expect(foreignKindOf(utf8('<?xml version="1.0"?>'))).toBe("xml");
  for (const text of ["", "version of nothing", "<3", "html"]) expect(foreignKindOf(text)).toBe(null);
});
