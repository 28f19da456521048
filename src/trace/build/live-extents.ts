/** Address ranges that start in the same region of this many bytes lie in the same chain. */
const REGION = 65536;

/**
 * The address ranges that are mapped at one moment of the recording, several of which may cover the same address
 * (two domains, or one buffer mapped twice). A range is named by the event row that mapped it.
 *
 * Chained hash on typed arrays, keyed by the region a range starts in; chains keep the order of insertion.
 */
export class LiveExtents {
  private readonly start: Float64Array;
  private readonly end: Float64Array;
  /** Bytes still mapped: a range may be unmapped in pieces. */
  private readonly left: Float64Array;
  private readonly next: Int32Array;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly mask: number;
  /** Rows of ranges longer than a region, which start anywhere before the address that is asked for. */
  private readonly large = new Set<number>();
  /** Number of live ranges. */
  size = 0;

  /** @param rows number of event rows, so that any row can name a range */
  constructor(rows: number) {
    let buckets = 1024;
    while (buckets < rows / 4 && buckets < 1 << 20) buckets *= 2;
    this.mask = buckets - 1;
    this.heads = new Int32Array(buckets).fill(-1);
    this.tails = new Int32Array(buckets).fill(-1);
    this.start = new Float64Array(rows);
    this.end = new Float64Array(rows);
    this.left = new Float64Array(rows);
    this.next = new Int32Array(rows);
  }

  startOf(row: number): number {
    return this.start[row];
  }

  endOf(row: number): number {
    return this.end[row];
  }

  has(row: number): boolean {
    return this.left[row] > 0;
  }

  /** Adds the range of `size` bytes at `start`; a range without bytes is kept as one byte so that it can be found. */
  insert(row: number, start: number, size: number): void {
    const length = size > 0 ? size : 1;
    this.start[row] = start;
    this.end[row] = start + length;
    this.left[row] = length;
    this.next[row] = -1;
    const bucket = this.bucketOf(Math.floor(start / REGION));
    const tail = this.tails[bucket];
    if (tail < 0) this.heads[bucket] = row;
    else this.next[tail] = row;
    this.tails[bucket] = row;
    if (length > REGION) this.large.add(row);
    this.size++;
  }

  remove(row: number): void {
    const bucket = this.bucketOf(Math.floor(this.start[row] / REGION));
    let before = -1;
    for (let at = this.heads[bucket]; at !== row; at = this.next[at]!) before = at;
    const after = this.next[row];
    if (before < 0) this.heads[bucket] = after;
    else this.next[before] = after;
    if (after < 0) this.tails[bucket] = before;
    this.large.delete(row);
    this.left[row] = 0;
    this.size--;
  }

  /**
   * Takes `bytes` away from a range and removes it with its last byte.
   *
   * @returns true when the range is gone
   */
  release(row: number, bytes: number): boolean {
    if (this.left[row] > bytes) {
      this.left[row] = this.left[row] - bytes;
      return false;
    }
    this.remove(row);
    return true;
  }

  /** The live range that starts at `address` and has the highest score above 0, the oldest of equals; -1 none. */
  bestAt(address: number, score: (row: number) => number): number {
    let best = -1;
    let bestScore = 0;
    for (let row = this.heads[this.bucketOf(Math.floor(address / REGION))]; row >= 0; row = this.next[row]!) {
      if (this.start[row] !== address) continue;
      const points = score(row);
      if (points > bestScore) {
        best = row;
        bestScore = points;
      }
    }
    return best;
  }

  /** Rows of all live ranges that overlap [from, to), in no particular order. */
  overlapping(from: number, to: number): number[] {
    const found: number[] = [];
    const first = Math.floor(from / REGION) - 1;
    const last = Math.floor((to - 1) / REGION);
    const everything = last - first > this.heads.length;
    const collect = (bucket: number, region: number): void => {
      for (let row = this.heads[bucket]; row >= 0; row = this.next[row]!) {
        if (this.start[row] >= to || this.end[row] <= from || this.end[row] - this.start[row] > REGION) continue;
        if (everything || Math.floor(this.start[row] / REGION) === region) found.push(row);
      }
    };
    if (everything) for (let bucket = 0; bucket < this.heads.length; bucket++) collect(bucket, 0);
    else for (let region = first; region <= last; region++) collect(this.bucketOf(region), region);
    for (const row of this.large) if (this.start[row] < to && this.end[row] > from) found.push(row);
    return found;
  }

  private bucketOf(region: number): number {
    const low = Math.imul((region % 4294967296) | 0, 0x9e3779b1);
    const mixed = low ^ Math.imul(Math.floor(region / 4294967296), 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.mask;
  }
}
