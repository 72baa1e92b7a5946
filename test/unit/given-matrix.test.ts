/** Forms in which callers pass a matrix: what they become, what is refused at once, and what to write instead. */
import { Tensor } from "onnxruntime-web";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openMatrix, toMatrix } from "../../src/data/given-matrix.ts";
import { allocate, type MatrixData, type MatrixLike } from "../../src/data/matrix.ts";
import { refusal } from "../support/refusal.ts";

const FLAT = [1, 2, 3, 4, 5, 6];

describe("typed rows", () => {
  for (const type of [Float32Array, Float64Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint32Array]) {
    test(`of ${type.name} keep their type, in a copy`, async () => {
      const rows = [type.of(1, 2, 3), type.of(4, 5, 6)];
      const matrix = await toMatrix(rows, "x");
      rows[0][0] = 9;
      expect(matrix).toEqual({ data: type.from(FLAT), rows: 2, cols: 3 });
    });
  }

  test.each<[string, MatrixLike]>([
    ["of several types", [Float32Array.of(1, 2, 3), Int8Array.of(4, 5, 6)]],
    ["and plain ones", [Float32Array.of(1, 2, 3), [4, 5, 6]]],
    ["behind plain ones", [[1, 2, 3], Float32Array.of(4, 5, 6)]],
  ])("%s become doubles", async (_what, rows) => {
    expect(await toMatrix(rows, "x")).toEqual({ data: Float64Array.from(FLAT), rows: 2, cols: 3 });
  });

  test("may be views into a larger buffer", async () => {
    const whole = Float32Array.of(0, ...FLAT);
    const rows = [whole.subarray(1, 4), whole.subarray(4, 7)];
    expect((await toMatrix(rows, "x")).data).toEqual(Float32Array.from(FLAT));
  });

  test.each<[string, unknown[], string, string]>([
    ["a shorter row", [Float32Array.of(1, 2), Float32Array.of(3)], "ShapeError", "row 1 has 1"],
    ["an empty row", [new Float32Array(0)], "ShapeError", "row 0 is empty"],
    ["integers beyond numbers", [BigInt64Array.of(1n)], "DataError", "row 0 is an object (BigInt64Array)"],
  ])("are refused with %s", async (_what, rows, name, words) => {
    await expect(toMatrix(rows as MatrixLike, "x")).rejects.toEqual(refusal(name, "x", words));
  });
});

describe("a tensor", () => {
  test.each<[string, MatrixLike]>([
    ["with a shape", { data: Float32Array.from(FLAT), shape: [2, 3] }],
    ["with dims", { data: Float32Array.from(FLAT), dims: Int32Array.of(2, 3) }],
    ["of onnxruntime-web", new Tensor("float32", Float32Array.from(FLAT), [2, 3])],
    ["of strides", { data: Float32Array.from(FLAT), shape: [2, 3], stride: [3, 1], offset: 0 } as MatrixLike],
  ])("%s is the matrix of its data, without a copy", async (_what, tensor) => {
    const matrix = await toMatrix(tensor, "x");
    expect(matrix).toEqual({ data: Float32Array.from(FLAT), rows: 2, cols: 3 });
    expect(matrix.data).toBe((tensor as { data: MatrixData }).data);
  });

  test("may have a scale", async () => {
    const tensor = { data: Uint8Array.of(1, 2), shape: [2, 1], scale: 0.5 };
    expect(await toMatrix(tensor, "x")).toMatchObject({ scale: 0.5 });
  });

  test("of zeros and ones has their values", async () => {
    const matrix = await toMatrix(new Tensor("bool", [true, false, true, true], [2, 2]), "x");
    expect(matrix).toEqual({ data: Uint8Array.of(1, 0, 1, 1), rows: 2, cols: 2 });
  });

  test("of float16 numbers as 16-bit integers has the values of those numbers", async () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001);
    for (const tensor of [
      { data: bits, dims: [2, 2], type: "float16" },
      { data: bits, shape: [2, 2], dtype: "float16" },
    ]) {
      const { data } = await toMatrix(tensor as MatrixLike, "x");
      expect(data).toEqual(Float32Array.of(1, -2, 0.333251953125, 2 ** -24));
    }
    const integers = await toMatrix({ data: bits, dims: [2, 2], type: "uint16" } as MatrixLike, "x");
    expect(integers.data).toBe(bits);
  });

  const onGpu = Tensor.fromGpuBuffer({} as never, { dataType: "float32", dims: [2, 3] });
  const unreadable = {
    shape: [2, 3],
    get data() {
      throw new Error("not on the CPU");
    },
  };
  const pair = Float32Array.of(1, 2);
  const none = new Float32Array(0);
  test.each<[string, unknown, string, string, string]>([
    ["one dimension", { data: pair, shape: [2] }, "ShapeError", "x.shape", "for one row, write [1, 2]"],
    ["three dimensions", { data: pair, dims: [1, 1, 2] }, "ShapeError", "x.shape", "[1, 1, 2]"],
    ["no dimension", { data: Float32Array.of(1), shape: [] }, "ShapeError", "x.shape", "got []"],
    ["a size of 0", { data: none, shape: [0, 2] }, "ShapeError", "x.shape", "at least 1, got 0"],
    ["a shape that is none", { data: Float32Array.of(1), shape: 3 }, "ShapeError", "x.shape", "got 3"],
    ["more elements", { data: Float32Array.from(FLAT), shape: [2, 2] }, "ShapeError", "x.data", "got 6"],
    [
      "columns first",
      { data: Float32Array.from(FLAT), shape: [2, 3], strides: [1, 2] },
      "DataError",
      "x.strides",
      "expected elements stored row after row, with strides [3, 1] and offset 0, got strides [1, 2] and offset 0",
    ],
    [
      "a part of something larger",
      { data: Float32Array.from(FLAT), shape: [2, 2], stride: [3, 1], offset: 1 },
      "DataError",
      "x.stride",
      "got strides [3, 1] and offset 1",
    ],
    ["a place on the GPU", onGpu, "DataError", "x", 'location "gpu-buffer"; read it back first'],
    ["a place on the GPU", onGpu, "DataError", "x", "or give { buffer: x.gpuBuffer, rows, cols }"],
    ["data that cannot be read", unreadable, "DataError", "x.data", "(not on the CPU); read the tensor back"],
    ["data that are a function", { data: () => [], shape: [2, 3] }, "DataError", "x.data", "await x.data()"],
    ["64-bit integers", new Tensor("int64", [1n, 2n], [2, 1]), "DataError", "x.data", "from(data, Number)"],
    ["strings", new Tensor("string", ["a", "b"], [2, 1]), "DataError", "x.data", "got an array of 2"],
    ["a scale of its own kind", { data: pair, shape: [1, 2], scale() {} }, "DataError", "x.scale", ""],
  ])("with %s is refused at once", (_what, tensor, name, argument, words) => {
    expect(() => openMatrix(tensor as MatrixLike, "x")).toThrow(refusal(name, argument, words));
  });

  test("the stride of an axis of size 1 may be anything", async () => {
    const row = { data: Float32Array.from(FLAT), shape: [1, 6], strides: [99, 1] };
    expect((await toMatrix(row, "x")).cols).toBe(6);
    const column = { data: Float32Array.from(FLAT), shape: [6, 1], strides: [1, 0] };
    expect((await toMatrix(column, "x")).rows).toBe(6);
  });
});

