import { existsSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { mountSmallDisk, type SmallDiskOptions, whyNoSmallDisk } from "./small-disk.js";

const MIB = 1024 * 1024;
const reason = whyNoSmallDisk();

function smallDisk(options: SmallDiskOptions): string {
  const disk = mountSmallDisk(options);
  onTestFinished(disk.unmount);
  return disk.path;
}

describe.skipIf(reason !== undefined)(`a small disk${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("takes as much as fits and then says that it is full", () => {
    const path = smallDisk({ sizeBytes: 2 * MIB });

    writeFileSync(join(path, "fits"), Buffer.alloc(MIB));

    expect(() => writeFileSync(join(path, "too large"), Buffer.alloc(2 * MIB))).toThrow("ENOSPC");
    expect(statfsSync(path).bavail).toBe(0);
  });

  it("runs out of inodes while it has room", () => {
    const path = smallDisk({ sizeBytes: MIB, inodes: 4 });

    const fill = () => {
      for (let i = 0; i < 4; i++) mkdirSync(join(path, `d${i}`));
    };

    expect(fill).toThrow("ENOSPC");
    expect(statfsSync(path).bavail).toBeGreaterThan(0);
  });

  it("leaves nothing behind, also when it is unmounted twice", () => {
    const disk = mountSmallDisk({ sizeBytes: MIB });
    writeFileSync(join(disk.path, "file"), "content");

    disk.unmount();
    disk.unmount();

    expect(existsSync(disk.path)).toBe(false);
  });
});

it.skipIf(process.getuid?.() === 0)("says why an ordinary user cannot have a small disk", () => {
  expect(reason).toMatch(/root|Linux/);
});
