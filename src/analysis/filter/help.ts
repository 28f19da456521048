/** Help while a filter is being typed: what is wrong, and what could stand at the caret. */
import type { Trace } from '../../trace/operations';
import { FIELD_ALIASES, FIELDS, type FilterContext } from './fields';
import { compileFilter } from './match';
import type { FilterError } from './query';

export interface FilterCompletion {
  /** Takes the place of characters from..to of the filter's text. */
  text: string;
  detail: string;
  from: number;
  to: number;
}

export interface FilterHelp {
  problem?: FilterError;
  completions: FilterCompletion[];
}

/** Problems and completions for a filter with the caret at an offset. */
export function filterHelp(text: string, caret: number, context: FilterContext): FilterHelp {
  const [problem] = compileFilter(text, context).errors as (FilterError | undefined)[];
  return { ...(problem === undefined ? {} : { problem }), completions: completions(text, caret, context.trace) };
}

function completions(text: string, caret: number, trace: Trace): FilterCompletion[] {
  const start = text.slice(0, caret).search(/[^\s,:<>=!]*$/);
  const typed = text.slice(start, caret).toLowerCase();
  const field = /(?:^|[\s!])([a-z-]+):(?:[^\s,]*,)*$/i.exec(text.slice(0, start))?.[1].toLowerCase();
  const choices = field === undefined ? fieldChoices() : valueChoices(field, trace);
  return choices
    .filter(choice => choice.text.toLowerCase().includes(typed))
    .map(choice => ({ ...choice, from: start, to: caret }));
}

function fieldChoices(): { text: string; detail: string }[] {
  return Object.entries(FIELDS)
    .filter(([name]) => name !== 'text')
    .map(([name, field]) => ({ text: `${name}${field.type === 'name' ? ':' : '>'}`, detail: field.description }));
}

function valueChoices(name: string, trace: Trace): { text: string; detail: string }[] {
  const canonical = FIELD_ALIASES[name] ?? name;
  if (canonical === 'device') return trace.operations.devices.map(device => ({ text: device.name, detail: 'device' }));
  if (canonical === 'domain') return trace.operations.domains.map(domain => ({ text: domain.name, detail: 'domain' }));
  if (canonical === 'cpu') return trace.report.cpus.map(cpu => ({ text: String(cpu), detail: 'CPU' }));
  const field = Object.hasOwn(FIELDS, canonical) ? FIELDS[canonical] : undefined;
  if (field?.type !== 'name') return [];
  return (field.values ?? []).map(value => ({ text: value, detail: field.description }));
}
