/** Values of options, as people write them. */
import { InvalidArgumentError } from 'commander';
import type { MachineChanges, PolicyInfo, ScenarioRequest, ViewChange } from '../service/api';

/** A command that was asked for in a way that makes no sense: exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** "a,b" as a list; empty parts are dropped. */
export function parseList(text: string): string[] {
  const parts = text.split(',').map(part => part.trim());
  return parts.filter(part => part !== '');
}

const DURATIONS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

/** "5us" in ns; a bare number is ns. */
export function parseDuration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s|)$/.exec(text.trim());
  if (parts === null) throw new InvalidArgumentError('Write a time such as 500ns, 5us or 1ms.');
  return Number(parts[1]) * DURATIONS[parts[2] || 'ns'];
}

const SIZES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** "64MiB", "64M" in bytes; a bare number is bytes. */
export function parseBytes(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(k|m|g|)(i?b)?$/i.exec(text.trim());
  if (parts === null) throw new InvalidArgumentError('Write a size such as 4096, 64K, 512MiB or 8GiB.');
  return Number(parts[1]) * SIZES[parts[2].toLowerCase()];
}

/** "name=a..b"; a policy's id in front of the name is dropped. */
export function parseRange(text: string): { name: string; from: number; to: number } {
  const parts = /^(?:[a-z-]+\.)?([A-Za-z]\w*)=([\d.e+]+?)\.\.([\d.e+]+)$/.exec(text.trim());
  const [from, to] = [Number(parts?.[2]), Number(parts?.[3])];
  if (parts === null || Number.isNaN(from) || Number.isNaN(to)) {
    throw new InvalidArgumentError('Write name=from..to, e.g. threshold=4096..65536.');
  }
  return { name: parts[1], from, to };
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Write a whole number from 1 up.');
  return value;
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** One of the names known, or a usage error that lists them. */
export function knownName(kind: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const others = known.length === 0 ? 'there is none' : `known are ${known.join(', ')}`;
  throw new UsageError(`no ${kind} called ${name}; ${others}`);
}

/** A name with a dot or a slash is a file; without, it is an id, perhaps with a typing error. */
export function isFileName(name: string): boolean {
  return /[./\\]/.test(name);
}

const VIEWS: readonly ViewChange['to'][] = ['off', 'on', 'swap'];

/** `--switch 500ms=off`: when the guest changes what its devices see; a name that is no view is that of a domain. */
export function parseSwitches(texts: readonly string[]): ViewChange[] {
  return texts.map(text => {
    const [time, view] = text.split('=') as [string, string?];
    const to = VIEWS.find(known => known === view);
    if (view === undefined || view === '') {
      throw new UsageError(
        `--switch ${text}: write time=view, where view is ${VIEWS.join(', ')} or the name of a domain or device`,
      );
    }
    try {
      const atNs = parseDuration(time);
      return to === undefined ? { atNs, to: 'attach', domain: view } : { atNs, to };
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw new UsageError(`--switch ${text}: ${error.message}`);
      throw error;
    }
  });
}

/** `--machine name=value`: facts of a machine; sizes may be written as 8GiB. */
export function parseMachine(texts: readonly string[]): MachineChanges {
  const changes: Record<string, number | boolean | string> = {};
  for (const text of texts) {
    const parts = /^([A-Za-z]\w*)=(.+)$/.exec(text);
    if (parts === null) throw new UsageError(`--machine ${text}: write name=value`);
    const [, name, value] = parts;
    if (value === 'true' || value === 'false') changes[name] = value === 'true';
    else changes[name] = /^\d/.test(value) ? parseBytes(value) : value;
  }
  return changes;
}

type Params = NonNullable<ScenarioRequest['params']>;
type Value = Params[string];

/** `policy.name=value` texts as parameters by policy id. Each policy named must be among those replayed. */
export function parseParams(texts: readonly string[], policies: readonly PolicyInfo[]): Record<string, Params> {
  const byPolicy: Record<string, Record<string, Value>> = {};
  for (const text of texts) {
    const parts = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text);
    if (parts === null) throw new UsageError(`--param ${text}: write policy.name=value`);
    const [, id, name, value] = parts;
    const ids = policies.map(policy => policy.id);
    const { parameters } = policies[ids.indexOf(knownName('policy in this replay', id, ids))];
    knownName(`parameter of ${id}`, name, Object.keys(parameters));
    (byPolicy[id] ??= {})[name] = parseValue(text, parameters[name], value);
  }
  return byPolicy;
}

function parseValue(option: string, schema: PolicyInfo['parameters'][string], text: string): Value {
  switch (schema.type) {
    case 'boolean':
      return knownName(`value for --param ${option}`, text, ['true', 'false']) === 'true';
    case 'enum':
      return knownName(`value for --param ${option}`, text, schema.values ?? []);
    default: {
      const value = Number(text);
      if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`--param ${option}: ${text} is no number`);
      return value;
    }
  }
}
