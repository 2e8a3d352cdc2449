import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { ARTEFACTS, openBrowser } from "./support/browser.js";
import { ensureChromium } from "./support/chromium.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory, writeWorkflow } from "./support/workflow-file.js";

const chromium = ensureChromium();
const program = "program" in chromium ? chromium.program : "";
const why = "why" in chromium ? chromium.why : undefined;
// The name of what is skipped is not shown.
if (why !== undefined) process.stderr.write(`The page of a run is not looked at: ${why}.\n`);
const INLINE_SCRIPT =
  "<script>document.title='broken out'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>";

let made: Promise<string> | undefined;

/** The page of one run for all tests, kept with their pictures. */
function ordinaryPage(): Promise<string> {
  made ??= ordinaryRun();
  return made;
}

/** A run with failures, retries and two agents, and something of everything that a task may be called or print. */
async function ordinaryRun(): Promise<string> {
  const directory = temporaryDirectory();
  const [one, two] = [await startAgent(), await startAgent()];
  const agents = writeInventory(directory, { build1: one.address, build2: two.address });
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { prepare = { tasks = {
       { name = "versions", command = "uname -s; sleep 0.1" },
     } }, build = { tasks = {
       { name = "configure", description = "Looks around", command = "echo olá; sleep 0.2" },
       { name = "compile", depends_on = "configure", delegate_to = "build1", command = "seq 20000; sleep 0.4; echo the end" },
       { name = "manual", depends_on = "configure", delegate_to = "build2", command = "echo page > page; sleep 0.3" },
       { name = "link", depends_on = { "compile", "manual" }, delegate_to = "build1", command = "sleep 0.2; cat page" },
       { name = "unit", depends_on = "link", delegate_to = "build2", retries = 2, retry_delay = "50ms",
         command = "printf '\\\\033[31mFAIL\\\\033[0m parser\\\\n' >&2; sleep 0.1; exit 3" },
       { name = "lint", depends_on = "configure", command = "sleep 0.5" },
       { name = "slow", command = "sleep 60", timeout = "400ms" },
       { name = "deploy", depends_on = "unit", command = "true" },
       { name = "tell", next_if_fail = "unit", command = "echo it failed" },
       { name = "</script>${INLINE_SCRIPT}", command = [==[cat <<'END'\n</script><!--${INLINE_SCRIPT}\nEND]==] },
     } } }`,
  );
  const page = join(ARTEFACTS, "run.html");
  const { code } = await sloth([
    "run",
    "-f",
    file,
    "--agents",
    agents,
    "-k",
    "-j",
    "2",
    "--report",
    `html=${page}`,
  ]);
  expect(code).toBe(1);
  return page;
}

describe.skipIf(why !== undefined)(
  `the page of a run${why === undefined ? "" : `: skipped, since ${why}`}`,
  () => {
    it("shows it on large and small screens, in the light and in the dark, and asks for nothing", async () => {
      const page = await ordinaryPage();
      const browser = openBrowser(program);
      for (const scheme of ["light", "dark"] as const)
        for (const [width, height] of [
          [1280, 900],
          [390, 844],
        ] as const)
          for (const fragment of ["", "#task=build%2Funit"]) {
            const seen = await browser.open(page, { scheme, width, height, fragment });
            const overflow = "document.documentElement.scrollWidth - innerWidth";
            expect(await seen.evaluate(overflow)).toBeLessThanOrEqual(0);
            expect(await seen.evaluate("document.title")).toBe("failed: pipeline.lua");
            expect(
              await seen.evaluate(
                "document.querySelector('#canvas').getContext('2d').getImageData(0, 0, 400, 60).data.some(Boolean)",
              ),
            ).toBe(true);
            await seen.picture(`run-${width}-${scheme}${fragment && "-task"}`);
            expect([seen.requests, seen.complaints]).toEqual([[], []]);
          }
    });

    it("may ask for nothing, whatever is put in", async () => {
      const seen = await openBrowser(program).open(await ordinaryPage());
      await seen.evaluate(
        "document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x' }))",
      );
      await seen.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p onclick=\"document.title=1\" id=p>')",
      );
      await seen.evaluate("document.querySelector('#p').click()");
      expect(await seen.evaluate("fetch('http://127.0.0.1:9/').catch(({ name }) => name)")).toBe("TypeError");
      expect(await seen.evaluate("document.title")).toBe("failed: pipeline.lua");
      expect(
        seen.complaints.filter((text) => /Content Security Policy/.test(text)).length,
      ).toBeGreaterThanOrEqual(3);
    });

    it("shows the log of a task that is clicked, in the list and in the timeline, and links to it", async () => {
      const seen = await openBrowser(program).open(await ordinaryPage());
      const log = () => seen.evaluate<string>("document.querySelector('#details .log')?.textContent ?? ''");
      const middle = (selector: string) =>
        seen.evaluate<{
          x: number;
          y: number;
        }>(`(() => { const box = [...document.querySelectorAll(${JSON.stringify(selector)})][0].getBoundingClientRect();
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; })()`);
      const row = await middle('.row[aria-label^="build/compile"]');
      await seen.click(row.x, row.y);
      expect(await log()).toMatch(/19999\n20000\nthe end\n$/);
      expect(await seen.evaluate("document.querySelector('.cut').textContent")).toMatch(
        /sloth logs \S+ build\/compile/,
      );
      expect(await seen.evaluate("location.hash")).toBe("#task=build%2Fcompile");
      const hash = `#task=${encodeURIComponent(`build/</script>${INLINE_SCRIPT}`)}`;
      await seen.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await expect.poll(log).toBe(`</script><!--${INLINE_SCRIPT}\n`);
      await seen.press("Escape");
      expect(await seen.evaluate("document.querySelector('#details').hidden")).toBe(true);
      const canvas = await seen.evaluate<{ x: number; y: number }>(
        "document.querySelector('#canvas').getBoundingClientRect().toJSON()",
      );
      for (let x = canvas.x + 2; x < canvas.x + 1000 && !(await log()); x += 12)
        await seen.click(x, canvas.y + 26 + 26 + 15);
      expect(await log()).not.toBe("");
    });

    it("can be used by keys", async () => {
      const seen = await openBrowser(program).open(await ordinaryPage());
      const selected = () =>
        seen.evaluate<string>(
          "document.querySelector('.row[aria-selected=true]')?.getAttribute('aria-label') ?? ''",
        );
      await seen.press("/");
      for (const key of "unit") await seen.press(key);
      await expect.poll(() => seen.evaluate("document.querySelector('#shown').textContent")).toBe("1 of 11");
      await seen.evaluate("document.querySelector('#list').focus()");
      await seen.press("ArrowDown");
      expect(await selected()).toMatch(/^build\/unit, failed, build2, .*, on the critical path$/);
      await seen.evaluate(
        "document.querySelector('#filter').value = ''; document.querySelector('#filter').dispatchEvent(new Event('input'))",
      );
      await seen.evaluate("document.querySelector('#timeline').focus()");
      await seen.press("ArrowUp");
      await expect.poll(selected).not.toContain("build/unit");
      await seen.press("Enter");
      expect(await seen.evaluate("document.activeElement.id")).toBe("details");
    });

    it("has texts and marks that can be told from their background", async () => {
      const page = await ordinaryPage();
      const browser = openBrowser(program);
      for (const scheme of ["light", "dark"] as const) {
        const seen = await browser.open(page, { scheme });
        const colors = await seen.evaluate<
          Record<string, string>
        >(`(() => { const styles = getComputedStyle(document.documentElement);
        return Object.fromEntries([...document.styleSheets[0].cssRules[0].style].filter((name) => name.startsWith("--"))
          .map((name) => [name.slice(2), styles.getPropertyValue(name).trim()])); })()`);
        const contrast = (text: string, ground: string) =>
          contrastOf(colors[text] ?? "", colors[ground] ?? "");
        const texts = [
          ["ink", "bg"],
          ["muted", "bg"],
          ["muted", "panel"],
          ["muted", "stripe"],
          ["muted", "chosen"],
          ["ink", "hover"],
        ];
        const statuses = [
          "succeeded",
          "failed",
          "timed-out",
          "lost",
          "cancelled",
          "skipped",
          "running",
          "pending",
        ];
        for (const status of statuses) texts.push([`${status}-ink`, `${status}-fill`]);
        for (const color of ["red", "green", "yellow", "blue", "magenta", "cyan"])
          texts.push([color, "log-bg"]);
        for (const [text = "", ground = ""] of texts)
          expect([scheme, text, ground, contrast(text, ground) >= 4.5]).toEqual([scheme, text, ground, true]);
        const marks = ["sync-edge", "return-edge", "focus", ...statuses.map((status) => `${status}-edge`)];
        for (const mark of marks)
          expect([scheme, mark, contrast(mark, "panel") >= 3]).toEqual([scheme, mark, true]);
      }
    });

    it("shows ten thousand tasks at once", async () => {
      const page = await largeRun(10_000);
      const seen = await openBrowser(program).open(page);
      expect(await seen.evaluate("document.querySelector('#shown').textContent")).toBe("10000");
      expect(await seen.evaluate("document.querySelectorAll('.row').length")).toBeLessThan(100);
      await seen.evaluate("scrollTo(0, document.body.scrollHeight)");
      await expect
        .poll(() => seen.evaluate("[...document.querySelectorAll('.row')].at(-1).textContent"))
        .toContain("task-");
      await seen.evaluate("scrollTo(0, 0)");
      await seen.picture("run-10000");
    });
  },
);

