import { defineConfig } from 'vitest/config';

// One workbench at a time: two of them on two cores only make both slow.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['./global-setup.ts'],
    setupFiles: ['./failures.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    // A busy machine now and then loses a key press or a window; what is wrong fails again.
    retry: 1,
    hookTimeout: 120_000,
  },
});
