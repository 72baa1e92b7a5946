/** Checks of what the engine itself contributes: letters, streams, arithmetic of integers, errors. */
import { checksum } from "../../support/checksum.ts";
import theirs from "../../support/text-vectorizers.json" with { type: "json" };
import { assert, assertClose, assertSame, type Checks, rejection } from "./given.ts";

/** Three images of 2 × 4 pixels as an IDX file. */
const IMAGES = Uint8Array.from([
  ...[0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 4],
  ...Array.from({ length: 24 }, (_, i) => (i * 37 + 5) % 256),
]);
const LABELS = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 255]);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

const numbers = (text: string) => text.split(" ").map(Number);

export const PLATFORM_CHECKS: Checks = {
  "drawn digits have the bytes that they have elsewhere": async ({ library }) => {
    const { x, y } = library.digits.strokeDigits({ rows: 500, seed: 1 });
    assertSame([checksum(x.data), checksum(y)], ["27e2d49b", "8153b1cb"], "checksums");
  },

  "IDX files, plain and compressed, whole, cut short and with bytes behind": async ({ library }) => {
    const { readIdxPair, readIdxImages, FormatError } = library.main;
    const zipped = await gzip(IMAGES);
    for (const images of [IMAGES, zipped, new Blob([zipped]), new Response(zipped)]) {
      const { x, y } = await readIdxPair(images, await gzip(LABELS));
      assertSame([x.rows, x.height, x.width, [...y]], [3, 2, 4, [7, 0, 255]], "sizes and labels");
      assertSame(x.data, IMAGES.subarray(16), "pixels");
    }
    const large = new Uint8Array(16 + 3_000_000);
    large.set([0, 0, 8, 3, 0, 0, 0x0b, 0xb8, 0, 0, 0, 10, 0, 0, 0, 100]);
    assertSame((await readIdxImages(await gzip(large))).data.length, 3_000_000, "length of a long file");
    const wrong = zipped.slice();
    wrong[zipped.length >> 1] ^= 255;
    for (const [what, file] of Object.entries({
      "cut short": zipped.subarray(0, zipped.length - 9),
      altered: wrong,
      "bytes behind": Uint8Array.from([...zipped, 1, 2, 3, 4]),
      "a second member behind": Uint8Array.from([...zipped, ...zipped]),
    })) {
      const error = await rejection(readIdxImages(file));
      assert(error instanceof FormatError, `${what}: ${error}`);
    }
  },

  "vectorizers have scikit-learn's columns and values on texts of many scripts": async ({ library }) => {
    for (const { options, ...expected } of theirs.cases) {
      const { tokenPattern, ...others } = options as Record<string, unknown>;
      const pattern = typeof tokenPattern === "string" && { tokenPattern: new RegExp(tokenPattern, "u") };
      const vectorizer = new library.text.TextVectorizer({ ...others, ...pattern });
      const x = await vectorizer.fitTransform(theirs.texts);
      const what = JSON.stringify(options);
      assertSame(vectorizer.featureNames, expected.names?.split("\x01") ?? null, what);
      assertSame([x.indptr, x.indices], [numbers(expected.indptr), numbers(expected.indices)], what);
      assertClose(x.data, numbers(expected.data), { absolute: 1e-8, relative: 1e-7 }, what);
    }
  },

  "words of a language without spaces": async ({ library }) => {
    const vectorizer = new library.text.TextVectorizer({ segmenter: "ja" });
    await vectorizer.fit(["私は猫が好きです。", "猫は私が好きです。"]);
    assert(vectorizer.featureNames?.includes("猫") ?? false, `words: ${vectorizer.featureNames}`);
  },

  "bad input is refused by errors that all entries share": async ({ library }) => {
    const { SoftmaxRegression, DataError, OptionError } = library.main;
    assertSame(library.text.DataError === DataError, true, "one class of errors");
    const unknown = await rejection(Promise.resolve().then(() => new SoftmaxRegression({ C: 1 } as object)));
    assert(unknown instanceof OptionError && unknown.message.includes("l2"), String(unknown));
    const model = new SoftmaxRegression({ device: "wasm" });
    const error = await rejection(model.fit([[1], [Number.NaN]], [0, 1]));
    assert(error instanceof DataError, String(error));
  },
};
