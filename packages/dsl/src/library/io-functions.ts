import { resolve } from "node:path";
import { HostError, type HostFile, type OpenMode } from "../host.js";
import type { LuaValue } from "../model.js";
import type { BufferedFile } from "./buffered-file.js";
import { fileOfBytes, sinkTo, sourceOfBytes } from "./byte-files.js";
import { type HostBinding, printTo, requireHost } from "./host-binding.js";
import type { Arguments, HostFunction } from "./host-function.js";
import type { OpenFiles } from "./open-files.js";
import { readRecorded } from "./recorded-files.js";

/** `io.stdin`, `io.stdout` and `io.stderr`. A task has no input. */
export function standardFiles(binding: HostBinding): HostFile[] {
  return [
    sourceOfBytes(new Uint8Array()),
    sinkTo((bytes) => printTo(binding, bytes, "stdout")),
    sinkTo((bytes) => printTo(binding, bytes, "stderr")),
  ];
}

/** What `io.*` is made of. Files are numbers here; `io-library.ts` puts handles around them. */
export function ioFunctions(binding: HostBinding, files: OpenFiles): Record<string, HostFunction> {
  const file = (args: Arguments): BufferedFile => files.get(Number(args.value(1, "file")));
  return {
    "io.open": (args) => [openFile(binding, files, args)],
    "io.tmpfile": () => [openTemporary(binding, files)],
    "io.read": (args) => [read(file(args), args.value(2, "format"))],
    "io.write": (args) => {
      file(args).write(args.bytes(2));
      return [];
    },
    "io.seek": (args) => {
      const whence = args.text(2) as "set" | "cur" | "end";
      return [file(args).seek(whence, Number(args.value(3, "offset")))];
    },
    "io.close": (args) => files.close(Number(args.value(1, "file"))),
  };
}

function openFile(binding: HostBinding, files: OpenFiles, args: Arguments): LuaValue {
  const path = args.text(1);
  const mode = args.text(2) as OpenMode;
  if (path === "") throw new HostError("No such file or directory", "ENOENT");
  if (!binding.host && mode === "r") return files.add(fileOfBytes(readRecorded(binding, "io.open", path)));
  const host = requireHost(binding, `io.open with the mode "${mode}"`);
  const file = host.fs.open(resolve(host.workdir, path), mode);
  const appends = mode.startsWith("a");
  // As C has it: where only writing is possible, the position is the end from the start.
  return files.add(file, { appends, position: mode === "a" ? file.sizeBytes() : 0 });
}

/** Its name is gone as soon as it is open. */
function openTemporary(binding: HostBinding, files: OpenFiles): LuaValue {
  const { fs } = requireHost(binding, "io.tmpfile");
  const path = fs.temporaryName();
  const number = files.add(fs.open(path, "w+"));
  fs.remove(path);
  return number;
}

function read(file: BufferedFile, format: LuaValue): LuaValue {
  if (format === "a") return file.readAll();
  if (format === "n") return file.readNumeral();
  if (format === "l" || format === "L") return file.readLine(format === "L");
  return file.readBytes(Number(format));
}
