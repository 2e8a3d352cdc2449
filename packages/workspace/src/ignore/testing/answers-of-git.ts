import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IgnoreFiles } from "./arbitrary-ignore-files.js";

/** Only the files of the repository count, not the user's configuration nor a repository around the tests. */
const environment = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export function makeRepository(root: string): void {
  execFileSync("git", ["init", "--quiet", "--template=", root], { env: environment });
}

/**
 * Which of the paths git ignores under each set of ignore files, each in the directory of the repository whose name
 * is its index. A path that does not exist there is a file to git.
 */
export function answersOfGit(
  root: string,
  cases: readonly IgnoreFiles[],
  paths: readonly string[],
): string[][] {
  const files = cases.flatMap((files, index) =>
    Object.entries(files).map(([directory, text]) => ({
      location: join(root, String(index), directory, ".gitignore"),
      text,
    })),
  );
  for (const { location, text } of files) writeFileSync(location, text);
  const ignored = ignoredBy(
    root,
    cases.flatMap((_, index) => paths.map((path) => `${index}/${path}`)),
  );
  for (const { location } of files) rmSync(location);
  return cases.map((_, index) => paths.filter((path) => ignored.has(`${index}/${path}`)));
}

function ignoredBy(root: string, paths: readonly string[]): Set<string> {
  const { status, stdout, stderr } = spawnSync(
    "git",
    ["check-ignore", "--no-index", "--stdin", "-z", "--verbose", "--non-matching"],
    { cwd: root, env: environment, input: paths.join("\0"), encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  // 1 says that no path has a match.
  if (status !== 0 && status !== 1) throw new Error(`git check-ignore failed: ${stderr}`);
  const fields = stdout.split("\0");
  const ignored = new Set<string>();
  for (let index = 0; index + 3 < fields.length; index += 4) {
    const [source, , pattern, path] = fields.slice(index, index + 4);
    if (source !== "" && path !== undefined && !pattern?.startsWith("!")) ignored.add(path);
  }
  return ignored;
}
