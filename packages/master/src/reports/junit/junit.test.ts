import fc from "fast-check";
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from "saxes";
import { describe, expect, it } from "vitest";
import { randomEvents } from "../../testing/random-events.js";
import { eventsOf, finished, output, reportedRun, started, taskInfo } from "../../testing/report-events.js";
import { junitOf } from "./junit.js";

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Reads XML strictly: what is not well-formed XML 1.0 throws. */
function parse(xml: string): Element {
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }: SaxesTagNS) => {
    const values = Object.entries(attributes).map(([key, { value }]: [string, SaxesAttributeNS]) => [
      key,
      value,
    ]);
    const element = { name, attributes: Object.fromEntries(values), children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return top.children[0] ?? top;
}

/** What each element may have, as Jenkins describes it (`junit-10.xsd` of its xUnit plugin), and `file` and `line`. */
const STRUCTURE: Record<string, { required: string[]; optional: string[]; children: string[] }> = {
  testsuites: {
    required: [],
    optional: ["name", "time", "tests", "failures", "errors"],
    children: ["testsuite"],
  },
  testsuite: {
    required: ["name", "tests", "failures", "errors"],
    optional: ["time", "skipped", "timestamp", "hostname", "id", "package", "file"],
    children: ["testsuite", "properties", "testcase", "system-out", "system-err"],
  },
  testcase: {
    required: ["name"],
    optional: ["time", "classname", "group", "file", "line"],
    children: ["skipped", "error", "failure", "system-out", "system-err"],
  },
  skipped: { required: [], optional: ["type", "message"], children: [] },
  error: { required: [], optional: ["type", "message"], children: [] },
  failure: { required: [], optional: ["type", "message"], children: [] },
  "system-out": { required: [], optional: [], children: [] },
};

function expectStructure({ name, attributes, children }: Element): void {
  const rule = STRUCTURE[name];
  if (!rule) throw new Error(`There is no element ${name}`);
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(rule.required));
  expect([...rule.required, ...rule.optional]).toEqual(expect.arrayContaining(Object.keys(attributes)));
  for (const key of ["tests", "failures", "errors", "skipped"])
    if (key in attributes) expect(attributes[key]).toMatch(/^\d+$/);
  if (name !== "testcase" && "time" in attributes) expect(attributes.time).toMatch(/^\d+\.\d{3}$/);
  for (const child of children) {
    expect(rule.children).toContain(child.name);
    expectStructure(child);
  }
}

function caseOf(xml: string, name: string): Element | undefined {
  return parse(xml)
    .children.flatMap(({ children }) => children)
    .find(({ attributes }) => attributes.name === name);
}

const a = taskInfo("a");
const b = taskInfo("b", { agent: "build1" });
const c = taskInfo("c", { dependsOn: ["a"] });
const other = taskInfo("other", { group: "test" });

describe("a run as JUnit XML", () => {
  const xml = [
    ...junitOf(
      reportedRun(
        eventsOf(
          [a, b, c, other],
          [
            [0, started(a)],
            [10, output(a, "one\ntwo\n")],
            [1500, finished(a, { status: "failed", exitCode: 3, message: "exited with 3" }, 1500)],
            [1600, finished(b, { status: "lost", message: "build1 was lost" })],
            [1600, { type: "task-skipped", task: c, why: "dependency" }],
            [1700, started(other)],
            [1800, finished(other)],
          ],
        ),
      ),
    ),
  ].join("");

  it("has a suite for each group and a case for each task", () => {
    const { attributes, children } = parse(xml);
    expect(attributes).toMatchObject({ name: "w", tests: "4", failures: "1", errors: "1" });
    expect(children.map((suite) => suite.attributes)).toMatchObject([
      {
        name: "build",
        tests: "3",
        failures: "1",
        errors: "1",
        skipped: "1",
        timestamp: "2026-01-31T12:00:00",
      },
      { name: "test", tests: "1", failures: "0", errors: "0", skipped: "0" },
    ]);
    expect(caseOf(xml, "a")?.attributes).toEqual({
      name: "a",
      classname: "w/build",
      time: "1.500",
      file: "w.lua",
      line: "3",
    });
  });

  it("tells failures of tasks from those of machines, and what was skipped", () => {
    const childrenOf = (name: string) =>
      caseOf(xml, name)?.children.map((child) => ({
        ...child.attributes,
        name: child.name,
        text: child.text,
      }));
    expect(childrenOf("a")).toEqual([
      { name: "failure", type: "failed", message: "exited with 3", text: "one\ntwo" },
      { name: "system-out", text: "one\ntwo\n" },
    ]);
    expect(childrenOf("b")).toEqual([{ name: "error", type: "lost", message: "build1 was lost", text: "" }]);
    expect(childrenOf("c")).toEqual([
      { name: "skipped", message: "what it depends on did not succeed", text: "" },
    ]);
    expect(childrenOf("other")).toEqual([]);
  });

  it("is well-formed and of the known structure, whatever has happened", () => {
    fc.assert(
      fc.property(randomEvents, (events) =>
        expectStructure(parse([...junitOf(reportedRun(events))].join(""))),
      ),
      { numRuns: 200 },
    );
  });

  it("has no character that XML has not, and no escapes of terminals", () => {
    const hostile = taskInfo("<&\"'>\u0000\ud800\uffff\n\t]]>", { description: "x" });
    const bytes = Buffer.from("\u001b[31mred\u001b[0m\u0000\u000b\ufffe ]]> </system-out>&amp;\r\n😀\u0085");
    const run = reportedRun(
      eventsOf(
        [hostile],
        [
          [0, started(hostile)],
          [1, output(hostile, bytes)],
          [2, output(hostile, Uint8Array.of(0xff, 0xed, 0xa0, 0x80))],
          [3, finished(hostile, { status: "failed", message: "\udc00\u0001<b>" })],
        ],
      ),
    );
    const [suite] = parse([...junitOf(run)].join("")).children;
    const testcase = suite?.children[0];
    expect(testcase?.attributes.name).toBe("<&\"'>\n\t]]>");
    expect(testcase?.children[0]?.attributes.message).toBe("<b>");
    expect(testcase?.children[1]?.text).toMatch(/^red ]]> <\/system-out>&amp;\n😀\u0085\ufffd+$/);
  });

  it("keeps the end of much output", () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join("");
    const run = reportedRun(
      eventsOf(
        [a],
        [
          [0, started(a)],
          [1, output(a, lines)],
          [2, finished(a)],
        ],
      ),
    );
    const text = caseOf([...junitOf(run)].join(""), "a")?.children[0]?.text ?? "";
    expect(text.length).toBeLessThan(17_000);
    expect(text).toMatch(/^\[…\]\n.*line 19999\n$/s);
  });
});
