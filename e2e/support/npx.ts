import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Running, repository, startProgram } from "./processes.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** A project that depends on the master. */
export function projectWithMaster(): string {
  const project = temporaryDirectory();
  mkdirSync(join(project, "node_modules/@sloth"), { recursive: true });
  symlinkSync(join(repository, "packages/master"), join(project, "node_modules/@sloth/master"));
  writeFileSync(
    join(project, "package.json"),
    '{ "private": true, "dependencies": { "@sloth/master": "*" } }',
  );
  return project;
}

/** Starts the master by npx, both in a group of their own, which gets signals as from a terminal at Ctrl-C. */
export function startByNpx(project: string, args: string[]): Running {
  const command = ["npx", "--no-install", "@sloth/master", ...args];
  return startProgram(command, { cwd: project, env: withoutNpm(), isGroup: true });
}

/** As a person has it who types the command: without what npm tells its own scripts, such as another project's place. */
function withoutNpm(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
