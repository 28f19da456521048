/**
 * Where the machine puts memory that the trace does not place: physical page numbers far above any real memory, so that
 * such pages are never taken for a driver's.
 */

/** Pages per domain in the regions below; also the end of a 48-bit IOVA space. */
export const DOMAIN_PAGES = 2 ** 36;
/** The kernel's direct map of all memory, as a 48-bit address: page_offset_base of x86-64 without its sign extension, rounded. */
export const DIRECT_MAP_PAGE = 2 ** 35;
/** Buffers whose physical address no event shows. */
export const UNKNOWN_PAGES = 2 ** 45;
/** From here on: bounce memory, first the static pool. */
export const BOUNCE_PAGES = 2 ** 46;
/** Dynamic bounce pools, by domain. */
export const BOUNCE_POOL_PAGES = 2 ** 47;
