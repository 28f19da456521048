import { vi } from 'vitest';

/** How long anything in a workbench may take before a test fails, in ms. Two busy cores are slow. */
export const patience = 45_000;

/**
 * Tries until an attempt succeeds.
 *
 * @param attempt throws, or rejects, while it is too early
 * @returns what the successful attempt returned
 * @throws the last attempt's error, after `patience`
 */
export function eventually<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(attempt, { timeout: patience, interval: 100 });
}
