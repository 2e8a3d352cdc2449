import { DEFAULT_WORKSPACE_SETTINGS } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { applySettingsOf } from "./apply-settings.js";

function settings(protect: string[], workflowFiles: string[] = ["/w/pipeline.lua"]) {
  return applySettingsOf({ ...DEFAULT_WORKSPACE_SETTINGS, protect }, { root: "/w", workflowFiles });
}

describe("what is protected", () => {
  it.each<[string[], string, boolean]>([
    [[], "src/main.c", false],
    [[], ".git/", true],
    [[], ".git/config", true],
    [[], "sub/.git/config", true],
    [[], "pipeline.lua", true],
    [[], "sub/pipeline.lua", true],
    [[], "sub/sloth.yaml", true],
    [[], "sub/other.lua", false],
    [["!/sub/**"], "sub/pipeline.lua", false],
    [["!.git"], ".git/config", false],
    [["!pipeline.lua"], "pipeline.lua", false],
    [["!/.git"], "sub/.git/config", true],
    [["*.lua"], "sub/x.lua", true],
    [["/secret/"], "secret/key", true],
    [["/secret/"], "secret/", true],
    [["/secret/"], "secret", false],
    [["/secret/"], "sub/secret/key", false],
    [["a", "!a"], "a", false],
    [["!a", "a"], "a", true],
    [["Makefile"], "makefile", false],
  ])("with %j, %s: %s", (protect, path, isProtected) => {
    const isDirectory = path.endsWith("/");
    expect(settings(protect).isProtected(path.replace(/\/$/, ""), isDirectory)).toBe(isProtected);
  });

  it.each<[string[], boolean]>([
    [[], false],
    [["!.git"], true],
    [["!/.git/"], true],
    [["!other"], false],
    [["!.git", ".git"], false],
  ])("with %j, .git is released: %s", (protect, releaseGit) => {
    expect(settings(protect).releaseGit).toBe(releaseGit);
  });

  it.each([
    "a*b.lua",
    "a[b].lua",
    "a?.lua",
    "!a.lua",
    "#a.lua",
    "a\\b.lua",
    "a .lua ",
    "a\nb.lua",
    "sub/a.lua",
  ])("takes the name %j of a workflow as it is", (name) => {
    const { isProtected, protectedFiles } = settings([], [`/w/${name}`]);
    expect(isProtected(name, false)).toBe(true);
    expect(isProtected("axc.lua", false)).toBe(false);
    expect(protectedFiles).toEqual([name]);
  });

  it("lists the workflow's files in the workspace that are not released", () => {
    const files = ["/w/pipeline.lua", "/w/lib/tasks.lua", "/elsewhere/shared.lua"];
    expect(settings(["!pipeline.lua"], files).protectedFiles).toEqual(["lib/tasks.lua"]);
    expect(settings([], ["/elsewhere/shared.lua"]).protectedFiles).toEqual([]);
  });

  it("hands on the rest as it is", () => {
    const given = {
      onConflict: "ours",
      externalSymlinks: "keep",
      allowDeleteAll: true,
      protect: [],
    } as const;
    expect(applySettingsOf({ ...given, protect: [] }, { root: "/w", workflowFiles: [] })).toMatchObject({
      onConflict: "ours",
      externalSymlinks: "keep",
      allowDeleteAll: true,
    });
  });
});
