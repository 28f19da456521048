/** A VMM's view of assigned devices as tables. Everything in it is counted. */
import type { AddressSpaceReport } from '../analysis/address-spaces';
import { formatBytes, formatCount, formatNs } from '../analysis/units';
import type { Table } from './table';

/** What a management layer must let the VMM lock, bytes. */
export interface RequiredLimits {
  devices: number;
  /** Translation off or identity, and a container for each device: all of RAM each. */
  containerPerDevice: number;
  /** The same with one container for all devices of a guest domain: pages are counted once. */
  containerPerDomain: number;
}

/**
 * The limit of locked memory that so many devices need at the worst moment, which is boot: translation is off then.
 *
 * Source: drivers/vfio/vfio_iommu_type1.c charges each container's pinned pages to the VMM (vfio_lock_acct).
 */
export function lockLimits(report: AddressSpaceReport, devices: number): RequiredLimits {
  const one = Math.max(report.guestRamBytes, report.peakBytes);
  return { devices, containerPerDevice: devices * one, containerPerDomain: one };
}

export function addressSpaceFacts(report: AddressSpaceReport, limits: RequiredLimits): Table {
  const { failure } = report;
  return {
    columns: [
      { title: 'counted', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows: [
      ['guest RAM', formatBytes(report.guestRamBytes)],
      ['locked memory, peak', formatBytes(report.peakBytes)],
      ['mappings, peak', formatCount(report.peakEntries)],
      ['map ioctls', formatCount(report.mapIoctls)],
      ['unmap ioctls', formatCount(report.unmapIoctls)],
      [
        'notifications',
        `${formatCount(report.mapNotifications)} maps, ${formatCount(report.unmapNotifications)} unmaps`,
      ],
      [
        `RLIMIT_MEMLOCK for ${limits.devices} device${limits.devices === 1 ? '' : 's'}`,
        `at least ${formatBytes(limits.containerPerDevice)} (${formatBytes(limits.containerPerDomain)} with one container per guest domain)`,
      ],
      [
        'limits',
        failure === undefined
          ? 'none was exceeded'
          : `${failure.reason} exceeded at line ${failure.line}: ${amount(failure, failure.wanted)} wanted, ${amount(failure, failure.limit)} allowed`,
      ],
    ],
  };
}

function amount({ reason }: NonNullable<AddressSpaceReport['failure']>, value: number): string {
  return reason === 'entries' ? formatCount(value) : formatBytes(value);
}

export function switchTable({ switches }: AddressSpaceReport): Table {
  const titles = ['line', 'time', 'unmap ioctls', 'released', 'map ioctls', 'locked', 'rows skipped', 'recorded'];
  return {
    columns: [{ title: 'switch', align: 'left' }, ...titles.map(title => ({ title, align: 'right' as const }))],
    rows: switches.map(change => [
      `${change.from} → ${change.to}`,
      String(change.line),
      formatNs(change.timeNs),
      formatCount(change.unmapIoctls),
      formatBytes(change.releasedBytes),
      formatCount(change.mapIoctls),
      formatBytes(change.lockedBytes),
      formatCount(change.skippedRows),
      formatNs(change.recordedNs),
    ]),
  };
}
