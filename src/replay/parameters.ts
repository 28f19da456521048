import type { Parameters, ParameterSchema, ParameterValue, Policy } from '../policies/policy';

/** A policy's parameters with defaults filled in, or what is wrong with those given, each in a line. */
export function completeParameters(
  policy: Policy,
  given: Parameters,
): { params: Parameters; problems: readonly string[] } {
  const problems: string[] = [];
  const params: Record<string, ParameterValue> = {};
  for (const [name, schema] of Object.entries(policy.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : schema.default;
    const problem = problemWith(value, schema);
    if (problem) problems.push(`${policy.id}.${name}: ${problem}`);
    params[name] = value;
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(policy.parameters, name)) continue;
    const known = Object.keys(policy.parameters).join(', ');
    problems.push(`${policy.id} has no parameter "${name}"; ${known === '' ? 'it has none' : `it has ${known}`}`);
  }
  return { params, problems };
}

/**
 * A parameter's value from text, as written on a command line.
 * @throws RangeError when the text is no value of that kind.
 */
export function parseParameter(schema: ParameterSchema, text: string): ParameterValue {
  const value = convert(schema, text.trim());
  const problem = problemWith(value, schema);
  if (problem) throw new RangeError(problem);
  return value;
}

function convert(schema: ParameterSchema, text: string): ParameterValue {
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((schema.type === 'integer' || schema.type === 'number') && text !== '' && !Number.isNaN(Number(text))) {
    return Number(text);
  }
  return text;
}

function problemWith(value: ParameterValue, schema: ParameterSchema): string | undefined {
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `must be true or false, not ${shown(value)}`;
    case 'enum':
      return schema.values?.includes(String(value))
        ? undefined
        : `must be one of ${(schema.values ?? []).join(', ')}, not ${shown(value)}`;
    case 'integer':
    case 'number':
      return problemWithNumber(value, schema);
  }
}

function problemWithNumber(value: ParameterValue, schema: ParameterSchema): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `must be a number, not ${shown(value)}`;
  if (schema.type === 'integer' && !Number.isInteger(value)) return `must be a whole number, not ${shown(value)}`;
  const unit = schema.unit ? ` ${schema.unit}` : '';
  if (schema.minimum !== undefined && value < schema.minimum) return `must be at least ${schema.minimum}${unit}`;
  if (schema.maximum !== undefined && value > schema.maximum) return `must be at most ${schema.maximum}${unit}`;
  return undefined;
}

function shown(value: ParameterValue): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
