/** Packs the packages as they would be published. */
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { BootstrapError, packages, pnpm } from "./bootstrap.mjs";

/** Packs all packages into a folder; resolves to the tarball of each by its package's name. */
export async function packPackages(folder) {
  mkdirSync(folder, { recursive: true });
  const { code, output } = await pnpm([
    "-r",
    "--filter",
    "./packages/*",
    "pack",
    "--pack-destination",
    folder,
  ]);
  if (code !== 0) throw new BootstrapError(`pnpm pack failed (exit code ${code}):\n${output}`);
  const files = readdirSync(folder);
  return new Map(packages.map((name) => [name, path.join(folder, tarballOf(name, files))]));
}

function tarballOf(name, files) {
  const file = files.find(
    (candidate) => candidate.startsWith(`sloth-${name}-`) && candidate.endsWith(".tgz"),
  );
  if (file === undefined) throw new BootstrapError(`pnpm pack made no tarball of @sloth/${name}.`);
  return file;
}
