/** What users type when they say where to go. */

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };

/** ns; a bare number means seconds, as the formats print them. */
export function parseTime(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(s|ms|us|µs|ns|)\s*$/i.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * UNITS[match[2].toLowerCase() || 's']);
}

export function parseOperation(text: string): number | undefined {
  const match = /^\s*#?(\d+)\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** Hexadecimal with or without 0x, as the events print addresses. */
export function parseAddress(text: string): number | undefined {
  const match = /^\s*(?:0x)?([\da-f]{1,16})\s*$/i.exec(text);
  return match === null ? undefined : parseInt(match[1], 16);
}