/** The record of a run of many tasks, and its page. */
async function largeRun(count: number): Promise<string> {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    'TaskDefinitions = { g = { tasks = { { name = "a", command = "true" } } } }',
  );
  await sloth(["run", "-f", file]);
  const [run = ""] = readdirSync(join(directory, ".sloth/runs"));
  const record = join(directory, ".sloth/runs", run);
  rmSync(join(record, "summary.json"));
  writeFileSync(join(record, "events.ndjson"), largeRecord(run, count));
  const page = join(directory, "large.html");
  expect(await sloth(["report", "-f", file, "--report", `html=${page}`])).toMatchObject({
    code: 0,
    stderr: "",
  });
  return page;
}

/** In lanes of 3 machines, 8 each, one task after the other, each of which depends on the one before it. */
function largeRecord(runId: string, count: number): string {
  const started = Date.UTC(2026, 0, 31);
  const lanes = 24;
  const tasks = Array.from({ length: count }, (_, index) => ({
    name: `task-${index}`,
    ...(index % lanes >= 8 && { agent: `build${Math.floor((index % lanes) / 8)}` }),
    dependsOn: index >= lanes ? [`task-${index - lanes}`] : [],
    at: { file: "pipeline.lua", line: index + 1 },
  }));
  const lines: object[] = [
    { type: "run-started", runId, file: "/pipeline.lua", groups: [{ name: "g", tasks }], atMs: 0 },
  ];
  for (const [index, { name: task }] of tasks.entries()) {
    const startMs = Math.floor(index / lanes) * 100 + (index % 7) * 5;
    const result = { status: index % 50 === 0 ? "failed" : "succeeded" };
    lines.push({ type: "task-stage", group: "g", task, attempt: 1, stage: "sync", atMs: startMs });
    lines.push({ type: "task-started", group: "g", task, attempt: 1, atMs: startMs + 10 });
    lines.push({
      type: "task-output",
      group: "g",
      task,
      stream: "stdout",
      text: `${task}\n`.repeat(20),
      atMs: startMs + 15,
    });
    lines.push({
      type: "task-finished",
      group: "g",
      task,
      attempt: 1,
      durationMs: 60,
      result,
      atMs: startMs + 65,
    });
  }
  const failed = Math.ceil(count / 50);
  const counts = { succeeded: count - failed, failed, lost: 0, cancelled: 0, skipped: 0 };
  const atMs = Math.ceil(count / lanes) * 100;
  lines.push({ type: "run-finished", ...counts, durationMs: atMs, atMs });
  return lines
    .map(({ atMs = 0, ...line }: { atMs?: number }) => ({
      v: 1,
      time: new Date(started + atMs).toISOString(),
      ...line,
    }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

/** As WCAG 2 defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), of two colours as `#rrggbb`. */
function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
