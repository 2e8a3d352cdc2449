import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.js";

const run = (...args: string[]) => parseCommandLine(["run", "-f", "w.lua", ...args]);

describe("the options of run", () => {
  it("leave to the workflow what is not typed", async () => {
    expect(await run()).toEqual({
      kind: "command",
      name: "run",
      notices: [],
      args: {
        file: "w.lua",
        values: [],
        set: [],
        envFiles: [],
        select: {},
        keepGoing: false,
        isDryRun: false,
        output: "auto",
        color: "auto",
        timestamps: false,
        returnsValues: false,
        trust: { isInsecure: false },
        workspace: {},
      },
      perform: expect.any(Function),
    });
  });

  it("name what the workflow is loaded with, each as often as one likes", async () => {
    const options = ["-v", "a.yaml", "--values", "b.yaml", "--set", "x=1", "--set", "y.z=2", "-e", ".env"];
    expect(await run(...options)).toMatchObject({
      args: { values: ["a.yaml", "b.yaml"], set: ["x=1", "y.z=2"], envFiles: [".env"] },
    });
  });

  it("say how the workspace is sent and its changes come back", async () => {
    const options = ["--on-conflict", "ours", "--external-symlinks", "keep", "--allow-delete-all"];
    const patterns = ["--protect", "a", "--protect", "!.git", "--ignore", "*.o"];
    const sent = ["--sync-git", "--keep-ignored", "--gitignore", "--max-bytes", "2GiB", "--max-files", "10"];
    expect(await run(...options, ...patterns, ...sent)).toMatchObject({
      args: {
        workspace: {
          onConflict: "ours",
          externalSymlinks: "keep",
          allowDeleteAll: true,
          protect: ["a", "!.git"],
          ignore: ["*.o"],
          syncGit: true,
          keepIgnored: true,
          gitignore: true,
          maxBytes: 2 * 1024 ** 3,
          maxFiles: 10,
        },
      },
    });
  });

  it("take for a switch no value that does not say whether it is on", async () => {
    for (const word of ["--dry-run=yes", "--dry-run=1", "-k=on", "--insecure=no", "--dry-run="])
      expect(await run(word), word).toMatchObject({
        kind: "usage-error",
        message: expect.stringMatching(/neither true nor false/),
      });
    expect(await run("--dry-run=true", "--keep-going=false")).toMatchObject({
      args: { isDryRun: true, keepGoing: false },
    });
    expect(await run("--set", "x=yes", "--grace=5s")).toMatchObject({ kind: "command" });
  });

  it("choose no tasks by a name that is empty, which would be all of them", async () => {
    for (const words of [
      ["--only", ""],
      ["--only="],
      ["--only"],
      ["-t", ""],
      [""],
      ["--only", ","],
      ["a", " "],
    ])
      expect(await run(...words), words.join(" ")).toMatchObject({
        kind: "usage-error",
        message: expect.stringMatching(/names no task/),
      });
  });

  it("switch off what the workflow switches on", async () => {
    const parsed = await run("--no-sync-git", "--allow-delete-all", "--no-allow-delete-all");
    expect(parsed).toMatchObject({ args: { workspace: { syncGit: false, allowDeleteAll: false } } });
  });

  it("take a bare number of bytes", async () => {
    expect(await run("--max-bytes", "4096")).toMatchObject({ args: { workspace: { maxBytes: 4096 } } });
  });

  it.each([
    [["--on-conflict", "thiers"], /--on-conflict thiers is none of: fail, theirs, ours/],
    [["--on-conflict", "ours", "--on-conflict", "fail"], /more than once/],
    [["--external-symlinks"], /external-symlinks/],
    [["--protect="], /--protect has the empty pattern/],
    [["--protect", "!.sloth"], /always protected/],
    [["--ignore", "a", "--ignore", "../b"], /--ignore has the pattern "\.\.\/b"/],
    [["--max-bytes", "2G"], /--max-bytes "2G" has an unknown unit; write "2GiB"/],
    [["--max-files", "-1"], /max-files/],
    [["--max-files", "many"], /--max-files many is not a number/],
    [["--output", "fancy"], /--output fancy is none of: auto, tty, plain, json, quiet/],
    [["--log-order", "none"], /--log-order none is none of: stream, grouped/],
    [["--return", "--output", "json"], /--return or --output json, not both/],
    [["--timestamps", "--output", "json"], /--timestamps is not for --output json/],
    [["--log-order", "grouped", "--output", "quiet"], /--log-order is not for --output quiet/],
    [["--color", "maybe"], /--color maybe is none of: auto, always, never/],
    [["--gitignor"], /gitignor/],
  ])("refuse %j", async (args, message) => {
    expect(await run(...args)).toEqual({ kind: "usage-error", message: expect.stringMatching(message) });
  });
});

