/** No address: the mapping does not exist, or could not be made. */
export const NO_ADDRESS = -1;

/**
 * What the DMA layer remembers of each mapping, by mapping number. Shared by all domains, since a mapping belongs to one.
 */
export class MappingTable {
  /** First page of the address that the driver was given: an IOVA, a bounce slot's, or physical memory. Stays after the end. */
  readonly address: Float64Array;
  /** Pages of it. */
  readonly pages: Uint32Array;
  /** For the policy: a slot number, a kind. */
  readonly state: Int32Array;
  private readonly live: Uint8Array;

  constructor(readonly count: number) {
    this.address = new Float64Array(count).fill(NO_ADDRESS);
    this.pages = new Uint32Array(count);
    this.state = new Int32Array(count);
    this.live = new Uint8Array(count);
  }

  begin(mapping: number, address: number, pages: number, state = 0): void {
    this.address[mapping] = address;
    this.pages[mapping] = pages;
    this.state[mapping] = state;
    this.live[mapping] = 1;
  }

  /**
   * Ends a mapping.
   * @returns whether it was live
   */
  end(mapping: number): boolean {
    if (this.live[mapping] === 0) return false;
    this.live[mapping] = 0;
    return true;
  }

  isLive(mapping: number): boolean {
    return this.live[mapping] === 1;
  }
}
