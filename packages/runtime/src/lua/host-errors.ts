import { getSystemErrorMap } from "node:util";
import { formatByteSize, HostError } from "@sloth/dsl";

/** Whether a system call failed with `code`, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}

/** The functions of `object`, with failures of the system as the {@link HostError} that a script can handle. */
export function withHostErrors<Functions extends object>(object: Functions): Functions {
  const wrapped: Record<string, unknown> = {};
  for (const [name, operate] of Object.entries(object)) {
    wrapped[name] = (...args: unknown[]) => {
      try {
        return operate(...args);
      } catch (error) {
        throw toHostError(error);
      }
    };
  }
  return wrapped as Functions;
}

/** For what is a pipe, a socket or a device where a file is needed. */
export function notRegular(): HostError {
  return new HostError("Not a regular file", "EINVAL");
}

/** For a file that is not worth reading, since what reads it has less memory. */
export function tooLarge(sizeBytes: number, limitBytes: number): HostError {
  const limit = formatByteSize(limitBytes);
  return new HostError(
    `File too large: ${sizeBytes} bytes do not fit into the memory limit of ${limit}`,
    "EFBIG",
  );
}

/** The failure of a system call as a {@link HostError}; anything else as it is. */
export function toHostError(error: unknown): unknown {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return error;
  const text = getSystemErrorMap().get(errno)?.[1] ?? code;
  return new HostError(text.charAt(0).toUpperCase() + text.slice(1), code);
}