describe("the options of changes", () => {
  it("are a place, a run, a task and an action", async () => {
    expect(await parseCommandLine(["changes", "01", "g/t", "-f", "w.lua", "--apply", "--to", "/w"])).toEqual({
      kind: "command",
      name: "changes",
      notices: [],
      args: { file: "w.lua", run: "01", task: "g/t", action: "apply", to: "/w", settings: {} },
      perform: expect.any(Function),
    });
  });

  it.each([
    [["-f", "a", "--workdir", "b"], /--file or --workdir, not both/],
    [["01", "t", "--apply", "--discard"], /--apply or --discard, not both/],
    [["--discard"], /--discard needs to know the run/],
    [["--attempt", "2"], /--attempt needs to know the run/],
    [["01", "t", "--protect", "x"], /--protect is for --apply/],
    [["01", "t", "--diff", "--to", "x"], /--to is for --apply/],
    [["01", "t", "--attempt", "0"], /--attempt 0 is not a number/],
    [["01", "t", "u"], /Unknown.*u/],
    [["01", "t", "--max-bytes", "5"], /max-bytes/],
  ])("refuse %j", async (args, message) => {
    const parsed = await parseCommandLine(["changes", ...args]);
    expect(parsed).toEqual({ kind: "usage-error", message: expect.stringMatching(message) });
  });
});

describe("the options of sync", () => {
  const file = { file: "w.lua", values: [], set: [], envFiles: [] };

  it("are a workflow and --dry-run", async () => {
    expect(await parseCommandLine(["sync", "--dry-run", "-f", "w.lua", "-g", "g", "--ignore", "x"])).toEqual({
      kind: "command",
      name: "sync",
      notices: [],
      args: { ...file, group: "g", trust: { isInsecure: false }, workspace: { ignore: ["x"] } },
      perform: expect.any(Function),
    });
    const parsed = await parseCommandLine(["sync", "-f", "w.lua"]);
    expect(parsed).toEqual({ kind: "usage-error", message: expect.stringMatching(/add --dry-run/) });
  });
});

describe("the command line", () => {
  it.each([
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["a", "-t", "b,c"],
      ["a", "b,c"],
    ],
    [
      ["-t", "a", "-t", "g/b"],
      ["a", "g/b"],
    ],
  ])("takes the tasks of %j", async (args, tasks) => {
    const parsed = await run(...args);
    expect(parsed).toMatchObject({ args: { select: { tasks: expect.arrayContaining(tasks) } } });
  });

  it("finds a command behind its options", async () => {
    const parsed = await parseCommandLine(["-f", "w.lua", "list"]);
    expect(parsed).toMatchObject({ kind: "command", name: "list", args: { file: "w.lua" } });
  });

  it.each([
    [["run", "-f", "w.lua", "--jbs", "3"], "Unknown argument: jbs. Did you mean --jobs?"],
    [["list", "--fil", "w.lua"], "Unknown argument: fil. Did you mean --file?"],
    [["sync", "-f", "w.lua", "--dry-runn"], "Unknown argument: dry-runn. Did you mean --dry-run?"],
    [["run", "-f", "w.lua", "--no-sync-gti"], "Unknown argument: sync-gti. Did you mean --sync-git?"],
    [
      ["run", "-f", "w.lua", "--jbs", "3", "--nothing"],
      "Unknown arguments: jbs, nothing. Did you mean --jobs?",
    ],
    [["run", "-f", "w.lua", "-Z"], "Unknown argument: Z."],
    [["-f", "w.lua", "list", "--valeus", "x"], "Unknown argument: valeus. Did you mean --values?"],
    [["rum", "-f", "w.lua"], "Unknown command: rum. Did you mean run?"],
    [["xyzzy"], "Unknown command: xyzzy."],
    [["--verison"], "Unknown argument: verison. Did you mean --version?"],
    [["--jobs", "3"], "Say what to do"],
  ])("suggests for %j what was probably meant", async (args, message) => {
    const parsed = await parseCommandLine(args);
    expect(parsed).toEqual({ kind: "usage-error", message: expect.stringContaining(message) });
    expect(parsed).not.toHaveProperty("message", expect.stringContaining("\n"));
  });

  it.each([
    [[], /Say what to do: run, resume, list/],
    [["lst", "-f", "w.lua"], /list/],
    [["list", "-f", "w.lua", "more"], /more/],
    [["run", "--file"], /file/],
  ])("refuses %j in one line", async (args, message) => {
    const parsed = await parseCommandLine(args);
    expect(parsed).toEqual({ kind: "usage-error", message: expect.stringMatching(message) });
    expect(parsed).not.toHaveProperty("message", expect.stringContaining("\n"));
  });
});
