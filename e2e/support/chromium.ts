import { ensureProgram } from "./ensure-program.js";

/** The path of a Chromium, Debian's installed where that is possible; else why there is none. */
export function ensureChromium(): { program: string } | { why: string } {
  return ensureProgram({
    names: ["chromium", "chromium-browser", "google-chrome"],
    packages: ["chromium", "fonts-dejavu-core"],
  });
}
