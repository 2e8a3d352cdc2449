/** The files that a workflow needs to be loaded elsewhere. */
export interface Bundle {
  /** Contents by name: a relative path with `/`, as in `tasks/build.lua`. */
  files: Map<string, Uint8Array>;
}
