/** Does a text look like a DMA trace? A guess from its first lines: the engine decides when it imports. */

/** Lines that are worth looking at: headers of perf script take up to about sixty. */
export const SNIFFED_LINES = 200;

/** perf script prints `system:event:`. */
const PERF_EVENT = /\s(?:iommu|dma|swiotlb|intel_iommu):[a-z_]+:\s/;

/** ftrace and trace-cmd print the event alone, after a time stamp (or nothing before it without context info). */
const FTRACE_EVENT =
  /(?:^|:\s)(?:map|unmap|io_page_fault|dma_(?:map|unmap|alloc|free|sync)_\w+|swiotlb_bounced|qi_submit|cache_tag_\w+|(?:add|remove)_device_(?:to|from)_group|(?:attach|detach)_device_\w+):\s+(?:IOMMU:|\S+:\S+|dev_name:|iotlb_inv|iova=|device=|qw0=)/;

/** QEMU's log backend prints `event_name text`, with the time stamp of -msg timestamp=on or pid@seconds in front. */
const QEMU_EVENT = /^(?:\S+\s+)?(?:\d+@\d+\.\d+:)?(?:vtd_|vfio_|virtio_iommu_)\w+\s/;

/** More than one: a single line may be a quotation in a mail or a log. */
const ENOUGH = 3;

export function looksLikeTrace(lines: Iterable<string>): boolean {
  let seen = 0;
  for (const line of lines) {
    if (PERF_EVENT.test(line) || FTRACE_EVENT.test(line) || QEMU_EVENT.test(line)) seen++;
    if (seen >= ENOUGH) return true;
  }
  return false;
}
