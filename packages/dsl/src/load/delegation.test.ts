import { describe, expect, it } from "vitest";
import { parseDelegation } from "./delegation.js";
import type { RawValue } from "./raw-model.js";

describe("parseDelegation", () => {
  it.each<[RawValue, unknown]>([
    ["localhost:50051", { kind: "address", host: "localhost", port: 50051 }],
    ["[::1]:7", { kind: "address", host: "::1", port: 7 }],
    ["build-1", { kind: "name", name: "build-1" }],
    [{ address: "host:1" }, { kind: "address", host: "host", port: 1 }],
    [{ address: "host" }, { kind: "address", host: "host", port: 50051 }],
    [{ address: "[fe80::1%eth0]" }, { kind: "address", host: "fe80::1%eth0", port: 50051 }],
    [{ address: "10.0.0.1:65535" }, { kind: "address", host: "10.0.0.1", port: 65535 }],
    [{ name: "gpu" }, { kind: "name", name: "gpu" }],
    [false, false],
  ])("reads %j", (raw, value) => {
    expect(parseDelegation(raw)).toEqual({ value });
  });

  it.each<[RawValue, string]>([
    ["", "is empty"],
    [":50051", "has no host"],
    ["[]:1", "has no host"],
    ["host:", "a port that is not a number"],
    ["host:http", "a port that is not a number"],
    ["host:-1", "a port that is not a number"],
    ["host:0", "outside of 1 to 65535"],
    ["host:65536", "outside of 1 to 65535"],
    ["::1", "write an IPv6 address as [::1]:50051"],
    [{ address: "::1" }, "write an IPv6 address as [::1]:50051"],
    ["[::1]x:5", "write an IPv6 address as [::1]:50051"],
    ["http://host:1", "without a scheme"],
    ["user@host:1", "an impossible host"],
    ["a b", "is not a name"],
    [{ address: "" }, "has no host"],
    [{ address: 50051 }, "address must be a string, got the number 50051"],
    [{ name: "" }, "is empty"],
    [{}, "needs an address or a name"],
    [{ address: "a:1", name: "b" }, "not both"],
    [{ labels: { os: "linux" } }, '"labels" is part of the language but not yet supported by this version'],
    [{ any: [] }, '"any" is part of the language'],
    [{ name: "a", max: 2 }, '"max" is part of the language'],
    [{ adress: "a:1" }, 'unknown field "adress". Did you mean "address"?'],
    [42, "must be an address, a name, a table or false, got the number 42"],
    [["a:1"], "got a list"],
  ])("refuses %j", (raw, problem) => {
    expect(parseDelegation(raw)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
