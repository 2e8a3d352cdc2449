import { DEFAULT_WORKSPACE_SETTINGS } from "@sloth/dsl";
import { describe, expect, it } from "vitest";
import { applySettingsOf } from "./apply-settings.js";

function settings(protect: string[], workflowFiles: string[] = ["/w/pipeline.lua"]) {
  return applySettingsOf({ ...DEFAULT_WORKSPACE_SETTINGS, protect }, { root: "/w", workflowFiles });
}

describe("what is protected", () => {
  it.each<[string[], string, boolean]>([
    [[], "src/main.c", false],
    [[], ".git", true],
    [[], ".git/config", true],
    [[], "sub/.git/config", true],
    [[], "pipeline.lua", true],
    [[], "sub/pipeline.lua", false],
    [["!.git"], ".git/config", false],
    [["!pipeline.lua"], "pipeline.lua", false],
    [["!/.git"], "sub/.git/config", true],
    [["*.lua"], "sub/x.lua", true],
    [["/secret/"], "secret/key", true],
    [["/secret/"], "secret", true],
    [["/secret/"], "sub/secret/key", false],
    [["a", "!a"], "a", false],
    [["!a", "a"], "a", true],
    [["Makefile"], "makefile", false],
  ])("with %j, %s: %s", (protect, path, isProtected) => {
    expect(settings(protect).isProtected(path)).toBe(isProtected);
  });

  it.each(["a*b.lua", "a[b].lua", "a?.lua", "!a.lua", "#a.lua", "a\\b.lua", "a .lua ", "sub/a.lua"])(
    "takes the name %j of a workflow as it is",
    (name) => {
      const { isProtected } = settings([], [`/w/${name}`]);
      expect(isProtected(name)).toBe(true);
      expect(isProtected("axb.lua")).toBe(false);
    },
  );

  it("lists the workflow's files that are not released, those outside of the root too", () => {
    const files = ["/w/pipeline.lua", "/w/lib/tasks.lua", "/elsewhere/shared.lua"];
    expect(settings(["!pipeline.lua"], files).protectedFiles).toEqual([
      "/w/lib/tasks.lua",
      "/elsewhere/shared.lua",
    ]);
  });
});
