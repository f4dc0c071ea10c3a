import { vi } from 'vitest';

/**
 * Waits until a condition holds.
 *
 * @throws Error after a minute in which it did not: the test fails where it waited, and says so.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 60_000, interval: 10 });
}
