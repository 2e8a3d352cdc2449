import { DEFAULT_WORKSPACE_SETTINGS } from "@sloth/dsl";
import { DEFAULT_LIMITS } from "@sloth/workspace";
import { describe, expect, it } from "vitest";
import { resolveWorkspaceSettings } from "./workspace-settings.js";

describe("resolveWorkspaceSettings", () => {
  it("gives the defaults where nothing is said", () => {
    expect(resolveWorkspaceSettings()).toEqual(DEFAULT_WORKSPACE_SETTINGS);
    expect(resolveWorkspaceSettings({}, { onConflict: undefined })).toEqual(DEFAULT_WORKSPACE_SETTINGS);
  });

  it("lets what was typed win over what is written, and that over the default", () => {
    const resolved = resolveWorkspaceSettings(
      { onConflict: "theirs", syncGit: true, maxBytes: 5 },
      { onConflict: "ours", syncGit: false },
    );
    expect(resolved).toEqual({
      ...DEFAULT_WORKSPACE_SETTINGS,
      onConflict: "ours",
      syncGit: false,
      maxBytes: 5,
    });
  });

  it("puts the patterns that were typed after those that are written", () => {
    const resolved = resolveWorkspaceSettings(
      { protect: ["a"], ignore: ["b"] },
      { protect: ["!a"], ignore: ["c"] },
    );
    expect(resolved).toMatchObject({ protect: ["a", "!a"], ignore: ["b", "c"] });
  });

  it("has the limits of the workspace package for defaults", () => {
    const { maxBytes, maxFiles } = DEFAULT_WORKSPACE_SETTINGS;
    expect({ contentBytes: maxBytes, entries: maxFiles }).toEqual({
      contentBytes: DEFAULT_LIMITS.contentBytes,
      entries: DEFAULT_LIMITS.entries,
    });
  });
});
