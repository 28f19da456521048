/** What the machine has to know of an operation to map its buffer: a cursor over columns, or a made-up one. */
export interface DmaBuffer {
  /** 0 both, 1 to device, 2 from device, 3 none. */
  readonly direction: number;
  readonly coherent: boolean;
  /** 4 KiB pages of IOVA space. */
  readonly pages: number;
  readonly segmentCount: number;
  /** Physical address of segment i, bytes. */
  segmentPhys(i: number): number;
  /** Length of segment i, bytes. */
  segmentSize(i: number): number;
}

export const TO_DEVICE = 1;
export const FROM_DEVICE = 2;

/** dma_info_to_prot: what the device may do with a buffer of that direction. Coherent memory is shared both ways. */
export function accessOf(buffer: DmaBuffer): number {
  if (buffer.coherent) return 3;
  switch (buffer.direction) {
    case 0:
      return 3;
    case TO_DEVICE:
      return 1;
    case FROM_DEVICE:
      return 2;
    default:
      return 0;
  }
}

/** The CPU's data reaches the device: copied into a bounce buffer at map and at sync for device. */
export function copiesToDevice(direction: number): boolean {
  return direction !== FROM_DEVICE && direction <= FROM_DEVICE;
}

/** The device's data reaches the CPU: copied out of a bounce buffer at unmap and at sync for CPU. */
export function copiesFromDevice(direction: number): boolean {
  return direction !== TO_DEVICE && direction <= FROM_DEVICE;
}
