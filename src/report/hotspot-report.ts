/** Hotspots as a table, and as they are for programs. */
import type { Hotspot } from '../analysis/hotspots';
import { formatCount, formatNs, formatPercent } from '../analysis/units';
import type { Table } from './table';

/** `baseline`: name of the run compared with, where one was. */
export function hotspotTable(spots: readonly Hotspot[], by: string, baseline?: string): Table {
  return {
    columns: [
      { title: '#', align: 'right' },
      { title: by, align: 'left' },
      { title: 'operations', align: 'right' },
      { title: '≈ total', align: 'right' },
      { title: 'share', align: 'right' },
      { title: '≈ mean', align: 'right' },
      { title: '≈ max', align: 'right' },
      ...(baseline === undefined
        ? []
        : [
            { title: `≈ ${baseline}`, align: 'right' as const },
            { title: 'Δ', align: 'right' as const },
          ]),
      { title: by === 'line' || by === 'operation' ? 'line' : 'line of max', align: 'right' },
    ],
    rows: spots.map((spot, i) => [
      String(i + 1),
      spot.label,
      formatCount(spot.operations),
      formatNs(spot.totalNs),
      `${(spot.share * 100).toFixed(1)} %`,
      formatNs(spot.meanNs),
      formatNs(spot.maxNs),
      ...(baseline === undefined ? [] : [formatNs(spot.baselineNs ?? 0), difference(spot)]),
      String(spot.line),
    ]),
  };
}

function difference({ totalNs, baselineNs }: Hotspot): string {
  return baselineNs === undefined || baselineNs === 0 ? '' : formatPercent(totalNs / baselineNs - 1);
}

export function hotspotCsvTable(spots: readonly Hotspot[]): Table {
  const columns = ['label', 'operations', 'totalNs', 'share', 'meanNs', 'maxNs', 'baselineNs', 'line'];
  return {
    columns: columns.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows: spots.map(spot => [
      spot.label,
      ...[spot.operations, spot.totalNs, spot.share, spot.meanNs, spot.maxNs, spot.baselineNs ?? '', spot.line].map(
        String,
      ),
    ]),
  };
}
