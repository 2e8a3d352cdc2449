import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { inventorySchema } from "./inventory-schema.js";
import { readInventory } from "./read-inventory.js";

function inventory(text: string) {
  const directory = mkdtempSync(join(tmpdir(), "sloth-inventory-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "agents.yaml"), text);
  return readInventory(join(directory, "agents.yaml"));
}

describe("an inventory", () => {
  it("has agents with labels, credentials and other names, in the order of its file", async () => {
    const { entries, file } = await inventory(`
build2:
  address: build2.lan:4000
  labels: { gpu: true, cores: 8, zone: eu }
  credential: { file: build2.join }
  aliases: [fast, "192.168.1.100:50051"]
build1: { address: "[::1]:4000", credential: { env: BUILD1 } }
gpu: { address: gpu.lan, credential: { file: ~/gpu.join } }
`);
    expect(entries).toEqual([
      {
        target: {
          label: "build2",
          host: "build2.lan",
          port: 4000,
          credential: { file: join(file ?? "", "..", "build2.join") },
        },
        labels: { gpu: true, cores: 8, zone: "eu" },
        aliases: ["fast", "192.168.1.100:50051"],
      },
      {
        target: { label: "build1", host: "::1", port: 4000, credential: { env: "BUILD1" } },
        labels: {},
        aliases: [],
      },
      {
        target: {
          label: "gpu",
          host: "gpu.lan",
          port: 50051,
          credential: { file: join(homedir(), "gpu.join") },
        },
        labels: {},
        aliases: [],
      },
    ]);
  });

  it("may be empty", async () => {
    expect((await inventory("# nobody yet")).entries).toEqual([]);
  });

  it.each<[string, number, RegExp]>([
    ["[1, 2]", 1, /must be a map of agents/],
    ["a: 3", 1, /"a"/],
    ["a:\n  address: 4", 2, /"a" → address/],
    ["a:\n  address: h:99999", 2, /outside of 1 to 65535/],
    [
      "agents:\n  build1: { address: h:1 }",
      1,
      /"build1" stands below "agents": agents stand at the top of the file/,
    ],
    ["agents:\n  - { address: h:1 }", 1, /"agents" is a list: agents stand at the top of the file/],
    ["a:\n  address: h:1\n  lables: { gpu: true }", 3, /unknown field "lables"\. Did you mean "labels"\?/],
    ["b: { address: h:1 }\na:\n  adress: h:1", 3, /unknown field "adress"\. Did you mean "address"\?/],
    ["a:\n  address: h:1\n  labels:\n    os: a b", 4, /"a" → labels → os/],
    ["a:\n  address: h:1\n  labels:\n    a=b: true", 4, /"a" → labels/],
    ["a:\n  address: h:1\n  token: s3cr3t", 3, /no secret in this file.*credential: \{ file: PATH \}/],
    ["a:\n  address: h:1\n  credential: s3cr3t", 3, /no secret in this file/],
    ["a:\n  address: h:1\n  credential: { token: s3cr3t }", 3, /no secret in this file/],
    ["a:\n  address: h:1\n  credential: { flie: x }", 3, /\{ file: PATH \} or \{ env: NAME \}/],
    [
      "a: { address: h:1 }\nb:\n  address: h:2\n  aliases:\n    - c\n    - a",
      6,
      /"a" is a name of "a" already/,
    ],
  ])("refuses %j with its line", async (text, line, message) => {
    const refused = await inventory(text).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refused).toMatchObject({ code: "INVENTORY", message: expect.stringMatching(message) });
    expect(refused?.message).toContain(`agents.yaml:${line}: `);
    expect(refused?.message).not.toContain("s3cr3t");
  });

  it.each(["a: {", "a: 1\na: 2"])("refuses what is no YAML: %j", async (text) => {
    await expect(inventory(text)).rejects.toMatchObject({ code: "INVENTORY" });
  });

  it("is described by the published schema", () => {
    const location = new URL("../../../../docs/schema/agents-yaml.v1.json", import.meta.url);
    const text = `${JSON.stringify(z.toJSONSchema(inventorySchema), undefined, 2)}\n`;
    if (process.env.UPDATE_SCHEMA) writeFileSync(location, text);
    expect(readFileSync(location, "utf8")).toBe(text);
  });
});
