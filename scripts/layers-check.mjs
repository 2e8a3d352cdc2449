/**
 * Checks the layers rule of biome.json itself: each import that the design forbids is reported, each that it allows
 * is not. (Whether the sources keep the rule is a part of `biome check`.)
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { capture, root, tool } from "./processes.mjs";

const verdicts = {
  "packages/dsl/src/source.ts": {
    forbidden: [
      "@sloth/runtime",
      "nice-grpc",
      "node:child_process",
      "node:net",
      "node:http",
      "node:dns/promises",
    ],
    allowed: ["wasmoon", "node:fs"],
  },
  "packages/dsl/src/source.test.ts": {
    forbidden: ["@sloth/runtime", "nice-grpc"],
    allowed: ["node:child_process"],
  },
  "packages/workspace/src/source.ts": {
    forbidden: ["@sloth/dsl", "wasmoon", "nice-grpc", "node:child_process", "node:tls"],
    allowed: ["tar-stream", "node:worker_threads"],
  },
  "packages/workspace/src/testing/source.ts": {
    forbidden: ["@sloth/dsl", "wasmoon"],
    allowed: ["node:child_process"],
  },
  "packages/protocol/src/source.ts": {
    forbidden: ["@sloth/workspace", "wasmoon", "node:child_process"],
    allowed: ["nice-grpc", "@grpc/grpc-js", "./gen/agent.js"],
  },
  "packages/runtime/src/source.ts": {
    forbidden: [
      "@sloth/workspace",
      "@sloth/protocol",
      "@sloth/dsl/dist/index.js",
      "wasmoon",
      "nice-grpc-common",
    ],
    allowed: ["@sloth/dsl", "node:child_process", "node:http"],
  },
  "packages/agent/src/source.ts": {
    forbidden: ["@sloth/master", "./gen/agent.js", "wasmoon", "node:child_process"],
    allowed: ["@sloth/dsl", "@sloth/runtime", "@sloth/workspace", "@sloth/protocol", "nice-grpc"],
  },
  "packages/master/src/source.ts": {
    forbidden: ["@sloth/agent", "../gen/agent.js", "wasmoon", "node:child_process"],
    allowed: ["@sloth/dsl", "@sloth/runtime", "@sloth/workspace", "@sloth/protocol", "nice-grpc"],
  },
  "packages/master/src/source.test.ts": {
    forbidden: ["@sloth/agent", "@sloth/dsl/dist/index.js", "../../dsl/src/index.js"],
    allowed: ["node:child_process"],
  },
  "e2e/source.ts": {
    forbidden: ["@sloth/master/dist/main.js", "../packages/agent/src/main.js"],
    allowed: ["@sloth/master", "@sloth/agent", "node:child_process"],
  },
};

/**
 * @param scratch a folder that does not exist yet
 * @throws with the imports that are judged wrongly
 */
export async function checkLayers(scratch) {
  for (const file of Object.keys(verdicts)) writeSource(scratch, file);
  for (const name of ["biome.json", ".gitignore"])
    copyFileSync(path.join(root, name), path.join(scratch, name));
  const reported = await lint(scratch);
  const wrong = Object.entries(verdicts).flatMap(([file, { forbidden }]) =>
    importsOf(file)
      .map((name, index) => ({ name, isReported: reported.has(`${file}:${index + 1}`) }))
      .filter(({ name, isReported }) => isReported !== forbidden.includes(name))
      .map(({ name, isReported }) => `${file} importing ${name} is ${isReported ? "forbidden" : "allowed"}`),
  );
  if (wrong.length > 0) throw new Error(`The layers rule of biome.json is wrong:\n${wrong.join("\n")}`);
}

const importsOf = (file) => [...verdicts[file].forbidden, ...verdicts[file].allowed];

function writeSource(scratch, file) {
  const target = path.join(scratch, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(
    target,
    importsOf(file)
      .map((name) => `import "${name}";\n`)
      .join(""),
  );
}

async function lint(folder) {
  const options = ["--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none"];
  const { stdout, output } = await capture(tool("biome"), ["lint", ...options], { cwd: folder });
  if (!stdout.startsWith("{")) throw new Error(output);
  const { diagnostics } = JSON.parse(stdout);
  return new Set(diagnostics.map(({ location }) => `${location.path}:${location.start.line}`));
}
