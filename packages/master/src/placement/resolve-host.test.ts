import type { LookupAddress } from "node:dns";
import { describe, expect, it } from "vitest";
import { targetsOf } from "./resolve-host.js";

const four = (address: string): LookupAddress => ({ address, family: 4 });
const six = (address: string): LookupAddress => ({ address, family: 6 });

async function hostsOf(host: string, found: LookupAddress[]) {
  const targets = await targetsOf({ label: "l", host, port: 7 }, async () => found);
  return targets.map((target) => target.host);
}

describe("the agents behind a host", () => {
  it.each<[string, string, LookupAddress[], string[]]>([
    ["each address of a name", "pool", [four("10.0.0.2"), four("10.0.0.1")], ["10.0.0.1", "10.0.0.2"]],
    ["each once", "pool", [four("10.0.0.1"), four("10.0.0.1")], ["pool"]],
    ["the name of one host with two families", "h", [four("10.0.0.1"), six("fd00::1")], ["h"]],
    [
      "those of IPv4 where there are both",
      "p",
      [four("10.0.0.1"), six("fd00::1"), four("10.0.0.2")],
      ["10.0.0.1", "10.0.0.2"],
    ],
    ["those of IPv6 where there is no other", "p", [six("fd00::1"), six("fd00::2")], ["fd00::1", "fd00::2"]],
    [
      "this machine, whatever it is called",
      "localhost",
      [four("127.0.0.1"), four("127.0.0.2")],
      ["localhost"],
    ],
    ["an address", "10.0.0.9", [four("10.0.0.1"), four("10.0.0.2")], ["10.0.0.9"]],
    ["a name that nobody knows", "h", [], ["h"]],
  ])("are %s", async (_, host, found, expected) => {
    expect(await hostsOf(host, found)).toEqual(expected);
  });

  it("are told apart, and known by the name", async () => {
    const [first] = await targetsOf({ label: "pool:7", host: "pool", port: 7 }, async () => [
      four("10.0.0.1"),
      four("10.0.0.2"),
    ]);
    expect(first).toEqual({ label: "pool:7 (10.0.0.1)", host: "10.0.0.1", port: 7, certificateHost: "pool" });
  });

  it("are the name where it cannot be looked up", async () => {
    const target = { label: "l", host: "h", port: 7 };
    expect(await targetsOf(target, () => Promise.reject(new Error("ENOTFOUND")))).toEqual([target]);
  });
});
