import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": `${import.meta.dirname}/src` } },
  test: {
    include: ["src/**/*.test.ts"],
    testTimeout: 5_000,
    coverage: {
      include: ["src/lib/**/*.ts"],
      exclude: ["src/lib/**/*.{test,fixture}.ts"],
      reporter: ["text"],
      thresholds: { statements: 80, branches: 80, functions: 80, lines: 80 },
    },
  },
});
