import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startAgentProxy } from "./faults/proxied-agent.js";
import { startAgent } from "./support/agent.js";
import { masterBinary, sleepsOf } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { inTerminal, slothInTerminal, type TerminalSession, whyNoTerminal } from "./support/terminal.js";
import { writeWorkflow } from "./support/workflow-file.js";

const missing = whyNoTerminal();
const CLEAR_BELOW = "\x1b[J";
const FOOTER = /^\d+ running/;

/** A workflow of shell commands, by their names. They wait for `go` where they say `await_go`, for `step-$n` at `await_step`. */
function workflow(commands: Record<string, string>): { file: string; directory: string; go: () => void } {
  const directory = temporaryDirectory();
  const tasks = Object.entries(commands).map(
    ([name, command]) => `{ name = "${name}", command = [==[${withGo(command, directory)}]==] }`,
  );
  const file = writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks.join(",\n")} } } }`);
  return { file, directory, go: () => writeFileSync(`${directory}/go`, "") };
}

function withGo(command: string, directory: string): string {
  return command
    .replaceAll("await_step", `until [ -e '${directory}'/step-$n ]; do sleep 0.05; done`)
    .replaceAll("await_go", `until [ -e '${directory}/go' ]; do sleep 0.05; done`);
}

function run(file: string, size: { columns: number; rows: number }, args: string[] = []): TerminalSession {
  return slothInTerminal(["run", "-f", file, "-j", "64", "--color", "never", ...args], size);
}

const footerOf = (session: TerminalSession) => session.screen().find((row) => FOOTER.test(row));
const isShown = (session: TerminalSession, text: string) =>
  session.screen().some((row) => row.includes(text));

const isBetweenFrames = (session: TerminalSession) => session.raw.endsWith("\x1b[?2026l");

/**
 * Until the next tick of a second has been drawn, so that none is on its way: one that was made for a size that the
 * terminal does not have any more may leave something.
 */
function nextFrame(session: TerminalSession): Promise<void> {
  const { length } = session.raw;
  return session.until(() => session.raw.length > length && isBetweenFrames(session));
}

/** Times differ from run to run. */
const untimed = (lines: string[]) => lines.map((line) => line.replace(/ in \d+\.\d s/, " in T"));

function expectRestored(session: TerminalSession): void {
  expect(session.isCursorHidden).toBe(false);
  expect(session.raw.lastIndexOf("\x1b[?7h")).toBeGreaterThan(session.raw.lastIndexOf("\x1b[?7l"));
  expect(session.raw.lastIndexOf("\x1b[?2026l")).toBeGreaterThan(session.raw.lastIndexOf("\x1b[?2026h"));
  for (const line of session.history()) {
    expect(line).not.toMatch(FOOTER);
    expect(line).not.toMatch(/^[▸·↻↑↓…]/);
  }
}

if (missing) process.stderr.write(`The tests of the tty view are skipped: ${missing}\n`);

describe.skipIf(missing)(`a run in a terminal${missing ? ` (${missing})` : ""}`, () => {
  it.each([
    [80, 24],
    [200, 60],
    [20, 5],
  ])("of %d columns and %d rows shows what goes on, and leaves the lines", async (columns, rows) => {
    const { file, go } = workflow({
      one: "echo first; printf 'unfin'; await_go; echo ished",
      two: "await_go; echo oops >&2; exit 3",
    });
    const session = run(file, { columns, rows }, ["--keep-going"]);
    await session.until(() => footerOf(session)?.startsWith("2 running") === true);
    if (columns > 20) await session.until(() => isShown(session, "  unfin"));
    expect(session.isCursorHidden).toBe(true);
    const shown = session.screen();
    const footer = shown.findIndex((row) => FOOTER.test(row));
    expect(shown.slice(footer + 1).join("")).toBe("");
    expect(shown.filter((row) => row.startsWith("▸"))).toHaveLength(rows === 5 ? 1 : 2);

    go();
    expect(await session.ended).toBe(1);
    expectRestored(session);
    const lines = untimed(session.history());
    expect(lines[0]).toBe("== g");
    const failures = lines.indexOf("");
    expect(lines.slice(1, failures).sort()).toEqual([
      "[one] first",
      "[one] unfinished",
      "[two] oops",
      "✓ one in T",
      "✗ two failed in T: exited with 3",
    ]);
    expect(lines.at(-1)).toBe("1 succeeded, 1 failed in T");
  });

  it("lets nothing that tasks print reach the region", async () => {
    const { file, go } = workflow({
      screen: "printf 'a\\033[2J\\033[1;1H\\033[?25h\\033]0;title\\007b\\n'; await_go",
      tabs: "printf 'x\\ty\\n'; await_go",
      wide: "printf '日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語\\n'; await_go",
      bar: "printf '\\r10%%\\r20%%\\r30%%'; await_go; printf '\\r100%%\\r\\n'",
      colour: "printf '\\033[31mred\\n'; await_go",
    });
    const session = run(file, { columns: 50, rows: 24 });
    await session.until(
      () => isShown(session, "  30%") && isShown(session, "日…") && isShown(session, "  red"),
    );
    expect(isShown(session, "  x y")).toBe(true);
    expect(isShown(session, "  ab")).toBe(true);
    expect(session.isCursorHidden).toBe(true);

    go();
    expect(await session.ended).toBe(0);
    expectRestored(session);
    const lines = session.history();
    for (const line of ["[screen] ab", "[tabs] x        y", "[bar] 100%", "[colour] red"]) {
      expect(lines.filter((other) => other === line)).toHaveLength(1);
    }
    expect(lines.filter((line) => line.startsWith("[wide] 日本語"))).toHaveLength(1);
    expect(lines).toHaveLength(5 + 5 + 2);
  });

  it("shows the longest running of 40 tasks, and how many there are besides", async () => {
    const tasks = Array.from({ length: 40 }, (_, number) => [
      `task-${number}`,
      `seq 1 20; await_go; echo end-${number}`,
    ]);
    const { file, go } = workflow(Object.fromEntries(tasks));
    const session = run(file, { columns: 80, rows: 24 });
    await session.until(() => footerOf(session)?.startsWith("40 running") === true);
    expect(isShown(session, "… and 30 more")).toBe(true);
    expect(session.screen().filter((row) => row.startsWith("▸"))).toHaveLength(10);

    go();
    expect(await session.ended).toBe(0);
    expectRestored(session);
    const lines = session.history();
    expect(lines.filter((line) => /^\[task-\d+\] \d+$/.test(line))).toHaveLength(40 * 20);
    expect(lines.filter((line) => /^\[task-\d+\] end-\d+$/.test(line))).toHaveLength(40);
    expect(lines).toHaveLength(1 + 40 * 20 + 40 + 40 + 1);
  });

  it("follows the size of the terminal and leaves nothing behind", async () => {
    const sizes = [
      [45, 24, "… and 2 more"],
      [45, 12, "… and 8 more"],
      [23, 12, "… and 8 more"],
      [23, 6, "… and 11 more"],
      [20, 5, "▸ task-0"],
      [20, 3, "12 running"],
      [120, 40, "▸ task-11"],
      [80, 24, "… and 2 more"],
    ] as const;
    const words = `echo ${"word ".repeat(12)}`;
    const tasks = Array.from({ length: 11 }, (_, number) => [
      `task-${number}`,
      `${words}${number}; await_go`,
    ]);
    const { file, directory, go } = workflow({
      ...Object.fromEntries(tasks),
      "task-11": `for n in ${sizes.map((_, n) => n).join(" ")}; do
        await_step; seq 1 39; echo at $n; done; await_go`,
    });
    const session = run(file, { columns: 80, rows: 24 });
    await session.until(() => footerOf(session)?.startsWith("12 running") === true);
    for (const [step, [columns, rows, more]] of sizes.entries()) {
      writeFileSync(`${directory}/step-${step}`, "");
      await session.until(() => session.history().includes(`[task-11] at ${step}`));
      await nextFrame(session);
      const { length } = session.raw;
      session.resize(columns, rows);
      await session.until(() => session.raw.includes(CLEAR_BELOW, length) && isBetweenFrames(session));
      const shown = session.screen();
      const footer = shown.findIndex((row) => FOOTER.test(row));
      expect(footer).toBeGreaterThanOrEqual(0);
      expect(shown.slice(footer + 1).join("")).toBe("");
      expect(shown.some((row) => row.includes(more))).toBe(true);
      const firsts = session.history().filter((line) => line.startsWith("▸ task-0"));
      expect(firsts, `at ${columns}x${rows}`).toHaveLength(rows === 3 ? 0 : 1);
    }
    go();
    expect(await session.ended).toBe(0);
    expectRestored(session);
    // Of a run that takes long on this machine, where its time went is told as well.
    const told = session
      .history()
      .join("\n")
      .replace(/\nSlowest tasks:\n( .*\n)+\n/, "");
    expect(told.split("\n")).toHaveLength(1 + 11 + 40 * sizes.length + 12 + 1);
  });

  it.each([8, 12, 40])(
    "leaves nothing of %d rows when a large terminal becomes small and large again",
    async (count) => {
      const tasks = Array.from({ length: count }, (_, n) => [
        `task-${n}`,
        `echo ${"word ".repeat(50)}; await_go`,
      ]);
      const { file, directory, go } = workflow(
        Object.fromEntries([...tasks, ["more", "for n in 1 2; do await_step; echo at $n; done; await_go"]]),
      );
      const session = run(file, { columns: 200, rows: 60 });
      const isAll = () =>
        session.screen().filter((row) => /^▸.* word/.test(row)).length >= Math.min(count, 21);
      await session.until(() => footerOf(session)?.startsWith(`${count + 1} running`) === true && isAll());
      for (const [step, columns, rows] of [
        [1, 80, 24],
        [2, 200, 60],
      ] as const) {
        await nextFrame(session);
        const { length } = session.raw;
        session.resize(columns, rows);
        await session.until(() => session.raw.includes(CLEAR_BELOW, length) && isBetweenFrames(session));
        const shown = session.screen();
        expect(shown.slice(shown.findIndex((row) => FOOTER.test(row)) + 1).join("")).toBe("");
        for (const pattern of [FOOTER, /^▸ task-0 /]) {
          const rows = session.history().filter((line) => pattern.test(line));
          expect(rows, `${pattern} at ${columns} columns`).toHaveLength(1);
        }
        writeFileSync(`${directory}/step-${step}`, "");
        await session.until(() => session.history().includes(`[more] at ${step}`));
      }
      go();
      expect(await session.ended).toBe(0);
      expectRestored(session);
      expect(session.history().filter((line) => /^\[task-\d+\] (word ?)+$/.test(line))).toHaveLength(count);
    },
  );

  it("shows how far a workspace is that is sent, and changes that come back", async () => {
    const agent = await startAgent(["--slots", "3"]);
    const proxy = await startAgentProxy(agent, { bytesPerSecond: 10_000_000 });
    const directory = temporaryDirectory();
    // More than what is under way at once.
    writeFileSync(`${directory}/big`, randomBytes(60_000_000));
    const elsewhere = temporaryDirectory();
    const command = withGo("head -c 3000000 /dev/urandom >made; await_go", elsewhere);
    const file = writeWorkflow(
      directory,
      `TaskDefinitions = { g = { tasks = { { name = "away", delegate_to = "${proxy.address}",
        command = [==[${command}]==] } } } }`,
    );
    const session = run(file, { columns: 120, rows: 24 });
    const isTold = (pattern: RegExp) => () => session.screen().some((row) => pattern.test(row));
    await session.until(isTold(/^↑ away@.* sending \d+ MB of 60 MB, .*B\/s, \d+ s left$/));
    expect(footerOf(session)).toContain(`${proxy.address} 1/3`);
    proxy.set({ bytesPerSecond: Number.POSITIVE_INFINITY });
    await session.until(isTold(/^▸ away@/));
    proxy.set({ bytesPerSecond: 1_000_000 });
    writeFileSync(`${elsewhere}/go`, "");
    await session.until(isTold(/^↓ away@.* fetching .*B of 3\.0 MB, .*B\/s, \d+ s left$/));
    proxy.set({ bytesPerSecond: Number.POSITIVE_INFINITY });
    expect(await session.ended).toBe(0);
    expectRestored(session);
    expect(session.history()).toHaveLength(3);
  });

  it("is stopped by Ctrl-C, and the terminal is as it was", async () => {
    const { file } = workflow({ long: "echo begun; sleep 1000", other: "sleep 1000" });
    const session = run(file, { columns: 80, rows: 24 });
    await session.until(
      () => footerOf(session)?.startsWith("2 running") === true && isShown(session, "] begun"),
    );
    session.type("\x03");
    expect(await session.ended).toBe(130);
    expectRestored(session);
    const lines = untimed(session.history());
    expect(lines.slice(0, 3)).toEqual([
      "== g",
      "[long] begun",
      "sloth: SIGINT: stopping the tasks; once more to leave at once",
    ]);
    expect(lines.at(-1)).toBe("0 succeeded, 2 cancelled in T");
    expect(lines).toHaveLength(6);
  });

  it("gives the terminal to the shell when it is suspended, and takes it back", async () => {
    const { file, directory, go } = workflow({
      one: "echo $$ >pid; echo begun; for n in 1; do await_step; echo at $n; done; await_go",
    });
    const session = inTerminal("bash", ["--norc", "--noprofile", "-i"], {
      columns: 100,
      rows: 24,
      env: { PS1: "shell> ", HISTFILE: "" },
    });
    session.type(`'${process.execPath}' '${masterBinary}' run -f '${file}' --color never\n`);
    await session.until(() => footerOf(session) !== undefined && isShown(session, "] begun"));
    const pid = readFileSync(`${directory}/pid`, "latin1").trim();
    const state = () => / (\w) /.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1];

    session.type("\x1a");
    await session.until(() => isShown(session, "Stopped"));
    await expect.poll(state).toBe("T");
    expectRestored(session);

    session.type("fg\n");
    await session.until(() => footerOf(session) !== undefined);
    await expect.poll(state).not.toBe("T");
    expect(session.isCursorHidden).toBe(true);

    session.type("\x1a");
    await session.until(() => session.history().filter((line) => line.includes("Stopped")).length === 2);
    session.type("bg\n");
    writeFileSync(`${directory}/step-1`, "");
    await session.until(() => isShown(session, "[one] at 1"));
    expectRestored(session);

    session.type("fg\n");
    await session.until(() => footerOf(session) !== undefined);
    go();
    await session.until(() => isShown(session, "1 succeeded"));
    expectRestored(session);
    session.type("exit\n");
    expect(await session.ended).toBe(0);
    expect(session.history().filter((line) => line === "[one] begun")).toHaveLength(1);
  });

  it("leaves the terminal as it was when Ctrl-C comes twice", async () => {
    const { file } = workflow({ stubborn: "trap '' TERM; echo begun; sleep 20" });
    const session = run(file, { columns: 80, rows: 24 });
    await session.until(() => isShown(session, "] begun"));
    session.type("\x03");
    await session.until(() => isShown(session, "once more to leave"));
    session.type("\x03");
    expect(await session.ended).toBe(130);
    expectRestored(session);
  });

  it("hears signals while the terminal is halted", async () => {
    const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
    const { file, directory, go } = workflow({
      chatty: "await_go; n=0; while :; do n=$((n + 1)); echo $n >count; seq 1 10000; done",
      quiet: `echo begun; sleep ${seconds}`,
    });
    const session = run(file, { columns: 80, rows: 24 });
    await session.until(() => isShown(session, "] begun"));
    session.pause();
    go();
    // More than the terminal and the pipe hold.
    const count = () =>
      Number(existsSync(`${directory}/count`) && readFileSync(`${directory}/count`, "latin1"));
    await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(4);

    process.kill(session.pid, "SIGTERM");
    await expect.poll(() => sleepsOf(seconds), { timeout: 60_000 }).toEqual([]);
    session.resume();
    expect(await session.ended).toBe(143);
    expectRestored(session);
  });

  it.each([
    ["says so", (args: string[]) => inTerminal(process.execPath, args, { columns: 80, rows: 24 })],
    [
      "takes no bytes",
      (args: string[]) =>
        inTerminal("setsid", ["--wait", process.execPath, ...args], { columns: 80, rows: 24 }),
    ],
  ])("stops the tasks when the terminal is closed and %s", async (_, start) => {
    const seconds = 1_000_000 + Math.floor(Math.random() * 1_000_000);
    const { file, directory } = workflow({
      long: `echo begun; trap 'echo ended properly >end; exit' TERM; sleep ${seconds} & wait`,
    });
    const session = start([masterBinary, "run", "-f", file]);
    await session.until(() => isShown(session, "] begun"));
    session.close();
    await expect.poll(() => sleepsOf(seconds), { timeout: 60_000 }).toEqual([]);
    const end = () => existsSync(`${directory}/end`) && readFileSync(`${directory}/end`, "latin1");
    await expect.poll(end, { timeout: 10_000 }).toBe("ended properly\n");
  });

  it("keeps results out of the terminal when they go elsewhere", async () => {
    const { file, directory, go } = workflow({ one: "echo result; echo problem >&2; await_go" });
    const out = `${directory}/out`;
    const cli = `'${process.execPath}' '${masterBinary}'`;
    const session = inTerminal("sh", ["-c", `${cli} run -f '${file}' >'${out}'; cat '${out}'`], {
      columns: 80,
      rows: 24,
    });
    await session.until(() => footerOf(session) !== undefined && isShown(session, "[one] problem"));
    expect(isShown(session, "[one] result")).toBe(false);
    go();
    await session.ended;
    expect(untimed(session.history())).toEqual([
      "[one] problem",
      "== g",
      "[one] result",
      "✓ one in T",
      "1 succeeded in T",
    ]);
  });

  it.each([
    ["plain", { CI: "true" }, []],
    ["plain", { TERM: "dumb" }, []],
    ["plain", {}, ["--output", "plain"]],
    ["quiet", {}, ["--output", "quiet"]],
  ])("has the %s view with %j %j", async (view, env, args) => {
    const { file } = workflow({ good: "echo fine", bad: "exit 3" });
    const session = slothInTerminal(["run", "-k", "-f", file, ...args], { columns: 80, rows: 24, env });
    expect(await session.ended).toBe(1);
    expect(session.raw).not.toContain("\x1b[?2026h");
    const lines = untimed(session.history());
    expect(lines.at(-1)).toBe("1 succeeded, 1 failed in T");
    expect(lines.some((line) => /^✗ (g\/)?bad failed/.test(line))).toBe(true);
    for (const line of ["== g", "[good] fine", "✓ good in T"]) {
      expect(lines.includes(line)).toBe(view === "plain");
    }
  });
});
