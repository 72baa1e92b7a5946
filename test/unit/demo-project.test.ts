/** Project files: saved and opened they predict the same; damaged and hostile ones are refused, and change nothing. */
import { File } from "node:buffer";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { clouds } from "../../demo/app/data/built-in.ts";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { openProject } from "../../demo/app/state/project/open-project.ts";
import { isProjectFile } from "../../demo/app/state/project/project-file.ts";
import { projectOf } from "../../demo/app/state/project/save-project.ts";
import { Session } from "../../demo/app/state/session.ts";
import { disposeLater } from "../support/dispose-later.ts";

const file = (content: BlobPart, name = "p.softmax.zip") =>
  new File([content as never], name) as unknown as globalThis.File;

/** A session with a model that is trained. */
async function trained(): Promise<Session> {
  const session = disposeLater(new Session({ ...clouds(3), name: "own.csv", isBuiltIn: false, code: null }));
  await session.choose({ ...session.choices.value, device: "reference", epochs: 3, seed: 5 });
  await session.run.start();
  return session;
}

describe("a project", () => {
  test("predicts the same when it is opened again, with its options and curves", async () => {
    const first = await trained();
    const second = disposeLater(new Session(clouds(2)));
    await openProject(second, file(await projectOf(first, true)));
    const { x } = first.dataset.value.validation;
    expect(await second.run.model?.predictProba(x)).toEqual(await first.run.model?.predictProba(x));
    expect(second.dataset.value.name).toBe("own.csv");
    expect(second.choices.value).toEqual(first.choices.value);
    expect(second.run.history.value).toEqual(first.run.history.value);
    expect(second.run.status.value).toBe("done");
  });

  test("has the whole data set again: its rows, how pictures were fitted, and the code that makes it", async () => {
    const image = { width: 2, height: 1, channels: 1 } as const;
    const own = {
      ...clouds(),
      ...{ name: "own.csv", isBuiltIn: false, image },
      pictures: { fit: "fit" },
    } as const;
    const first = disposeLater(new Session(own));
    const second = disposeLater(new Session(clouds(2)));
    await openProject(second, file(await projectOf(first, true)));
    const { isBuiltIn, train, validation, ...fields } = own;
    const part = ({ x, y }: DemoDataset["train"]) => ({ x: { scale: undefined, ...x }, y: [...y] });
    const again = second.dataset.value;
    expect(again).toMatchObject(fields);
    expect([part(again.train), part(again.validation)]).toEqual([part(train), part(validation)]);
    expect(again.isBuiltIn ?? false).toBe(isBuiltIn);
  });

  test("of data that came with the page has them again, without their bytes", async () => {
    const first = disposeLater(new Session(clouds()));
    const second = disposeLater(new Session(clouds(2)));
    const saved = await projectOf(first, true);
    expect(Object.keys(unzipSync(new Uint8Array(await saved.arrayBuffer())))).toEqual(["project.json"]);
    await openProject(second, file(saved));
    expect(second.dataset.value).toEqual(first.dataset.value);
    expect(second.dataset.value.isBuiltIn).toBe(true);
  });

  test("has the limits that were chosen; a threshold of a label that its model lacks is refused", async () => {
    const first = disposeLater(new Session({ ...clouds(2), name: "own.csv", isBuiltIn: false }));
    await first.choose({ ...first.choices.value, device: "reference", epochs: 2 });
    await first.run.start();
    first.minProbability.value = 0.625;
    first.threshold.value = { positive: "B", probability: 0.25 };
    const second = disposeLater(new Session(clouds(2)));
    const saved = await projectOf(first, true);
    await openProject(second, file(saved));
    expect(second.minProbability.value).toBe(0.625);
    expect(second.threshold.value).toEqual({ positive: "B", probability: 0.25 });
    const files = unzipSync(new Uint8Array(await saved.arrayBuffer()));
    const json = JSON.parse(strFromU8(files["project.json"]));
    json.run.threshold.positive = "C";
    const damaged = zipSync({ ...files, "project.json": strToU8(JSON.stringify(json)) });
    await expect(openProject(second, file(damaged as BlobPart))).rejects.toThrow("a label of the model");
    await second.open(clouds(2));
    expect([second.minProbability.value, second.threshold.value]).toEqual([0, null]);
  });

  test("and another that are opened at once: the last one is there, unmixed", async () => {
    const first = await trained();
    const other = disposeLater(new Session({ ...clouds(2), name: "other.csv", isBuiltIn: false }));
    await other.choose({ ...other.choices.value, device: "reference", epochs: 2, seed: 7 });
    await other.run.start();
    const files = [file(await projectOf(first, true)), file(await projectOf(other, true))];
    const session = disposeLater(new Session(clouds(4)));
    await Promise.all(files.map((one) => openProject(session, one)));
    const opened = [first, other].find(({ dataset }) => dataset.value.name === session.dataset.value.name);
    expect(session.choices.value).toEqual(opened?.choices.value);
    expect(session.run.history.value).toEqual(opened?.run.history.value);
    expect(session.run.model?.classes).toEqual(opened?.run.model?.classes);
  });

  test("without its rows still predicts, and says what training lacks", async () => {
    const first = await trained();
    const { train, ...rest } = first.dataset.value;
    // The scale of pictures that are opened later.
    first.dataset.value = { ...rest, train: { ...train, x: { ...asDense(train.x), scale: 0.5 } } };
    const second = disposeLater(new Session(clouds(2)));
    await openProject(second, file(await projectOf(first, false)));
    const { x } = first.dataset.value.validation;
    expect(await second.run.model?.predictProba(x)).toEqual(await first.run.model?.predictProba(x));
    expect(second.classes.value).toEqual(["A", "B", "C"]);
    expect(second.dataset.value.train.x).toMatchObject({ rows: 0, scale: 0.5 });
    await second.run.end();
    await second.run.start();
    expect(second.run.message.value?.kind).toBe("error");
  });

  test.each<[string, () => Uint8Array | string, RegExp]>([
    ["is no archive", () => "PK but no zip", /directory/],
    ["is another archive", () => zipSync({ "a.txt": strToU8("a") }), /no project of this page/],
    ["is of a later version", () => project({ version: 3 }), /another version/],
    ["is of another program", () => project({ format: "x" }), /no project/],
    ["has JSON that is cut off", () => zipSync({ "project.json": strToU8("{") }), /no JSON/],
    ["names data that there are not", () => project({ data: { builtIn: "x" } }), /known data/],
    ["has nothing in it", () => project({}), /expected an object/],
    ["announces more than is read", () => announced(2 ** 31), /more than the/],
  ])("that %s is refused, and changes nothing", async (_, make, message) => {
    const session = disposeLater(new Session(clouds(2)));
    const before = session.dataset.value;
    await expect(openProject(session, file(make() as BlobPart))).rejects.toThrow(message);
    await expect(openProject(session, file(make() as BlobPart))).rejects.toThrow(/^p\.softmax\.zip/);
    expect(session.dataset.value).toBe(before);
  });

  test("that is damaged anywhere is refused or opened, and throws nothing else", async () => {
    const bytes = new Uint8Array(await (await projectOf(await trained(), true)).arrayBuffer());
    const session = disposeLater(new Session(clouds(2)));
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
      const damaged = bytes.slice();
      damaged[at] ^= 0xff;
      const error = await openProject(session, file(damaged)).then(
        () => null,
        (reason: Error) => reason,
      );
      expect(
        error === null || /^(Format|Limit|Option|Data|Shape)Error$/.test(error.name),
        String(error),
      ).toBe(true);
    }
  });

  test("is known by its name", () => {
    expect(
      ["a.softmax.zip", "A.SOFTMAX", "a.zip", "a.softmax.zip.csv"].map((name) => isProjectFile({ name })),
    ).toEqual([true, true, false, false]);
  });
});

/** A project whose JSON has little in it. */
function project(fields: object): Uint8Array {
  const json = { format: "softmax-webgpu project", version: 2, ...fields };
  return zipSync({ "project.json": strToU8(JSON.stringify(json)) });
}

/** A project whose directory announces a size. */
function announced(size: number): Uint8Array {
  const bytes = project({});
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const directory = view.getUint32(bytes.length - 6, true);
  view.setUint32(directory + 24, size, true);
  return bytes;
}
