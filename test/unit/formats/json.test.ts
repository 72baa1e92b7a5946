/** The strict JSON reader compared with `JSON.parse`, and what it refuses beyond that. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonValue, MAX_DEPTH, parseJson } from "../../../src/formats/json.ts";
import { checkJson, formatJson } from "../../../src/formats/json-write.ts";
import { expectFormatError, join, processorTime, truncations, utf8 } from "./support.ts";

const read = (text: string) => parseJson(text, "file");

/** One more than an object may have entries. */
const MANY = Array.from({ length: 65_537 }, (_, i) => i);

describe("valid text", () => {
  test.each([
    "null",
    " true ",
    '\t\r\n[ 1 , -0 , 0.5e-3 , 1E+2 , "" , { } , [ ] ]\n',
    '{"a":{"a":[{"b":1},{"b":2}]},"":0,"toString":1,"2":2,"1":1}',
    '"\\u0041\\n\\"\\\\\\/ \\ud83d\\ude00 \\ud800 \u2028 é"',
    "5e-324",
    "1.7976931348623157e308",
    "0.1000000000000000055511151231257827",
  ])("%s", async (text) => expect(await read(text)).toEqual(JSON.parse(text)));

  test("any value, written here or by the platform", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        fc.pre(!/"(__proto__|constructor|prototype)"/.test(JSON.stringify(value)));
        expect(await read(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(await read(await formatJson(value as JsonValue))).toEqual(value);
      }),
    );
  });

  test("any float64, bit for bit", async () => {
    const values = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await read(await formatJson(value))).toBe(value);
      }),
    );
  });

  test("as deep as is accepted", async () => {
    const text = "[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH);
    expect(await read(text)).toEqual(JSON.parse(text));
  });
});

describe("long arrays of numbers, which are read in pieces", () => {
  /** More numbers than one piece holds, some with white space around them. */
  const numbers = Array.from({ length: 12_000 }, (_, i) =>
    i % 3 ? `${(i - 6000) / 7}` : ` -${i}e-2\n`,
  ).join(",");
  const rows = Array.from({ length: 9_000 }, (_, i) => (i % 100 ? `[${i}, -0,1.5]` : "[ ]")).join(", ");

  test.each([
    ["numbers", `[${numbers}]`],
    ["rows of numbers", `[${rows}]`],
    ["rows longer than a piece", `[[${numbers}],[${numbers}]]`],
    ["numbers, then anything", `[${numbers}, "a", [[${numbers}]], {"b": [${numbers}]}, null, ${numbers}]`],
    ["rows, one of them with a row in it", `[${rows}, [1, [2], 3], ${rows}]`],
    ["as deep as they may be", `${"[".repeat(MAX_DEPTH)}${numbers}${"]".repeat(MAX_DEPTH)}`],
  ])("%s", async (_, text) => expect(await read(text)).toEqual(JSON.parse(text)));

  test.each([
    ["a number too large", `[${numbers},`, `1e999,${numbers}]`, /a number too large/],
    ["a number too large in a row", `[${rows},[1,`, `1e999],${rows}]`, /a number too large/],
    ["a leading zero", `[${numbers},0`, `1,${numbers}]`, /expected a comma/],
    ["a comma too many", `[${numbers},`, `,${numbers}]`, /expected a value/],
    ["a comma at the end", `[${numbers},\n`, "]", /expected a value/],
    ["a comma at the end of a row", `[${rows},[1,`, `],${rows}]`, /expected a value/],
    ["no comma between rows", `[${rows},[1]`, `[2],${rows}]`, /expected a comma/],
    ["NaN", `[${numbers},`, "NaN]", /expected a value/],
  ])("%s is refused where it is", async (_, before, rest, reason) => {
    const [line, column] = [before.split("\n").length, before.length - before.lastIndexOf("\n")];
    const place = `line ${line}, column ${column}: `;
    await expectFormatError(() => read(before + rest), "file", new RegExp(place + reason.source));
  });

  test("too deep by a row", async () => {
    const text = `${"[".repeat(MAX_DEPTH)}${rows}${"]".repeat(MAX_DEPTH)}`;
    await expectFormatError(() => read(text), "file", /more than 64 levels/);
  });
});

