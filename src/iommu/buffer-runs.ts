import { accessOf, type DmaBuffer } from './buffer';
import { PAGE_BYTES } from './exposure';
import { NO_RUN, type RunPool } from './run-pool';

/**
 * The physically contiguous runs of a buffer, as iommu_map_sg joins the entries of a list, laid out from an IOVA on.
 * Where the trace tells less memory than the mapping covers, the rest follows the last run.
 *
 * Kernel: iommu_map_sg (drivers/iommu/iommu.c).
 * @param elsewhere first physical page of a buffer of which the trace shows nothing
 * @returns head of the list of runs
 */
export function runsOf(buffer: DmaBuffer, iovaPage: number, runs: RunPool, elsewhere: number): number {
  const access = accessOf(buffer);
  const end = iovaPage + buffer.pages;
  let head = NO_RUN;
  let tail = NO_RUN;
  let at = iovaPage;
  for (let i = 0; i < buffer.segmentCount && at < end; i++) {
    const phys = buffer.segmentPhys(i);
    const bytes = buffer.segmentSize(i);
    const physPage = Math.floor(phys / PAGE_BYTES);
    const offset = phys - physPage * PAGE_BYTES;
    const pages = Math.min(end - at, Math.ceil((offset + bytes) / PAGE_BYTES));
    if (tail !== NO_RUN && runs.physPage[tail] + runs.pages[tail] === physPage) {
      lengthen(runs, tail, pages, bytes);
    } else {
      const run = runs.create(at, physPage, pages, offset, bytes, access);
      if (tail === NO_RUN) head = run;
      else runs.next[tail] = run;
      tail = run;
    }
    at += pages;
  }
  const missing = end - at;
  if (missing === 0) return head;
  if (tail === NO_RUN) return runs.create(at, elsewhere, missing, 0, missing * PAGE_BYTES, access);
  lengthen(runs, tail, missing, missing * PAGE_BYTES);
  return head;
}

function lengthen(runs: RunPool, run: number, pages: number, bytes: number): void {
  runs.pages[run] += pages;
  runs.bytes[run] += bytes;
}
