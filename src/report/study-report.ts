/** Sweeps and sensitivities as tables. */
import type { Sensitivity } from '../analysis/sensitivity';
import type { Sweep } from '../analysis/sweep';
import { formatBytes, formatNs } from '../analysis/units';
import type { Table } from './table';
import { formatPrice, formatValue } from './value';

type Column = Table['columns'][number];

function right(...titles: string[]): Column[] {
  return titles.map(title => ({ title, align: 'right' }));
}

export function sweepTable({ parameter, points, knee }: Sweep): Table {
  return {
    columns: [
      ...right(
        sweepHeading(parameter),
        '≈ CPU time',
        '≈ band',
        '≈ stale pages × time',
        '= memory',
        '= IOTLB misses/4 KiB',
      ),
      { title: '', align: 'left' },
    ],
    rows: points.map((point, i) => [
      formatValue(point.value, parameter.unit),
      formatNs(point.cpuNs),
      `${formatNs(point.band[0])} … ${formatNs(point.band[1])}`,
      formatValue(point.stalePageNs, 'page·ns'),
      formatBytes(point.memoryBytes),
      formatValue(point.iotlbMissesPer4k, ''),
      [...(i === knee?.index ? ['knee'] : []), ...(point.value === parameter.current ? ['as replayed'] : [])].join(
        ', ',
      ),
    ]),
  };
}

/** The parameter, with its unit where that does not stand beside each value. */
function sweepHeading({ name, unit }: Sweep['parameter']): string {
  return unit === '' || unit === 'ns' || unit === 'bytes' ? name : `${name}, ${unit}`;
}

export function sweepCsvTable({ parameter, points }: Sweep): Table {
  return {
    columns: right(parameter.name, 'cpuNs', 'cpuNsLow', 'cpuNsHigh', 'stalePageNs', 'memoryBytes', 'iotlbMissesPer4k'),
    rows: points.map(point =>
      [point.value, point.cpuNs, ...point.band, point.stalePageNs, point.memoryBytes, point.iotlbMissesPer4k].map(
        String,
      ),
    ),
  };
}

export function sensitivityTable({ bars }: Sensitivity): Table {
  return {
    columns: [
      { title: 'price', align: 'left' },
      ...right('≈ ns', 'low', 'high', '≈ CPU time, low', '≈ CPU time, high'),
      { title: 'source', align: 'left' },
    ],
    rows: bars.map(bar => [
      bar.work,
      formatPrice(bar.ns),
      formatPrice(bar.low),
      formatPrice(bar.high),
      formatNs(bar.cpuNsLow),
      formatNs(bar.cpuNsHigh),
      bar.source,
    ]),
  };
}
