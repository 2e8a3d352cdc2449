import { resolve } from "node:path";
import { type Host, HostError } from "../host.js";
import { ExitRequest } from "./exit-request.js";
import { type HostBinding, requireHost } from "./host-binding.js";
import type { Arguments, HostFunction } from "./host-function.js";
import { howItEnded } from "./pipe-functions.js";
import { begin, type WaitingFunction } from "./waiting-calls.js";

/** What `os.*` is made of, besides the clock and the environment. */
export function osFunctions(binding: HostBinding): Record<string, HostFunction> {
  return {
    "os.exit": (args) => {
      requireHost(binding, "os.exit");
      throw new ExitRequest(Number(BigInt.asUintN(8, BigInt(Number(args.value(1, "code"))))));
    },
    "os.remove": (args) => {
      const host = requireHost(binding, "os.remove");
      host.fs.remove(pathIn(host, args, 1));
      return [true];
    },
    "os.rename": (args) => {
      const host = requireHost(binding, "os.rename");
      host.fs.move(pathIn(host, args, 1), pathIn(host, args, 2));
      return [true];
    },
    "os.tmpname": () => {
      const { fs } = requireHost(binding, "os.tmpname");
      const path = fs.temporaryName();
      // As C does: the file is there.
      fs.open(path, "w").close();
      return [path];
    },
  };
}

/** What `os` has that takes time. */
export const osWaitingFunctions: Record<string, WaitingFunction> = {
  "os.execute": (args, host) => begin(host, "exec", { command: args.text(1), output: "shown" }, howItEnded),
};

function pathIn(host: Host, args: Arguments, position: number): string {
  const path = args.text(position);
  if (path === "") throw new HostError("No such file or directory", "ENOENT");
  return resolve(host.workdir, path);
}
