/**
 * Checks the packages as a user gets them: packs them, looks into the tarballs, installs them with npm into an empty
 * folder and runs a delegated workflow from there.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packages } from "./bootstrap.mjs";
import { packPackages } from "./packed.mjs";
import { capture, root, startAgent } from "./processes.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "sloth-pack-check-"));
const site = path.join(scratch, "site");
mkdirSync(site);
try {
  const tarballs = await packPackages(path.join(scratch, "tarballs"));
  for (const [name, tarball] of tarballs) await checkContents(name, tarball);
  await installFromTarballs(tarballs);
  await checkVersion();
  await checkLibrary();
  await checkDelegatedRun();
  await checkReports();
  console.log("ok  the packed packages work");
} catch (error) {
  console.error(`FAILED  the packed packages: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function checkContents(name, tarball) {
  const unpacked = path.join(scratch, "unpacked", name);
  mkdirSync(unpacked, { recursive: true });
  await succeeds("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
  const files = readdirSync(unpacked, { recursive: true });
  for (const file of ["README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"]) {
    ok(files.includes(file), `@sloth/${name} is packed without ${file}`);
  }
  const strange = files.filter((file) => /(\.test\.|(^|\/)testing(\/|$)|^src(\/|$)|tsbuildinfo$)/.test(file));
  deepEqual(strange, [], `@sloth/${name} is packed with files that nobody needs`);
  checkManifest(name, JSON.parse(readFileSync(path.join(unpacked, "package.json"), "utf8")), files);
}

function checkManifest(name, manifest, files) {
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    ok(!range.includes(":"), `@sloth/${name} is packed with ${dependency} at "${range}"`);
    if (dependency.startsWith("@sloth/")) match(range, /^\^\d+\.\d+\.\d+/, `@sloth/${name} → ${dependency}`);
  }
  for (const bin of Object.values(manifest.bin ?? {})) {
    ok(files.includes(path.normalize(bin)), `@sloth/${name} is packed without its command ${bin}`);
  }
}

async function installFromTarballs(tarballs) {
  writeFileSync(path.join(site, "package.json"), JSON.stringify({ name: "site", private: true }));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await succeeds("npm", ["install", ...options, ...tarballs.values()]);
  const { packages: installed } = JSON.parse(readFileSync(path.join(site, "package-lock.json"), "utf8"));
  const ours = Object.keys(installed).filter((place) => place.includes("node_modules/@sloth/"));
  const expected = packages.map((name) => `node_modules/@sloth/${name}`);
  deepEqual(ours.sort(), expected.sort(), "npm installed other packages than the packed ones");
}

async function checkVersion() {
  const { version } = JSON.parse(readFileSync(path.join(root, "packages/master/package.json"), "utf8"));
  equal(
    (await succeeds("npx", ["@sloth/master", "--version"])).trim(),
    version,
    "npx @sloth/master --version",
  );
}

async function checkLibrary() {
  writeFileSync(
    path.join(site, "library.lua"),
    'TaskDefinitions = { greetings = { tasks = { { name = "hello", command = "true" } } } }\n',
  );
  writeFileSync(
    path.join(site, "library.mjs"),
    `import { loadWorkflow } from "@sloth/dsl";
const { workflow } = await loadWorkflow("library.lua");
console.log(workflow.groups.map((group) => group.name).join());
`,
  );
  equal(await succeeds(process.execPath, ["library.mjs"]), "greetings\n", "loadWorkflow of @sloth/dsl");
}

async function checkDelegatedRun() {
  const stateDir = path.join(scratch, "agent");
  const agent = await startAgent("npx", ["@sloth/agent", "--port", "0", "--state-dir", stateDir], {
    cwd: site,
  });
  try {
    writeFileSync(path.join(site, "delegated.lua"), delegatedWorkflow(agent.port));
    const output = await succeeds("npx", ["@sloth/master", "run", "-f", "delegated.lua"]);
    match(output, /hello from a shell/);
    match(output, /hello from Lua/);
    equal(readFileSync(path.join(site, "made-there.txt"), "utf8"), "made there\n");
  } catch (error) {
    throw new Error(`${error.message}\nThe agent said:\n${agent.output}`, { cause: error });
  } finally {
    ok(await agent.stop(), "npx @sloth/agent did not end when it was asked to");
  }
}

async function checkReports() {
  const reports = "junit=out/junit.xml,trace=out/trace.json,html=out/run.html";
  await succeeds("npx", ["@sloth/master", "report", "--report", reports]);
  match(readFileSync(path.join(site, "out/junit.xml"), "utf8"), /<testsuites/);
  match(readFileSync(path.join(site, "out/trace.json"), "utf8"), /"traceEvents"/);
  match(readFileSync(path.join(site, "out/run.html"), "utf8"), /hello from a shell/);
}

function delegatedWorkflow(port) {
  return `TaskDefinitions = {
  delegated = {
    delegate_to = { address = "localhost:${port}" },
    tasks = {
      { name = "shell", command = "echo hello from a shell; echo made there > made-there.txt" },
      {
        name = "lua",
        depends_on = "shell",
        command = function(params, deps)
          log.info("hello from Lua")
          return fs.exists("made-there.txt"), "looked for the file"
        end,
      },
    },
  },
}
`;
}

/** Runs a command in the folder of the installation and returns what it printed to stdout. */
async function succeeds(command, args) {
  const { code, stdout, output } = await capture(command, args, { cwd: site });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed (exit code ${code}):\n${output}`);
  return stdout;
}
