/**
 * Makes of each command line, with all that it imports, a few files in `dist/bundle`: loading hundreds of small ones
 * costs more than what most commands do. They are CommonJS, which starts 20 ms sooner than ES modules and which Node
 * can keep compiled (`module.enableCompileCache`, from 22.8 on). The libraries stay as they are.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build, transform } from "esbuild";
import { root } from "./processes.mjs";
import { REPORT_PAGE } from "./report-page.mjs";

const COMMANDS = ["master", "agent"];
const fromRoot = (...parts) => path.join(root, "packages", ...parts);
/** Where threads and processes of ours begin. */
const ENTRIES = [
  fromRoot("runtime/dist/launcher/launcher-process.js"),
  fromRoot("runtime/dist/lua/lua-worker.js"),
  fromRoot("runtime/dist/reaper/reap.js"),
  fromRoot("workspace/dist/snapshot/scan-thread.js"),
];

/** Modules that ours require where a workflow needs them: each is a file of its own, so that nobody else reads it. */
const REQUIRED_LATE = ["wasmoon", "yaml"];

/** What yargs lays its help out with, by the modules that it imports: reading them takes 60 ms for tables of emoji. */
const HELP_LAYOUT = { cliui: "cliui", "string-width": "stringWidth" };

/** Bundles the command lines; what they are made of must have been compiled. */
export async function bundleCommands() {
  for (const name of COMMANDS) await bundle(fromRoot(name));
}

async function bundle(folder) {
  const target = path.join(folder, "dist/bundle");
  rmSync(target, { recursive: true, force: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, "dist/main.js"), ...ENTRIES],
    entryNames: "[name]",
    outdir: target,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    // Each command loads its own part only. esbuild splits ES modules alone: `writeCommonJs` makes CommonJS of them.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    plugins: [placesOf(folder), lateForYargs],
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  mkdirSync(target, { recursive: true });
  await Promise.all(outputFiles.map(writeCommonJs));
  const late = [
    copyWasmoon(target),
    ...(await bundleYaml(target)),
    ...(await bundleHelpLayout(target, folder)),
  ];
  const licences = licencesOf([...Object.keys(metafile.inputs), ...late]);
  writeFileSync(path.join(target, "THIRD-PARTY-LICENCES.txt"), licences);
}

async function writeCommonJs({ path: file, text }) {
  const { code } = await transform(text, {
    // `require` is there now: what esbuild puts in its place for ES modules is not needed.
    format: "cjs",
    platform: "node",
    target: "node20",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__place" },
    banner: text.includes("import.meta.url")
      ? 'const __place = require("node:url").pathToFileURL(__filename);'
      : "",
    // What there is to warn of has been said when it was bundled.
    logLevel: "error",
  });
  writeFileSync(file, code);
}

/** Our modules name other files relative to themselves; here those are in other places. */
function placesOf(folder) {
  return {
    name: "places",
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /\/packages\/\w+\/dist\/.*\.js$/ }, ({ path: file }) => ({
        contents: withPlaces(file, folder),
      }));
      for (const name of [...REQUIRED_LATE, "help-layout"])
        onResolve({ filter: new RegExp(`^\\./${name}\\.cjs$`) }, ({ path: file }) => ({
          path: file,
          external: true,
        }));
    },
  };
}

function withPlaces(file, folder) {
  return readFileSync(file, "utf8")
    .replaceAll(/new URL\("([^"]+)", import\.meta\.url\)/g, (_, named) => {
      const place = placeOf(path.resolve(path.dirname(file), named), folder);
      return `new URL("${place}", import.meta.url)`;
    })
    .replaceAll(/createRequire\(import\.meta\.url\)\("([^"]+)"\)/g, (call, name) =>
      REQUIRED_LATE.includes(name) ? `require("./${name}.cjs")` : call,
    );
}

function placeOf(named, folder) {
  if (ENTRIES.includes(named)) return `./${path.basename(named, ".js")}.cjs`;
  if (named === path.join(folder, "package.json")) return "../../package.json";
  if (named === REPORT_PAGE) return "../report-page.html";
  throw new Error(`A bundled module names ${named}, which is not in the bundle.`);
}

/** It looks for its WebAssembly beside itself. Gives the file that was copied. */
function copyWasmoon(target) {
  const file = createRequire(fromRoot("dsl/package.json")).resolve("wasmoon");
  // For this one import Node would start its loader of ES modules: 8 ms.
  const text = replaceOnce(readFileSync(file, "utf8"), "await import('module')", "require('module')");
  writeFileSync(path.join(target, "wasmoon.cjs"), text);
  copyFileSync(path.join(path.dirname(file), "glue.wasm"), path.join(target, "glue.wasm"));
  return file;
}

function replaceOnce(text, from, to) {
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${pieces.length - 1} times, not once: ${from}`);
  return pieces.join(to);
}

/** What yargs imports, as functions that load what they do only when they are called. */
const LATE = {
  ...Object.fromEntries(
    Object.entries(HELP_LAYOUT).map(([name, as]) => [
      name,
      `export default (...given) => require("./help-layout.cjs").${as}(...given);`,
    ]),
  ),
  assert: `
    const assert = (name) => (...given) => require("node:assert")[name](...given);
    export const strictEqual = (a, b, message) => Object.is(a, b) || assert("strictEqual")(a, b, message);
    export const notStrictEqual = (a, b, message) => !Object.is(a, b) || assert("notStrictEqual")(a, b, message);`,
};

const lateForYargs = {
  name: "late-for-yargs",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(LATE).join("|")})$`) }, ({ path: name, importer }) =>
      path.dirname(importer).includes("/yargs/") ? { path: name, namespace: "late" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "late" }, ({ path: name }) => ({ contents: LATE[name] }));
  },
};

function bundleHelpLayout(target, folder) {
  const yargs = createRequire(path.join(folder, "package.json")).resolve("yargs");
  const lines = Object.entries(HELP_LAYOUT).map(
    ([name, as]) => `export { default as ${as} } from "${name}";`,
  );
  const stdin = { contents: lines.join("\n"), resolveDir: path.dirname(yargs) };
  return bundleLate({ stdin, outfile: path.join(target, "help-layout.cjs") });
}

function bundleYaml(target) {
  const yaml = createRequire(fromRoot("dsl/package.json")).resolve("yaml");
  return bundleLate({ entryPoints: [yaml], outfile: path.join(target, "yaml.cjs") });
}

/** Makes one file that is required. Gives the files that it is made of. */
async function bundleLate(what) {
  const { metafile } = await build({
    absWorkingDir: root,
    ...what,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

/** The licences of all packages that these files are of, but our own. */
function licencesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.resolve(root, folder, "package.json"), "utf8"),
    );
    return { name, text: `${name} ${version} (${license})\n\n${licenceText(path.resolve(root, folder))}` };
  });
  texts.sort((a, b) => (a.name < b.name ? -1 : 1));
  return texts.map(({ text }) => text.trim()).join(`\n\n${"-".repeat(80)}\n\n`);
}

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file === undefined ? "" : readFileSync(path.join(folder, file), "utf8");
}
