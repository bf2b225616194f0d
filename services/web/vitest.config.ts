import { defineConfig } from "vitest/config";

const resolve = { alias: { "@": `${import.meta.dirname}/src` } };

export default defineConfig({
  test: {
    projects: [
      { resolve, test: { name: "unit", include: ["src/**/*.test.ts"], testTimeout: 10_000 } },
      {
        test: {
          name: "built",
          include: ["tests/**/*.test.ts"],
          // Builds first: these are tests of the output, as it is served.
          globalSetup: "tests/build.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: {
      include: ["src/lib/**/*.ts"],
      exclude: ["src/lib/**/*.{test,fixture}.ts"],
      reporter: ["text"],
      thresholds: { statements: 80, branches: 80, functions: 80, lines: 80 },
    },
  },
});
