/** Policies' parameters and platforms' prices as tables. */
import type { Table } from './table';
import { formatPrice } from './value';

interface Parameter {
  type: string;
  default: number | boolean | string;
  minimum?: number;
  maximum?: number;
  values?: readonly string[];
  unit?: string;
  description: string;
}

export function parameterTable(parameters: Readonly<Record<string, Parameter>>): Table | undefined {
  const rows = Object.entries(parameters).map(([name, schema]) => [
    name,
    String(schema.default),
    rangeText(schema),
    schema.unit ?? '',
    schema.description,
  ]);
  if (rows.length === 0) return undefined;
  const titles = ['parameter', 'default', 'values', 'unit', 'description'];
  return { columns: titles.map(title => ({ title, align: 'left' })), rows };
}

function rangeText({ type, minimum, maximum, values }: Parameter): string {
  if (values !== undefined) return values.join(', ');
  if (type === 'boolean') return 'true, false';
  if (minimum === undefined && maximum === undefined) return type;
  return `${minimum ?? ''}..${maximum ?? ''}`;
}

interface Price {
  work: string;
  component: string;
  ns: number;
  low: number;
  high: number;
  provenance: string;
  source: string;
}

/** Every price with its band, how it came to be, and where it is from. */
export function costTable(costs: readonly Price[]): Table {
  return {
    columns: [
      { title: 'work', align: 'left' },
      { title: 'component', align: 'left' },
      { title: '≈ ns', align: 'right' },
      { title: 'low', align: 'right' },
      { title: 'high', align: 'right' },
      { title: 'provenance', align: 'left' },
      { title: 'source', align: 'left' },
    ],
    rows: costs.map(cost => [
      cost.work,
      cost.component,
      formatPrice(cost.ns),
      formatPrice(cost.low),
      formatPrice(cost.high),
      cost.provenance,
      cost.source,
    ]),
  };
}

interface Calibrated {
  measured: readonly Price[];
  used: readonly { name: string; policy: string; pages: number; calls: number; interrupted: number; cut: number }[];
}

/** The recordings used, and the prices measured from them. */
export function calibrationTables({ measured, used }: Calibrated): [Table, Table] {
  const columns = ['recording', 'policy', 'pages', 'calls', 'interrupted', 'cut'];
  return [
    {
      columns: columns.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' })),
      rows: used.map(({ name, policy, pages, calls, interrupted, cut }) => [
        name,
        policy,
        ...[pages, calls, interrupted, cut].map(String),
      ]),
    },
    costTable(measured),
  ];
}
