/** Numbers as people read them, for the clients that print them. */
export { formatAddress, formatBytes, formatCount, formatNs, formatPercent } from '../analysis/units';
