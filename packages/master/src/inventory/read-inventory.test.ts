import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Delegation } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { readInventory } from "./read-inventory.js";

function inventory(text: string) {
  const directory = mkdtempSync(join(tmpdir(), "sloth-inventory-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "agents.yaml"), text);
  return readInventory(join(directory, "agents.yaml"));
}

describe("an inventory", () => {
  it("sends an address to another one, and keeps its name for people", async () => {
    const { resolve } = await inventory(`"192.168.1.100:50051": { address: "localhost:50051" }`);
    expect(resolve({ kind: "address", host: "192.168.1.100", port: 50051 })).toEqual({
      label: "192.168.1.100:50051",
      host: "localhost",
      port: 50051,
    });
  });

  it("names an agent", async () => {
    const { resolve } = await inventory(`build1: { address: "[::1]:4000" }`);
    expect(resolve({ kind: "name", name: "build1" })).toMatchObject({
      label: "build1",
      host: "::1",
      port: 4000,
    });
  });

  it("leaves other addresses alone", async () => {
    const { resolve } = await inventory("");
    expect(resolve({ kind: "address", host: "h", port: 1 })).toEqual({ label: "h:1", host: "h", port: 1 });
  });

  it("says which names it has when one is missing", async () => {
    const { resolve } = await inventory(`build1: { address: "h:1" }`);
    expect(() => resolve({ kind: "name", name: "build2" })).toThrow(/build2.*build1/);
  });

  it.each<Delegation>([
    { kind: "labels", labels: { gpu: true } },
    { kind: "any", of: [{ kind: "name", name: "build1" }] },
    { kind: "name", name: "build1", max: 2 },
  ])("does not choose among agents yet: %j", async (delegation) => {
    const { resolve } = await inventory(`build1: { address: "h:1" }`);
    expect(() => resolve(delegation)).toThrow(expect.objectContaining({ code: "NOT_SUPPORTED" }));
  });

  it.each([
    `[1, 2]`,
    `a: 3`,
    `a: { address: 4 }`,
    `a: { address: "h:99999" }`,
    `a: { address: "h:1", port: 2 }`,
    `a: {`,
  ])("refuses %s", async (text) => {
    await expect(inventory(text)).rejects.toMatchObject({ code: "INVENTORY" });
  });
});
