import { Direction, EventKind } from './events';

/** What a payload parser found in the text of one event. One is reused for all lines. Units as in `EventTable`. */
export class EventDraft {
  kind: EventKind = EventKind.IommuMap;
  /** Bytes of the device name in the line; equal: no device. */
  deviceStart = 0;
  deviceEnd = 0;
  direction: Direction = Direction.Unknown;
  address = 0;
  phys = 0;
  size = 0;
  flags = 0;
  detail = 0;
  domainId = -1;
  nents = 0;
  /** The first `...Count` elements of each list are in use; a list that the event does not have is empty. */
  readonly listAddress: number[] = [];
  readonly listPhys: number[] = [];
  readonly listSize: number[] = [];
  listAddressCount = 0;
  listPhysCount = 0;
  listSizeCount = 0;

  get listCount(): number {
    return Math.max(this.listAddressCount, this.listPhysCount, this.listSizeCount);
  }

  reset(kind: EventKind): void {
    this.kind = kind;
    this.deviceStart = 0;
    this.deviceEnd = 0;
    this.direction = Direction.Unknown;
    this.address = 0;
    this.phys = 0;
    this.size = 0;
    this.flags = 0;
    this.detail = 0;
    this.domainId = -1;
    this.nents = 0;
    this.listAddressCount = 0;
    this.listPhysCount = 0;
    this.listSizeCount = 0;
  }
}
