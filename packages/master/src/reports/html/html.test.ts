import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomEvents } from "../../testing/random-events.js";
import { eventsOf, finished, output, reportedRun, started, taskInfo } from "../../testing/report-events.js";
import { fillPage, htmlOf } from "./html.js";

const TEMPLATE =
  "<title><!--@title--></title><noscript><!--@plain--></noscript><!--@data--><script>code</script>";

/** The data islands of a page, by their ids. */
function islandsOf(page: string): Record<string, unknown> {
  const islands = page.matchAll(/<script type="application\/json" id="([^"]+)">(.*?)<\/script>/gs);
  return Object.fromEntries([...islands].map(([, id, json = ""]) => [id, JSON.parse(json)]));
}

const EVIL = [
  "</script><script>alert(1)</script>",
  "<!-- <script>",
  "]]>",
  "\u2028\u2029\u0000\ud800",
  "<!--@data-->",
  "$& $' `",
  "&lt;",
].join("");

describe("a run as a page", () => {
  it("gives texts to the page as they were, none of which can end what it stands in", () => {
    const task = taskInfo(EVIL, { description: EVIL, script: EVIL });
    const run = reportedRun(
      eventsOf(
        [task],
        [
          [0, started(task)],
          [1, output(task, EVIL)],
          [2, { type: "warning", message: EVIL }],
          [3, finished(task, { status: "failed", message: EVIL, traceback: EVIL })],
        ],
      ),
    );
    const page = [...fillPage(TEMPLATE, { ...run, info: { ...run.info, file: `/${EVIL}` } })].join("");
    const { run: data, "log-0": log } = islandsOf(page);
    expect(data).toMatchObject({
      warnings: [EVIL],
      tasks: [{ name: EVIL, script: EVIL, description: EVIL, message: EVIL, traceback: EVIL }],
    });
    expect(log).toEqual({ text: EVIL.replace("\ud800", "\ufffd"), cutBytes: 0 });
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script/g)).toHaveLength(3);
    expect(page).not.toMatch(/<!--|[\u2028\u2029]/);
  });

  it("is one that can be read, whatever has happened", () => {
    fc.assert(
      fc.property(randomEvents, (events) => {
        const page = [...fillPage(TEMPLATE, reportedRun(events))].join("");
        expect(islandsOf(page)).toHaveProperty("run");
        expect(page.endsWith("<script>code</script>")).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("says what failed where scripts are off", async () => {
    const task = taskInfo("compile");
    const events = eventsOf(
      [task],
      [
        [0, started(task)],
        [2, finished(task, { status: "failed", message: "exited with 2" })],
      ],
    );
    const page = [...(await htmlOf(reportedRun(events)))].join("");
    expect(page).toMatch(/<noscript>.*build\/compile: failed. exited with 2.*<\/noscript>/s);
  });

  it("may load nothing and run nothing but its own script", async () => {
    const page = [...(await htmlOf(reportedRun(eventsOf([], []))))].join("");
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; base-uri 'none'; form-action 'none'$/,
    );
    expect(page).not.toMatch(/\b(?:src|href)=/);
  });
});
