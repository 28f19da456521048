import type { TraceTraits } from './policy';

/** Policies without protection are not for devices that the kernel does not trust; says which those are. */
export function mustBeTrusted(traits: TraceTraits): string | undefined {
  if (traits.untrustedDevices.length === 0) return undefined;
  const names = traits.untrustedDevices.join(', ');
  return (
    `${names} is untrusted (external-facing port): the kernel gives it no mode in which it could reach memory that is not ` +
    `mapped for it. Use pasid-iova, pasid-kva-strict or untrusted.`
  );
}
