import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** The version of this package. */
export const softwareVersion: string = manifest.version;

/** The versions of Node that it runs on, such as `>=20.19`. */
export const neededNode: string = manifest.engines.node;
