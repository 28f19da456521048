import amdBareMetal from './amd-bare-metal.json';
import emulatedVtd from './emulated-vtd.json';
import { checkPlatform, parsePlatform, PlatformError } from './load';
import nestedVtd from './nested-vtd.json';
import type { PlatformProfile } from './profile';
import smmuv3 from './smmuv3.json';
import virtioIommu from './virtio-iommu.json';
import virtioIommuSince68 from './virtio-iommu-6-8.json';
import vtdBareMetal from './vtd-bare-metal.json';

/** The platforms that come with the product, in the order in which they are offered. */
export const platforms: readonly PlatformProfile[] = [
  vtdBareMetal,
  amdBareMetal,
  smmuv3,
  virtioIommu,
  virtioIommuSince68,
  emulatedVtd,
  nestedVtd,
].map(checkPlatform);

/** The platform of that id, or undefined. */
export function findPlatform(id: string): PlatformProfile | undefined {
  return platforms.find(platform => platform.id === id);
}

/**
 * A platform by its id or by the JSON text of a user's file.
 * @throws PlatformError when it is neither.
 */
export function resolvePlatform(idOrJson: string): PlatformProfile {
  const known = findPlatform(idOrJson);
  if (known) return known;
  if (idOrJson.trimStart().startsWith('{')) return parsePlatform(idOrJson);
  const ids = platforms.map(platform => platform.id).join(', ');
  throw new PlatformError([`no platform called "${idOrJson}"; known are ${ids}, or give the JSON text of one`]);
}
