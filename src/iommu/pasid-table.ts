import type { HardwareSite } from './hardware/hardware';

/**
 * The PASIDs of a domain's devices. A PASID bound to the domain's own table is cached under its own tag, so each
 * invalidation needs one more descriptor for it; one bound to another table (the kernel's) takes no part in them.
 *
 * Source: "Support in-kernel DMA with PASID and SVA" (iommu list, September 2021).
 */
export class PasidTable {
  constructor(private readonly site: HardwareSite) {}

  /** Binds one more PASID to the table that the requester ID uses. */
  bindToDomain(): void {
    this.site.pasids += 1;
  }

  get bound(): number {
    return this.site.pasids;
  }
}
