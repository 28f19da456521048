import { EventKind, Invalidation, type EventTable } from '../events';
import type { TraceDevice, TraceDomain } from '../operations';
import type { Calls } from './calls';
import { invalidationOf, kindOf } from './rows';

/** Devices and domains of a trace, and how to find them. */
export interface Owners {
  devices: TraceDevice[];
  domains: TraceDomain[];
  /** How the devices were found that no event names, in words. */
  assumptions: string[];
}

/** Device of a call: by the name that it printed, else by its domain id, else the trace's only one, else `unknown`. */
export class OwnerIndex implements Owners {
  readonly devices: TraceDevice[] = [];
  readonly domains: TraceDomain[] = [];
  readonly assumptions: string[] = [];
  private readonly deviceOfString = new Map<number, number>();
  private readonly deviceOfName = new Map<string, number>();
  private readonly deviceOfDid = new Map<number, number>();
  private readonly groupOfString = new Map<number, number>();
  private readonly domainOfGroup = new Map<number, number>();
  private readonly soleDid: number;
  private readonly soleString: number;

  constructor(
    private readonly events: EventTable,
    calls: Calls,
  ) {
    const named = new Set<number>();
    const attached = new Set<number>();
    const flushed = new Set<number>();
    const ofCalls = new Set<number>();
    for (let row = 0; row < events.count; row++) {
      const kind = kindOf(events, row);
      if (kind === EventKind.IommuGroupAdd) this.groupOfString.set(events.device[row], events.detail[row]);
      else if (kind === EventKind.IommuAttach) attached.add(events.device[row]);
      if (calls.device[row] >= 0) named.add(calls.device[row]);
      if (namesDomain(events, row)) flushed.add(events.domainId[row]);
      if (calls.did[row] >= 0) ofCalls.add(calls.did[row]);
    }
    this.soleString = only(named.size > 0 ? named : attached);
    this.soleDid = only(ofCalls.size > 0 ? ofCalls : flushed);
    for (let row = 0; row < events.count; row++)
      if (calls.device[row] >= 0) this.learn(calls.device[row], calls.did[row]);
    if (this.soleString >= 0) this.learn(this.soleString, this.soleDid);
  }

  /**
   * Device of a call.
   *
   * @param row the event that says most of the call
   * @param string index into `strings` of the device that the call named, -1 none
   * @param did VT-d domain id of the call's invalidations, -1 none
   * @returns index into `devices`; one that no event names is marked `assumed`, or the call's device is
   */
  of(row: number, string: number, did: number): { device: number; assumed: boolean } {
    if (string >= 0) return { device: this.deviceNamed(string), assumed: false };
    const kind = kindOf(this.events, row);
    if (kind === EventKind.QemuViommuMap || kind === EventKind.QemuViommuUnmap) {
      return { device: this.deviceInferred(`unknown:domain${this.events.domainId[row]}`, -1), assumed: true };
    }
    return { device: this.infer(did), assumed: true };
  }

  private infer(did: number): number {
    if (did >= 0) return this.deviceWithDid(did, 'the VT-d domain id of the invalidations after their unmaps tells it');
    if (this.soleString >= 0) {
      const name = this.events.strings[this.soleString];
      this.assume(
        `No event names the device of some mappings; they are taken to be those of ${name}, the only one named.`,
      );
      return this.deviceNamed(this.soleString);
    }
    if (this.soleDid >= 0) {
      return this.deviceWithDid(this.soleDid, `all invalidations of the trace are for VT-d domain id ${this.soleDid}`);
    }
    this.assume('No event names the device or domain of some mappings; they are put into one unknown domain.');
    return this.deviceInferred('unknown', -1);
  }

  private learn(string: number, did: number): void {
    if (did < 0 || this.deviceOfDid.has(did)) return;
    const device = this.deviceNamed(string);
    this.deviceOfDid.set(did, device);
    const domain = this.domains[this.devices[device].domain];
    if (domain.did < 0) domain.did = did;
  }

  private deviceWithDid(did: number, why: string): number {
    this.assume(`No event names the device of some mappings; ${why}.`);
    return this.deviceOfDid.get(did) ?? this.deviceInferred(`unknown:did${did}`, did);
  }

  private deviceNamed(string: number): number {
    const known = this.deviceOfString.get(string);
    if (known !== undefined) return known;
    const name = this.events.strings[string];
    const group = this.groupOfString.get(string) ?? -1;
    let domain = this.domainOfGroup.get(group);
    if (domain === undefined) {
      domain = this.domains.length;
      this.domains.push({ name: group < 0 ? name : `group ${group}`, group, did: -1, assumed: false });
      if (group >= 0) this.domainOfGroup.set(group, domain);
    }
    const device = this.devices.length;
    this.devices.push({ name, assumed: false, ats: false, untrusted: false, domain });
    this.deviceOfString.set(string, device);
    return device;
  }

  private deviceInferred(name: string, did: number): number {
    const known = this.deviceOfName.get(name);
    if (known !== undefined) return known;
    const domain = this.domains.length;
    this.domains.push({ name, group: -1, did, assumed: true });
    const device = this.devices.length;
    this.devices.push({ name, assumed: true, ats: false, untrusted: false, domain });
    this.deviceOfName.set(name, device);
    return device;
  }

  private assume(words: string): void {
    if (!this.assumptions.includes(words)) this.assumptions.push(words);
  }
}

/** Whether an event is an invalidation of pages of one domain, or of a whole one. */
function namesDomain(events: EventTable, row: number): boolean {
  if (events.domainId[row] < 0) return false;
  const kind = kindOf(events, row);
  if (kind === EventKind.CacheTagFlush) return true;
  const invalidation = invalidationOf(events, row);
  return kind === EventKind.QiSubmit && (invalidation === Invalidation.Page || invalidation === Invalidation.Domain);
}

function only(set: Set<number>): number {
  const [first] = set;
  return set.size === 1 ? first : -1;
}