describe("other forms are refused at once, with what to write instead:", () => {
  function* rows() {
    yield [1, 2];
  }
  async function* rowsOverTime() {
    yield [1, 2];
  }
  test.each<[string, unknown, string]>([
    ["a flat typed array", Float32Array.from(FLAT), "got a Float32Array of 6; write { data: x, rows, cols }"],
    ["a row of numbers", [5.1, 3.5], "row 0 is 5.1; write [x] for one row"],
    ["a typed row of numbers", Float32Array.of(1), "or [x] for one row"],
    ["a generator", rows(), "write Array.from(x)"],
    ["a set", new Set([[1]]), "an object (Set); write Array.from(x)"],
    ["rows over time", rowsOverTime(), "collect them first: for await (const row of x) rows.push(row)"],
    ["a promise", Promise.resolve([[1]]), "an object (Promise); await it first"],
    ["promises of rows", [Promise.resolve([1])], "write await Promise.all(x)"],
    ["text", "1,2\n3,4", "text must be parsed first"],
    ["records", [{ a: 1, b: 2 }], "write x.map((row) => Object.values(row))"],
    ["a tensor for each row", [{ data: Float32Array.of(1), dims: [1] }], "write x.map((row) => row.data)"],
    [
      "a table of Arrow",
      { schema: {}, numRows: 1, toArray: () => [] },
      "write x.toArray().map((row) => row.toArray())",
    ],
    ["a data frame", { columns: ["a"], values: [[1]] }, "write its rows, x.values"],
    ["nothing known", new Date(0), "got an object (Date)"],
  ])("%s", (_what, value, words) => {
    expect(() => openMatrix(value as MatrixLike, "x")).toThrow(refusal("DataError", "x", words));
  });
});

describe("an abort", () => {
  test("is heard while rows are converted", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const rows = new Array(400_000).fill([1, 2]);
    rows[rows.length - 1] = ["never reached"];
    const converting = toMatrix(rows, "x", controller.signal);
    controller.abort(reason);
    await expect(converting).rejects.toBe(reason);
  });
});

describe("an array that the engine cannot allocate", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is a LimitError that names the argument", () => {
    const error = refusal("LimitError", "x", `needs a Float64Array of ${2 ** 52} elements`);
    expect(() => allocate(Float64Array, 2 ** 52, "x")).toThrow(error);
  });

  test("is a LimitError for rows as well", async () => {
    class Full {
      constructor() {
        throw new RangeError("Array buffer allocation failed");
      }
    }
    vi.stubGlobal("Float64Array", Full);
    const error = refusal("LimitError", "validation[0]", "elements");
    await expect(toMatrix([[1]], "validation[0]")).rejects.toEqual(error);
    vi.stubGlobal("Float32Array", Full);
    const rows = [new Int8Array(1), Uint8Array.of(1)];
    await expect(toMatrix(rows, "x")).rejects.toEqual(refusal("LimitError", "x", "2 elements"));
  });

  test("another error passes through unchanged", () => {
    class Broken {
      constructor() {
        throw new TypeError("broken");
      }
    }
    expect(() => allocate(Broken, 1, "x")).toThrow(TypeError);
  });
});
