import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openWorkspace } from "../root/open-workspace.js";
import { dyingHook, NEW_TREE, prepareApply } from "../testing/interrupted-apply.js";
import { temporaryDirectory } from "../testing/temporary-directory.js";
import { readTree, writeTree } from "../testing/tree.js";

/** A root in which an apply died before the step of this name. */
async function rootThatDiedAt(step: string): Promise<string> {
  const parent = temporaryDirectory();
  const root = join(parent, "root");
  const options = await prepareApply(root);
  const workspace = await openWorkspace(root);
  let isDead = false;
  const onStep = (name: string) => {
    isDead ||= name === step;
    if (isDead) throw new Error("killed");
  };
  await expect(workspace.apply({ ...options, onStep })).rejects.toThrow("killed");
  return root;
}

/** The one commit that is in the journal. */
function journalOf(root: string): string {
  const [name, ...others] = readdirSync(join(root, ".sloth/journal"));
  expect(others).toEqual([]);
  return join(root, ".sloth/journal", name ?? "");
}

/** Opening is refused, names the path, and touches nothing. */
async function expectBlocked(root: string, path: string): Promise<string> {
  const before = [readTree(root), readdirSync(journalOf(root))];
  const error = await openWorkspace(root).catch((cause) => cause);
  expect(error).toMatchObject({ code: "RECOVERY_BLOCKED", path });
  expect([readTree(root), readdirSync(journalOf(root))]).toEqual(before);
  return error.message;
}

describe("recovering", () => {
  it.each<[string, string, (root: string) => void]>([
    [
      "a file that is to be replaced was edited",
      "replaced",
      (root) => appendFileSync(join(root, "replaced"), "x"),
    ],
    [
      "a file that was replaced was edited",
      "became-a-file",
      (root) => writeFileSync(join(root, "became-a-file"), ""),
    ],
    [
      "something stands where a file is to come",
      "closed/new",
      (root) => writeFileSync(join(root, "closed/new"), ""),
    ],
    [
      "something stands where a file was deleted",
      "link",
      (root) => {
        rmSync(join(root, "link"));
        mkdirSync(join(root, "link"));
      },
    ],
    ["a directory of the plan has another mode", "opened", (root) => chmodSync(join(root, "opened"), 0o705)],
    [
      "a directory above a path became a symlink",
      "closed",
      (root) => {
        renameSync(join(root, "closed"), join(root, "elsewhere"));
        symlinkSync("elsewhere", join(root, "closed"));
      },
    ],
  ])("stops where %s, and touches nothing", async (_, path, change) => {
    const root = await rootThatDiedAt("put closed/new");
    change(root);
    const message = await expectBlocked(root, path);
    expect(message).toContain(journalOf(root));
  });

  it("stops where a directory that is to go holds something new", async () => {
    const root = await rootThatDiedAt("remove-directory became-a-file/inner");
    writeFileSync(join(root, "became-a-file/inner/mine"), "");
    await expectBlocked(root, "became-a-file/inner");
  });

  it("says where both contents are, and goes on when the path was moved aside", async () => {
    const root = await rootThatDiedAt("put closed/new");
    renameSync(join(root, "replaced"), join(root, "aside"));
    writeFileSync(join(root, "replaced"), "mine");
    const message = await expectBlocked(root, "replaced");
    expect(message).toMatch(/What is to come is in ".*new-\d+"/);
    rmSync(join(root, "replaced"));
    await openWorkspace(root);
    expect(readFileSync(join(root, "replaced"), "utf8")).toBe("new");
    expect(readFileSync(join(root, "aside"), "utf8")).toBe("old");
  });

  it("leaves the tree as it stands when the journal was moved away", async () => {
    const root = await rootThatDiedAt("put closed/new");
    appendFileSync(join(root, "replaced"), "x");
    renameSync(journalOf(root), join(root, "../kept"));
    const before = readTree(root);
    await openWorkspace(root);
    expect(readTree(root)).toEqual(before);
  });

  it("is done before the next snapshot and apply of a workspace that was open already", async () => {
    const parent = temporaryDirectory();
    const root = join(parent, "root");
    const options = await prepareApply(root);
    const [dying, waiting] = [await openWorkspace(root), await openWorkspace(root)];
    await expect(dying.apply({ ...options, ...dyingHook(12) })).rejects.toThrow();
    expect(readdirSync(join(root, ".sloth/journal"))).toHaveLength(1);
    const { manifest } = await waiting.snapshot();
    expect(manifest.entries.map(({ path }) => path)).toEqual(expect.arrayContaining(Object.keys(NEW_TREE)));
    expect(readdirSync(join(root, ".sloth/journal"))).toEqual([]);
  });

  it("goes on after the directory was moved", async () => {
    const root = await rootThatDiedAt("put closed/new");
    renameSync(root, `${root}-moved`);
    await openWorkspace(`${root}-moved`);
    expect(readFileSync(join(`${root}-moved`, "closed/new"), "utf8")).toBe("new");
  });
});

