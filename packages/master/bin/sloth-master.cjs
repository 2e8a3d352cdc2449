#!/usr/bin/env node
const { enableCompileCache } = require("node:module");

if (enableCompileCache) {
  const { homedir } = require("node:os");
  enableCompileCache(`${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/sloth/compiled`);
}
require("../dist/bundle/main.cjs");
