/**
 * Names of the kernel's locks, numbered densely so that a replay can keep their clocks in an array.
 *
 * Names end in what they are one of: `iova-tree:<domain>`, `fq:<domain>:<cpu>`, `type1-container:<domain>`. Locks of which
 * there is one per IOMMU unit or per machine have no such part: `vtd-queue`, `smmu-cmdq`, `viommu-request`.
 */
export class LockRegistry {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** Number of the lock of that name; the same name gives the same number. */
  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }

  get count(): number {
    return this.names.length;
  }
}