describe("a journal that was not written here", () => {
  it("is not followed when it was copied with its tree", async () => {
    const root = await rootThatDiedAt("put closed/new");
    const copy = join(temporaryDirectory(), "copy");
    cpSync(root, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const message = await expectBlocked(copy, journalOf(copy));
    expect(message).toContain("not written for this directory");
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "plan\n"],
    ["another version", '["sloth-plan",2,["1","1"],["1","1"]]\n["end",0]\n'],
    [
      "a guess",
      '["sloth-plan",1,["1","1"],["1","1"]]\n["remove",".git/config",0,["1",1,"1","1",1]]\n["end",1]\n',
    ],
  ])("is not followed when a clone brought it along, with %s in it", async (_, plan) => {
    const root = temporaryDirectory();
    writeTree(root, { mine: { content: "" }, ".sloth/journal/1-1/plan": { content: plan } });
    await expectBlocked(root, join(root, ".sloth/journal/1-1"));
    expect(existsSync(join(root, "mine"))).toBe(true);
  });

  it("is not followed through a symlink", async () => {
    const root = await rootThatDiedAt("put closed/new");
    const journal = journalOf(root);
    renameSync(journal, join(root, "../elsewhere"));
    symlinkSync("../../../elsewhere", journal);
    await expectBlocked(root, journal);
  });

  it.each([
    ["cut off", (plan: string) => plan.slice(0, -20)],
    ["without its end", (plan: string) => plan.replace(/\["end".*\n$/, "")],
    [
      "longer than it says",
      (plan: string) => plan.replace(/\["end",(\d+)\]\n$/, '["make-directory","z"]\n["end",$1]\n'),
    ],
    ["with a step that leaves the tree", (plan: string) => plan.replace('"link"', '"../link"')],
    ["with a step in our own state", (plan: string) => plan.replace('"link"', '".sloth/link"')],
    ["with a step that nobody knows", (plan: string) => plan.replace('"set-mode"', '"set-owner"')],
    [
      "with a mode that cannot be",
      (plan: string) => plan.replace(/"remove-directory","empty",\d+/, '"remove-directory","empty",8192'),
    ],
    ["with a field too many", (plan: string) => plan.replace(/("remove-directory","empty",\d+)/, "$1,0")],
  ])("is not followed when it is %s", async (_, damage) => {
    const root = await rootThatDiedAt("put closed/new");
    const location = join(journalOf(root), "plan");
    const plan = readFileSync(location, "utf8");
    writeFileSync(location, damage(plan));
    expect(readFileSync(location, "utf8")).not.toBe(plan);
    await expectBlocked(root, journalOf(root));
  });

  it.skipIf(process.geteuid?.() !== 0)(
    "is not followed when it belongs to another user (needs root)",
    async () => {
      const root = await rootThatDiedAt("put closed/new");
      spawnSync("chown", ["-R", "65534", journalOf(root)]);
      await expectBlocked(root, journalOf(root));
    },
  );
});
