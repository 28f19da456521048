/** The smallest power of two that is not less than `n` (at least 1). */
export function powerOfTwoAtLeast(n: number): number {
  if (n <= 2 ** 30) return n <= 1 ? 1 : 1 << (32 - Math.clz32(n - 1));
  let power = 2 ** 31;
  while (power < n) power *= 2;
  return power;
}
