import { hashPage } from './page-index';

const EMPTY = -1;

/** Page numbers to 32-bit values: an open-addressing hash with backward-shift deletion. */
export class PageHash {
  private keys = new Float64Array(64).fill(EMPTY);
  private values = new Int32Array(64);
  size = 0;

  /** The value, or `missing`. */
  get(key: number, missing: number): number {
    const i = this.position(key);
    return this.keys[i] === EMPTY ? missing : this.values[i];
  }

  set(key: number, value: number): void {
    let i = this.position(key);
    if (this.keys[i] === EMPTY) {
      if ((this.size + 1) * 2 > this.keys.length) {
        this.grow();
        i = this.position(key);
      }
      this.keys[i] = key;
      this.size += 1;
    }
    this.values[i] = value;
  }

  delete(key: number): void {
    const { keys, values } = this;
    const mask = keys.length - 1;
    let hole = this.position(key);
    if (keys[hole] === EMPTY) return;
    let i = hole;
    for (;;) {
      i = (i + 1) & mask;
      if (keys[i] === EMPTY) break;
      const home = hashPage(keys[i]) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        keys[hole] = keys[i];
        values[hole] = values[i];
        hole = i;
      }
    }
    keys[hole] = EMPTY;
    this.size -= 1;
  }

  forEach(visit: (key: number, value: number) => void): void {
    for (let i = 0; i < this.keys.length; i++) if (this.keys[i] !== EMPTY) visit(this.keys[i], this.values[i]);
  }

  private position(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let i = hashPage(key) & mask;
    while (keys[i] !== EMPTY && keys[i] !== key) i = (i + 1) & mask;
    return i;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.values = new Int32Array(keys.length * 2);
    for (let j = 0; j < keys.length; j++) {
      if (keys[j] === EMPTY) continue;
      const i = this.position(keys[j]);
      this.keys[i] = keys[j];
      this.values[i] = values[j];
    }
  }
}
