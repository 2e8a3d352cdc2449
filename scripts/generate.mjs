/**
 * `npm run generate`: makes of `proto/` the stubs, and the descriptors that reflection serves.
 * `npm run generate -- --released`: also writes down that `proto/` as it is now has been released, so that from then on
 * no change to it may keep an older master or agent from being understood.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, cleanEnvironment, root, tool } from "./processes.mjs";

/** What was released last; changes are compared with it. */
export const RELEASED_PROTO = "proto/released.yaml";
const DESCRIPTORS = "packages/protocol/src/gen/descriptor-set.ts";

/** @param base - the directory that stands for the root of the repository */
export async function generate(base) {
  const scratch = mkdtempSync(path.join(tmpdir(), "sloth-generate-"));
  try {
    await buf(["generate", "--output", base]);
    const file = path.join(scratch, "set.binpb");
    await buf(["build", "--as-file-descriptor-set", "--exclude-source-info", "-o", file]);
    const text = readFileSync(file).toString("base64");
    const lines = [
      "/** The FileDescriptorSet of `proto/`, made by `npm run generate`. */",
      "export const descriptorSetBase64 =",
      `  "${text}";`,
    ];
    writeFileSync(path.join(base, DESCRIPTORS), `${lines.join("\n")}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buf(args) {
  const env = cleanEnvironment();
  // It looks for its plugins on the path.
  env.PATH = [path.dirname(tool("buf")), env.PATH].join(path.delimiter);
  const { code, output } = await capture(tool("buf"), args, { env });
  if (code !== 0) throw new Error(`buf ${args.join(" ")} (exit code ${code}):\n${output}`);
}

if (process.argv[1] === import.meta.filename) {
  await generate(root);
  if (process.argv.includes("--released"))
    await buf(["build", "--exclude-source-info", "-o", path.join(root, RELEASED_PROTO)]);
}
