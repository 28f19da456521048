/** Which parts of a trace line get a colour of meaning. */

/** Six devices keep apart; more share colours. Declared in package.json with the theme colours that they borrow. */
const DEVICE_TYPES = [
  'iommuDevice1',
  'iommuDevice2',
  'iommuDevice3',
  'iommuDevice4',
  'iommuDevice5',
  'iommuDevice6',
] as const;

/** By `Direction`: both, to device, from device, none, unknown. */
const DIRECTION_TYPES = ['iommuBidirectional', 'iommuToDevice', 'iommuFromDevice', undefined, undefined] as const;

export const TOKEN_TYPES = [...DEVICE_TYPES, 'iommuBidirectional', 'iommuToDevice', 'iommuFromDevice'] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];

export interface LineToken {
  start: number;
  length: number;
  type: TokenType;
}

/** The event's name: `iommu:map:` as perf prints it, `map:` after a time stamp, or QEMU's name at the start. */
const EVENT = /\b[a-z_]+:[a-z_]+(?=:\s)|(?<=\d:\s)[a-z_]+(?=:\s)|\b(?:vtd|vfio|virtio_iommu)_\w+/d;
const DEVICE = /\b[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]\b/d;
const DIRECTION = /\bdir=(\w+)/d;
const ADDRESS = /\b(?:iova|dma_addr|addr)=(?:0x)?[\da-f]+/d;

/**
 * Tokens of one event line in order of their place.
 *
 * @param device index among the trace's devices; negative: unknown
 * @param direction `Direction` value; the operation's where the event itself has none
 */
export function lineTokens(text: string, device: number, direction: number): LineToken[] {
  const tokens: LineToken[] = [];
  if (device >= 0) {
    const type = DEVICE_TYPES[device % DEVICE_TYPES.length];
    for (const pattern of [EVENT, DEVICE]) add(tokens, pattern.exec(text)?.indices?.[0], type);
  }
  const directionType = DIRECTION_TYPES.at(direction);
  if (directionType !== undefined) {
    // Lines that print no direction show it at the address.
    const printed = DIRECTION.exec(text)?.indices?.[1] ?? ADDRESS.exec(text)?.indices?.[0];
    add(tokens, printed, directionType);
  }
  return tokens.sort((a, b) => a.start - b.start);
}

/** Where the event's name begins and ends; undefined where there is none. */
export function eventSpan(text: string): [number, number] | undefined {
  return EVENT.exec(text)?.indices?.[0];
}

/** Where the event's name begins; 0 where there is none. */
export function eventColumn(text: string): number {
  return eventSpan(text)?.[0] ?? 0;
}

function add(tokens: LineToken[], span: [number, number] | undefined, type: TokenType): void {
  if (span !== undefined) tokens.push({ start: span[0], length: span[1] - span[0], type });
}
