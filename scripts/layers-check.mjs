/**
 * Checks the layers rule of biome.json itself: of the imports below, each file may have exactly those that the design
 * allows it. (Whether the sources keep to the rule is a part of `biome check`.)
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { capture, root, tool } from "./processes.mjs";

const processes = ["node:child_process"];
const network = ["node:net", "node:http", "node:http2", "node:tls", "node:dns/promises"];
const grpc = ["nice-grpc", "nice-grpc-common", "@grpc/grpc-js"];
const lua = ["wasmoon"];
const generated = ["./gen/agent.js", "../gen/agent.js"];
const siblings = ["@sloth/dsl", "@sloth/runtime", "@sloth/workspace", "@sloth/protocol"];
const ends = ["@sloth/agent", "@sloth/master"];
const insides = ["@sloth/dsl/dist/index.js", "@sloth/runtime/src/index.js", "../../dsl/src/index.js"];
const imports = [processes, network, grpc, lua, generated, siblings, ends, insides].flat();

const allowed = {
  "packages/dsl/src/source.ts": [lua],
  "packages/dsl/src/source.test.ts": [lua, processes, network],
  "packages/workspace/src/source.ts": [],
  "packages/workspace/src/source.test.ts": [processes, network],
  "packages/workspace/src/testing/source.ts": [processes, network],
  "packages/protocol/src/source.ts": [grpc, generated, network],
  "packages/protocol/src/source.test.ts": [grpc, generated, network, processes],
  "packages/runtime/src/source.ts": [processes, network, "@sloth/dsl"],
  "packages/runtime/src/source.test.ts": [processes, network, "@sloth/dsl"],
  "packages/agent/src/source.ts": [grpc, network, siblings],
  "packages/agent/src/source.test.ts": [grpc, network, siblings, processes],
  "packages/master/src/source.ts": [grpc, network, siblings],
  "packages/master/src/source.test.ts": [grpc, network, siblings, processes],
  "e2e/source.ts": [grpc, network, siblings, processes, lua, generated, ends],
};

/**
 * @param scratch a folder that does not exist yet
 * @throws with the imports that are judged wrongly
 */
export async function checkLayers(scratch) {
  for (const file of Object.keys(allowed)) writeSource(path.join(scratch, file));
  for (const name of ["biome.json", ".gitignore"])
    copyFileSync(path.join(root, name), path.join(scratch, name));
  const forbidden = await lint(scratch);
  const wrong = Object.entries(allowed).flatMap(([file, groups]) =>
    imports
      .map((name, index) => ({ name, isForbidden: forbidden.has(`${file}:${index + 1}`) }))
      .filter(({ name, isForbidden }) => isForbidden === groups.flat().includes(name))
      .map(
        ({ name, isForbidden }) => `${file} importing ${name} is ${isForbidden ? "forbidden" : "allowed"}`,
      ),
  );
  if (wrong.length > 0) throw new Error(`The layers rule of biome.json is wrong:\n${wrong.join("\n")}`);
}

function writeSource(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, imports.map((name) => `import "${name}";\n`).join(""));
}

async function lint(folder) {
  const options = ["--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none"];
  const { stdout, output } = await capture(tool("biome"), ["lint", ...options], { cwd: folder });
  if (!stdout.startsWith("{")) throw new Error(output);
  const { diagnostics } = JSON.parse(stdout);
  return new Set(diagnostics.map(({ location }) => `${location.path}:${location.start.line}`));
}
