/**
 * Makes of each command line, with all that it imports, a few files in `dist/bundle`: loading hundreds of small ones
 * costs more than what most commands do. The libraries stay as they are.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./processes.mjs";
import { REPORT_PAGE } from "./report-page.mjs";

const COMMANDS = ["master", "agent"];
const fromRoot = (...parts) => path.join(root, "packages", ...parts);
/** Where threads and processes of ours begin. */
const ENTRIES = [
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
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, "dist/main.js"), ...ENTRIES],
    entryNames: "[name]",
    outdir: target,
    bundle: true,
    // Each command loads its own part only.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // The CommonJS among the dependencies asks for Node's own modules by it.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [placesOf(folder), lateHelp],
    metafile: true,
    logLevel: "warning",
  });
  const late = [
    copyWasmoon(target),
    ...(await bundleYaml(target)),
    ...(await bundleHelpLayout(target, folder)),
  ];
  const licences = licencesOf([...Object.keys(metafile.inputs), ...late]);
  writeFileSync(path.join(target, "THIRD-PARTY-LICENCES.txt"), licences);
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
  if (ENTRIES.includes(named)) return `./${path.basename(named)}`;
  if (named === path.join(folder, "package.json")) return "../../package.json";
  if (named === REPORT_PAGE) return "../report-page.html";
  throw new Error(`A bundled module names ${named}, which is not in the bundle.`);
}

/** It looks for its WebAssembly beside itself. Gives the file that was copied. */
function copyWasmoon(target) {
  const file = createRequire(fromRoot("dsl/package.json")).resolve("wasmoon");
  copyFileSync(file, path.join(target, "wasmoon.cjs"));
  copyFileSync(path.join(path.dirname(file), "glue.wasm"), path.join(target, "glue.wasm"));
  return file;
}

/** Gives yargs functions that load what they do only when they are called. */
const lateHelp = {
  name: "late-help",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(cliui|string-width)$/ }, ({ path: name, importer }) =>
      path.dirname(importer).includes("/yargs/") ? { path: name, namespace: "late-help" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "late-help" }, ({ path: name }) => ({
      contents: `export default (...given) => require("./help-layout.cjs").${HELP_LAYOUT[name]}(...given);`,
    }));
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