describe("bytes, which are decoded part by part", () => {
  /** Number of bytes decoded at a time. */
  const PART = 2 ** 19;
  const size = (text: string) => utf8(text).length;

  /** Text that fills the first part except for some bytes at its end, and text after the value that follows. */
  const FILLINGS: Record<string, (bytes: number) => readonly [before: string, after: string]> = {
    "space before a value": (bytes) => [`{"a":${" ".repeat(bytes - 5)}`, "}"],
    "a key": (bytes) => [`{"${"x".repeat(bytes - 4)}":`, "}"],
    numbers: (bytes) => [`[${"1,".repeat(Math.floor((bytes - 1) / 2)).padEnd(bytes - 1)}`, "]"],
  };
  const ITEMS = ["true", "-12.5e-3", "1e5", '"a\\\\\\"b"', '"é\u{1f600}"', '{"é": []}', "[[3, 4],5]"];

  describe.each(Object.entries(FILLINGS))("after %s", (_, filling) => {
    test.each(ITEMS)("%s, cut between any two bytes", async (item) => {
      for (let before = 0; before <= size(item) + 1; before++) {
        const [start, end] = filling(PART - before);
        const text = `${start}${item} ${end}`;
        const [found, expected] = [await parseJson(utf8(text), "file"), JSON.parse(text)];
        expect(Object.values(found as object).slice(-2)).toEqual(Object.values(expected).slice(-2));
      }
    });
  });

  test("a string of many parts, numbers of many parts", async () => {
    for (const text of [
      `["${'x\\"é'.repeat(PART)}"]`,
      `[${"1.5,".repeat(PART)}2]`,
      `[-${"1".repeat(300)}.${"1".repeat(PART)}]`,
    ])
      expect(await parseJson(utf8(text), "file")).toEqual(JSON.parse(text));
  });

  test("an error names line and column, and bytes that are not UTF-8 are an error", async () => {
    const rows = "[1, 2],\n".repeat(PART / 4);
    const faulty = `{"a": [${rows}[1, 2]],\n "b": [${rows} 01]}`;
    const place = new RegExp(`line ${PART / 2 + 2}, column 3: expected a comma`);
    await expectFormatError(() => parseJson(faulty, "file"), "file.b", place);
    await expectFormatError(() => parseJson(utf8(faulty), "file"), "file.b", place);
    const inOneLine = "[1, 2],".repeat(PART / 4);
    const column = new RegExp(`line 1, column ${inOneLine.length + 3}: expected a comma`);
    await expectFormatError(() => parseJson(utf8(`[${inOneLine}01]`), "file"), "file", column);
    const late = join(utf8(`[${rows}[1, 2]]`), [0xff]);
    await expectFormatError(() => parseJson(late, "file"), "file", /expected text in UTF-8/);
    const cut = join(utf8(`["${"x".repeat(PART - 3)}`), [0xc3]);
    await expectFormatError(() => parseJson(cut, "file"), "file", /expected text in UTF-8/);
  });
});

