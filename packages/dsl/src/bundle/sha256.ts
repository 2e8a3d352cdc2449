/** A hash that is still empty. Node's cryptography takes 10 ms to load, and not every command has something to hash. */
export function sha256() {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
