import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../processes/run.js";

/** Together more than 35,000 files. What they depend on is not pinned, so the count differs a little over time. */
const PACKAGES = [
  "typescript@5.6.3",
  "webpack@5.96.1",
  "next@14.2.18",
  "react-native@0.76.3",
  "@babel/preset-env@7.26.0",
  "eslint@9.15.0",
  "jest@29.7.0",
  "storybook@8.4.5",
  "@aws-sdk/client-s3@3.699.0",
  "@aws-sdk/client-dynamodb@3.699.0",
  "date-fns@4.1.0",
  "rxjs@7.8.1",
  "lodash@4.17.21",
];

/** Takes minutes, once. No script of a package is run. */
export async function makeNodeModules(directory: string): Promise<void> {
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"];
  await run({ argv: ["npm", "install", ...options, ...PACKAGES], cwd: directory });
}
