import { describe, expect, it } from "vitest";
import { parseDelegation } from "./delegation.js";
import type { RawValue } from "./raw-model.js";

const LABELS = { kind: "labels", labels: { os: "linux", gpu: true, cores: 8 } };

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
    [{ labels: { os: "linux", gpu: true, cores: 8 } }, LABELS],
    [
      {
        any: ["a", "b:1", { address: "c" }, { name: "d" }, { labels: { os: "linux", gpu: true, cores: 8 } }],
      },
      {
        kind: "any",
        of: [
          { kind: "name", name: "a" },
          { kind: "address", host: "b", port: 1 },
          { kind: "address", host: "c", port: 50051 },
          { kind: "name", name: "d" },
          LABELS,
        ],
      },
    ],
    [
      { name: "a", max: 2 },
      { kind: "name", name: "a", max: 2 },
    ],
    [
      { any: ["a"], max: 1 },
      { kind: "any", of: [{ kind: "name", name: "a" }], max: 1 },
    ],
    [false, false],
  ])("reads %j", (raw, value) => {
    expect(parseDelegation(raw)).toEqual({ value });
  });

  it("sorts labels by name, since Lua does not keep their order", () => {
    const labels = { os: "linux", gpu: true, arch: "arm64" };
    expect(JSON.stringify(parseDelegation({ labels }))).toContain('{"arch":"arm64","gpu":true,"os":"linux"}');
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
    [{}, "needs an address, a name, labels or any"],
    [{ max: 2 }, "needs an address, a name, labels or any"],
    [{ address: "a:1", name: "b" }, "takes one of address and name, not both"],
    [{ name: "a", labels: { os: "linux" } }, "takes one of name and labels, not both"],
    [{ labels: {} }, "labels is empty"],
    [{ labels: ["gpu"] }, 'labels must be a table such as { os = "linux" }, got a list'],
    [{ labels: "gpu" }, "got a string"],
    [{ labels: { os: {} } }, "labels.os must be a string, a number or a boolean, got a table"],
    [{ labels: { cores: Number.POSITIVE_INFINITY } }, "labels.cores must be"],
    [{ labels: { "a=b": true } }, 'the impossible name "a=b"'],
    [{ labels: { "": true } }, 'the impossible name ""'],
    [{ labels: { os: "a,b" } }, 'labels.os must not be empty or hold blanks, ",", "=" or "|", got "a,b"'],
    [{ labels: { os: "" } }, 'got ""'],
    [{ any: {} }, "any is empty; list at least one place"],
    [{ any: "a" }, "any must be a list of places, got a string"],
    [{ any: { a: "b" } }, "any must be a list of places, got a table"],
    [{ any: ["a", false] }, "any[2] must be an address, a name or a table, got the boolean false"],
    [{ any: ["a", ""] }, "any[2] is empty"],
    [{ any: [{ any: ["a"] }] }, "any[1] holds any itself; write one list"],
    [{ any: [{ name: "a", max: 1 }] }, "any[1] has max, which stands beside any and holds for all of it"],
    [{ any: [{ label: { a: true } }] }, 'any[1] has the unknown field "label". Did you mean "labels"?'],
    [{ any: [{}] }, "any[1] needs an address, a name or labels"],
    [{ name: "a", max: 0 }, "max must be a whole number of at least 1, got the number 0"],
    [{ name: "a", max: 1.5 }, "max must be a whole number"],
    [{ name: "a", max: "2" }, "max must be a whole number of at least 1, got a string"],
    [{ name: "a", lables: {} }, 'unknown field "lables". Did you mean "labels"?'],
    [{ adress: "a:1" }, 'unknown field "adress". Did you mean "address"?'],
    [42, "must be an address, a name, a table or false, got the number 42"],
    [["a:1"], "got a list"],
  ])("refuses %j", (raw, problem) => {
    expect(parseDelegation(raw)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
