import * as v from 'valibot';
import type { PlatformProfile } from './profile';

/** A platform that cannot be used: one line for each thing wrong with it, each naming the place in the file. */
export class PlatformError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'PlatformError';
  }
}

const text = v.pipe(v.string('a text is expected here'), v.nonEmpty('must not be empty'));
const positive = v.pipe(finite(), v.gtValue(0, 'must be greater than 0'));
const notNegative = v.pipe(finite(), v.minValue(0, 'must not be negative'));
const count = v.pipe(notNegative, v.integer('a whole number is expected here'));

const costSchema = v.pipe(
  v.strictObject(
    {
      ns: notNegative,
      low: notNegative,
      high: notNegative,
      source: text,
      provenance: v.picklist(
        ['published', 'derived', 'calibrated', 'assumed'],
        'must be published, derived, calibrated or assumed',
      ),
    },
    'a cost is { ns, low, high, source, provenance }',
  ),
  v.check(cost => cost.low <= cost.ns && cost.ns <= cost.high, 'the band must hold the value: low <= ns <= high'),
);

const machineSchema = v.strictObject(
  {
    kind: v.picklist(
      ['vtd', 'amd', 'smmuv3', 'virtio-iommu', 'emulated-vtd', 'nested-vtd'],
      'must be vtd, amd, smmuv3, virtio-iommu, emulated-vtd or nested-vtd',
    ),
    maxAddressMask: v.pipe(count, v.maxValue(52, 'must be at most 52')),
    pageSizes: v.pipe(
      v.array(v.pipe(count, v.check(isPowerOfTwo, 'must be a power of two')), 'a list of page sizes is expected here'),
      v.check(sizes => sizes[0] === 4096, 'must begin with 4096'),
      v.check(sizes => sizes.every((size, i) => i === 0 || size > sizes[i - 1]), 'must ascend'),
    ),
    iovaMagazineSize: v.pipe(count, v.minValue(1, 'must be at least 1')),
    iovaDepotLimit: v.pipe(
      finite(),
      v.integer('a whole number is expected here'),
      v.minValue(-1, 'must be -1 (unbounded) or more'),
    ),
    hz: positive,
    mapWaitsEach: v.exactOptional(v.boolean('must be true or false')),
    rangeInvalidation: v.exactOptional(v.boolean('must be true or false')),
    deferredFlush: v.boolean('must be true or false'),
    llcBytes: v.exactOptional(positive),
    iotlbEntries: v.pipe(count, v.minValue(1, 'must be at least 1')),
    pagingStructureCacheEntries: count,
    guestRamBytes: v.exactOptional(positive),
    lockedMemoryLimit: v.exactOptional(notNegative),
    dmaEntryLimit: v.exactOptional(count),
    containerPerDevice: v.exactOptional(v.boolean('must be true or false')),
    dirtyLeafBytes: v.exactOptional(
      v.pipe(count, v.minValue(4096, 'must be at least 4096'), v.check(isPowerOfTwo, 'must be a power of two')),
    ),
    dirtyIntervalNs: v.exactOptional(positive),
    deviceAccess: v.exactOptional(v.picklist(['first', 'spread', 'last'], 'must be first, spread or last')),
  },
  'the facts of the machine are expected here',
);

const contentionSchema = v.strictObject({ lock: text, s0: notNegative, s1: notNegative, source: text });

const deviceSchema = v.strictObject({
  l0Ns: positive,
  lmNs: notNegative,
  ceilingBytesPerSecond: v.exactOptional(positive),
  queueDepth: v.exactOptional(v.pipe(count, v.minValue(1, 'must be at least 1'))),
  latencyNs: v.exactOptional(notNegative),
  source: text,
});

const profileSchema = v.strictObject(
  {
    id: v.pipe(text, v.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')),
    title: text,
    description: text,
    machine: machineSchema,
    costs: v.record(v.string(), costSchema, 'a cost for each kind of work is expected here'),
    copyBeyondCache: v.exactOptional(costSchema),
    ioBase: v.exactOptional(v.strictObject({ fixed: costSchema, perPage: costSchema })),
    contention: v.exactOptional(v.array(contentionSchema)),
    device: v.exactOptional(deviceSchema),
  },
  'a platform is a JSON object',
);

/**
 * A platform profile from its JSON value.
 * @throws PlatformError naming every wrong place, e.g. `costs.PteWrite.low: must not be negative`.
 */
export function checkPlatform(value: unknown): PlatformProfile {
  const result = v.safeParse(profileSchema, value);
  if (result.success) return result.output;
  throw new PlatformError(result.issues.map(describe));
}

/**
 * A platform profile from the text of a user's file.
 * @throws PlatformError when the text is not JSON or not a platform.
 */
export function parsePlatform(json: string): PlatformProfile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new PlatformError([`not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return checkPlatform(value);
}

function describe(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? 'the file';
  if (issue.type !== 'strict_object') return `${place}: ${issue.message}`;
  // A missing or unknown key of an object: the library's own words name the key best.
  return issue.expected === 'never'
    ? `${place}: no such entry`
    : issue.received === 'undefined'
      ? `${place}: missing`
      : `${place}: ${issue.message}`;
}

function finite() {
  return v.pipe(v.number('a number is expected here'), v.finite('must be a finite number'));
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
