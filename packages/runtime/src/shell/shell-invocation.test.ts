import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { namedShell } from "./find-shell.js";
import { type Invocation, shellInvocation } from "./shell-invocation.js";

const run = ({ file, argv0, args }: Invocation) => spawnSync(file, args, { argv0, encoding: "utf8" }).stdout;

describe("shellInvocation", () => {
  it("runs the script by the shell alone under the mask of this process", () => {
    expect(shellInvocation("true", process.umask()).args).toEqual(["-c", "true"]);
  });

  it("sets another mask, and leaves this process's as it is", () => {
    const before = process.umask();
    expect(run(shellInvocation("umask", before ^ 0o055)).trim()).toBe(
      (before ^ 0o055).toString(8).padStart(4, "0"),
    );
    expect(process.umask()).toBe(before);
  });

  it("passes a script on as it is", () => {
    const script = `printf '%s|' "it's" '$x' "\\\\" "\n"; echo "$0"`;
    const plain = run(shellInvocation(script, process.umask()));
    expect(run(shellInvocation(script, process.umask() ^ 0o077))).toBe(plain);
  });

  it("runs it by another shell where one is named", () => {
    for (const umask of [process.umask(), process.umask() ^ 0o077])
      expect(run(shellInvocation('echo "$0"', umask, namedShell("/bin/sh")))).toMatch(/sh\n$/);
  });
});
