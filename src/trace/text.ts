/**
 * The one thing that the core needs from its host: decoding UTF-8. TextDecoder is not part of the ECMAScript library, but
 * browsers, workers and Node all provide it.
 */
declare const TextDecoder: new (label: string) => { decode(bytes: Uint8Array): string };

const utf8 = new TextDecoder('utf-8');

/** Decodes `bytes[start..end)`; malformed sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte >= 0x80) return utf8.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** ASCII text as bytes; for literals in parsers. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0));
}
