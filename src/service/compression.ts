/** Compressions told by their first bytes: names of files are not to be trusted. */
export type Compression = 'gzip' | 'xz' | 'zstd';

/** Compression of a file by its first bytes; undefined: none that is read. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  // A skippable frame, which pzstd writes first (RFC 8878, 3.1.2: 0x184D2A50 to 0x184D2A5F).
  if ((head[0] & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18])) return 'zstd';
  return undefined;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
