import "yargs";

/** What else is said of an option where it is described; yargs passes it by. */
declare module "yargs" {
  interface Options {
    /** About this call, so that it is for the command line alone. Default: `sloth.yaml` and the environment may set it. */
    isOfOneCall?: boolean;
    /** Names a file; in `sloth.yaml` relative to that. */
    isFile?: boolean;
    /** Each further value is added, and wins over those before it. */
    isRepeatable?: boolean;
  }
}
