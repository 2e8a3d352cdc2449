import { describe, expect, it } from "vitest";
import type { Check, Finding } from "./check.js";
import type { DoctorContext } from "./doctor-context.js";
import { type CheckResult, runChecks } from "./run-checks.js";

const context: DoctorContext = {
  directory: "/",
  temporaryDirectory: "/",
  agentStateDirectory: "/",
  agentPort: 1,
  agents: [],
  shownCertificate: async () => ({ kind: "nobody", code: "ECONNREFUSED" }),
  connect: () => Promise.reject(new Error("nobody is there")),
};

const fine: Finding = { outcome: "ok", message: "fine" };

async function results(checks: readonly Check[], signal = new AbortController().signal) {
  const found: CheckResult[] = [];
  for await (const result of runChecks(checks, { context, signal })) found.push(result);
  return found;
}

describe("checks", () => {
  it("run at the same time and are told in their order", async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const first = { name: "first", run: () => arrived.then(() => fine) };
    const second = { name: "second", run: async () => Promise.resolve(arrive()).then(() => fine) };
    expect(await results([first, second])).toEqual([
      { name: "first", ...fine },
      { name: "second", ...fine },
    ]);
  });

  it("fail alone when they throw, and when they take too long", async () => {
    const checks: Check[] = [
      { name: "throws", run: () => Promise.reject(new Error("it is broken")) },
      { name: "hangs", timeoutMs: 20, run: () => new Promise(() => {}) },
      { name: "works", run: async () => fine },
    ];
    expect(await results(checks)).toEqual([
      { name: "throws", outcome: "failed", message: "it is broken" },
      { name: "hangs", outcome: "failed", message: "no result within 0.02 s" },
      { name: "works", ...fine },
    ]);
  });

  it("end when the user does not want to wait any longer", async () => {
    const controller = new AbortController();
    const hanging = results([{ name: "hangs", run: () => new Promise(() => {}) }], controller.signal);
    controller.abort(new Error("interrupted"));
    expect(await hanging).toEqual([{ name: "hangs", outcome: "failed", message: "interrupted" }]);
  });
});
