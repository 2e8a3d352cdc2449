import { DATA } from "./data.js";
import { EXEC } from "./exec.js";
import { FS } from "./fs.js";
import { ENV, GLOBALS } from "./globals.js";
import { LOG } from "./log.js";
import { HTTP, NET } from "./net.js";
import type { LibraryFunction, LibraryModule } from "./reference.js";

/** The library besides what Lua has by itself. */
export const LIBRARY: readonly LibraryModule[] = [GLOBALS, EXEC, FS, LOG, NET, HTTP, DATA, ENV];

export const FUNCTIONS: readonly LibraryFunction[] = LIBRARY.flatMap(({ functions }) => functions);