describe("refused, with the keys that lead to the error and its line and column", () => {
  test.each([
    ["a key twice", '{"a": {"b": 1, "c": 2, "b": 1}}', "file.a.b", /line 1, column 27: .* occurs twice/],
    ["a key twice, escaped", '{"b": 1, "\\u0062": 1}', "file.b", /occurs twice/],
    ["__proto__", '[{"__proto__": {}}]', "file", /"__proto__" cannot be a key/],
    ["__proto__, escaped", '{"\\u005f_proto__": 1}', "file", /"__proto__" cannot be a key/],
    ["constructor", '{"a": {"constructor": 1}}', "file.a", /"constructor" cannot be a key/],
    ["prototype", '{"prototype": 1}', "file", /"prototype" cannot be a key/],
    ["too deep", "[".repeat(100_000), "file", /more than 64 levels/],
    ["too deep in objects", '{"a":'.repeat(65), `file${".a".repeat(64)}`, /more than 64 levels/],
    ["too many entries", `{${MANY.map((i) => `"${i}":0`)}}`, "file", /more than 65536 entries/],
    ["a number too large", '{"a": 1e309}', "file.a", /too large for float64/],
    ["NaN", "[NaN]", "file", /line 1, column 2: expected a value/],
    ["a comma too many", '{"a": 1,\n }', "file", /line 2, column 2: expected a key/],
    ["a comma too many in a list", "[1,]", "file", /expected a value/],
    ["no comma", "[1 2]", "file", /expected a comma or \]/],
    ["no colon", '{"a" 1}', "file.a", /expected a colon/],
    ["a leading zero", "[01]", "file", /expected a comma/],
    ["a leading plus", "+1", "file", /expected a value/],
    ["a number that ends in its point", "[1.]", "file", /expected a comma/],
    ["single quotes", "{'a': 1}", "file", /expected a key in quotation marks/],
    ["a comment", "/* */ 1", "file", /expected a value/],
    ["a byte order mark", "\ufeff{}", "file", /expected a value/],
    ["a bad escape", '"\\x41"', "file", /bad escape or a control character/],
    ["a tab in a string", '"\t"', "file", /bad escape or a control character/],
    ["text after the value", "{} {}", "file", /column 4: expected the end/],
    ["nothing", " ", "file", /expected a value, and the text ends here/],
    ["no end of a string", '["a\\"', "file", /ends inside a string/],
  ])("%s", (_, text, argument, reason) => expectFormatError(() => read(text), argument, reason));

  test("cut at every byte", async () => {
    for (const part of truncations(utf8('{"a": [1, {"b": "c"}, null], "d": -1.5e3}'))) {
      await expectFormatError(() => read(new TextDecoder().decode(part)), /^file/, /not valid JSON/);
    }
  });

  test("two million characters: within a second", async () => {
    for (const part of ["[", "\n", '"', "[]", '{"', "1", "-", "\\", '[["']) {
      const start = processorTime();
      await expectFormatError(() => read(part.repeat(2e6 / part.length)), /^file/, /not valid JSON/);
      expect(processorTime() - start, part).toBeLessThan(1000);
    }
  });

  test("an error at the end of many numbers: within a second", async () => {
    for (const part of ["1,", "[1],", "[1,[2]],", '1,"a",', "[[[1]]],"]) {
      const start = processorTime();
      const text = `[${part.repeat(60_000 / part.length)}01]`;
      await expectFormatError(() => read(text), "file", /a comma or \]/);
      expect(processorTime() - start, part).toBeLessThan(1000);
    }
  });
});

describe("values that JSON cannot hold", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  test.each([
    ["NaN", { a: [Number.NaN] }, "options.a[0]", /got NaN/],
    ["infinity", { a: { b: -Infinity } }, "options.a.b", /got -Infinity/],
    ["undefined", { a: undefined }, "options.a", /got undefined/],
    ["a hole", new Array(2), "options[0]", /got undefined/],
    ["a function", { a: () => 1 }, "options.a", /got a function/],
    ["a big integer", 1n, "options", /got 1/],
    ["a date", { a: new Date(0) }, "options.a", /Date/],
    ["a typed array", { a: new Float64Array(1) }, "options.a", /Float64Array/],
    ["an unsafe key", { a: { constructor: 1 } }, "options.a", /"constructor" cannot be a key/],
    ["many entries", Object.fromEntries(MANY.map((i) => [i, 0])), "options", /more than 65536/],
    ["a cycle", cycle, `options${"[0]".repeat(32)}`, /more than 32 levels/],
  ])("%s", async (_, value, argument, reason) => {
    await expectFormatError(() => checkJson(value, "options"), argument, reason);
  });
});

test("text is formatted for people", async () => {
  expect(await formatJson({ a: [1, -0], b: [[1], [2]], c: {}, d: [] })).toBe(
    '{\n  "a": [1, -0],\n  "b": [\n    [1],\n    [2]\n  ],\n  "c": {},\n  "d": []\n}',
  );
});
