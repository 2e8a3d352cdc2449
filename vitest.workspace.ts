import { defineConfig } from "vitest/config";

const packages = ["dsl", "workspace", "protocol", "runtime", "agent", "master"];

export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        test: { name, root: `packages/${name}`, include: ["src/**/*.test.ts"], testTimeout: 120_000 },
      })),
      {
        test: {
          name: "e2e",
          root: "e2e",
          include: ["**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
