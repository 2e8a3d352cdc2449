import type { Delegation, Labels } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import type { InventoryEntry } from "./inventory.js";
import { limitInventory, parseLimit } from "./limit.js";
import { makeInventory } from "./make-inventory.js";

function entry(label: string, labels: Labels = {}, aliases: string[] = []): InventoryEntry {
  return { target: { label, host: `${label}.lan`, port: 1 }, labels, aliases };
}

const inventory = makeInventory(
  [
    entry("eu1", { zone: "eu", gpu: true }),
    entry("eu2", { zone: "eu", os: "darwin" }, ["mac", "old.lan:9"]),
    entry("us1", { zone: "us", gpu: true, cpus: 64 }),
  ],
  "agents.yaml",
);

function select(delegation: Delegation) {
  return inventory.select(delegation).candidates.map(({ target, unsettled }) => {
    const asked = unsettled.map((labels) => JSON.stringify(labels)).join(" or ");
    return asked ? `${target.label} if ${asked}` : target.label;
  });
}

const labels = (wanted: Labels): Delegation => ({ kind: "labels", labels: wanted });
const name = (text: string) => ({ kind: "name", name: text }) as const;

describe("an inventory gives for a delegation", () => {
  it.each<[string, Delegation, string[]]>([
    ["an agent by its name", name("eu1"), ["eu1"]],
    ["an agent by an alias, as it was called", name("mac"), ["mac"]],
    ["what an address stands for", { kind: "address", host: "old.lan", port: 9 }, ["old.lan:9"]],
    ["an address that it does not know", { kind: "address", host: "h", port: 9 }, ["h:9"]],
    ["those with labels", labels({ gpu: true }), ["eu1", "us1"]],
    ["those with all of them", labels({ gpu: true, zone: "us" }), ["us1"]],
    ["labels of another type", labels({ gpu: "true" }), ["eu1", "us1"]],
    ["who may have what agents tell", labels({ os: "linux", zone: "eu" }), [`eu1 if {"os":"linux"}`]],
    ["who may have what nobody has written", labels({ fpga: true, zone: "us" }), [`us1 if {"fpga":true}`]],
    ["at least so much", labels({ cpus: 32, gpu: true }), [`eu1 if {"cpus":32}`, "us1"]],
    [
      "each of a list once",
      { kind: "any", of: [name("us1"), { kind: "labels", labels: { gpu: true } }] },
      ["us1", "eu1"],
    ],
    [
      "one that is sure in another way",
      { kind: "any", of: [{ kind: "labels", labels: { arch: "arm64" } }, name("eu1")] },
      ["eu1", `eu2 if {"arch":"arm64"}`, `us1 if {"arch":"arm64"}`],
    ],
    [
      "what is left of a list of which one place has nobody",
      { kind: "any", of: [{ kind: "labels", labels: { zone: "asia" } }, name("eu2")] },
      ["eu2"],
    ],
  ])("%s", (_, delegation, expected) => {
    expect(select(delegation)).toEqual(expected);
  });

  it("one key for what asks for the same agents", () => {
    const key = (delegation: Delegation) => inventory.select(delegation).key;
    expect(key({ ...name("eu2"), max: 1 })).toBe(key(name("mac")));
    expect(key({ kind: "any", of: [name("eu1"), name("us1")] })).toBe(
      key({ kind: "any", of: [name("us1"), name("eu1")] }),
    );
    expect(key(labels({ gpu: true }))).not.toBe(key(labels({ zone: "eu" })));
  });

  it.each<[string, Delegation, RegExp]>([
    [
      "labels",
      labels({ zone: "asia" }),
      /No agent has zone=asia\. agents\.yaml has: eu1 \(zone=eu,gpu\), eu2 \(/,
    ],
    ["a name", name("eu3"), /no agent "eu3".*Did you mean "eu1"\? It has: eu1, eu2, mac, old\.lan:9, us1\./],
    ["a name in a list", { kind: "any", of: [name("eu1"), name("eu9")] }, /no agent "eu9"/],
  ])("who there is instead, where %s is nobody's", (_, delegation, message) => {
    expect(() => select(delegation)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_AGENT", message: expect.stringMatching(message) }),
    );
  });
});

describe("a limit", () => {
  const everyone: Delegation = { kind: "any", of: [name("eu1"), name("eu2"), name("us1")] };
  const limited = (...patterns: string[]) =>
    limitInventory(inventory, parseLimit(patterns))
      .select(everyone)
      .candidates.map(({ target }) => target.label);

  it.each([
    [["eu1"], ["eu1"]],
    [["eu*"], ["eu1", "eu2"]],
    [["eu1,us1"], ["eu1", "us1"]],
    [
      ["eu1", "us1"],
      ["eu1", "us1"],
    ],
    [["!eu1"], ["eu2", "us1"]],
    [["*,!eu*"], ["us1"]],
    [["!eu*", "*"], ["us1"]],
    [["*1,&eu*"], ["eu1"]],
    [["mac"], ["eu2"]],
    [["old.lan:9"], ["eu2"]],
    [["us1.lan:?"], ["us1"]],
    [["all"], ["eu1", "eu2", "us1"]],
    [["eu?"], ["eu1", "eu2"]],
  ])("of %j leaves %j", (patterns, expected) => {
    expect(limited(...patterns)).toEqual(expected);
  });

  it("that leaves nobody names what it is of", () => {
    expect(() => limited("gpu*")).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringMatching(/gpu\*.*eu1\|eu2\|us1/) }),
    );
  });

  it.each(["", "a,", "!"])("of %j is refused", (text) => {
    expect(() => parseLimit([text])).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
