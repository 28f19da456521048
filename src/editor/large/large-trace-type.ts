/** The type of the large-trace view, by which VS Code knows the editor. */
export const LARGE_TRACE_TYPE = 'iommuReplay.largeTrace';
