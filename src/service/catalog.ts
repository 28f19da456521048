/** What the product knows: policies, platforms and formats, as its clients list them. */
import { WORK_COMPONENT } from '../iommu/work';
import type { PlatformProfile } from '../platforms/profile';
import { parsePlatform, PlatformError } from '../platforms/load';
import { platforms } from '../platforms/registry';
import { policies } from '../policies/registry';
import { workByName } from '../replay/pricing';
import { TRACE_FORMATS } from '../trace/formats/registry';
import { answer } from './answer';
import { EngineError, type CostInfo, type Engine, type FormatInfo, type PlatformInfo, type PolicyInfo } from './api';

function listPolicies(): PolicyInfo[] {
  return policies.map(({ id, title, description, exposes, source, bound, parameters }) => ({
    id,
    title,
    description,
    exposes,
    source,
    bound: bound ?? false,
    parameters: { ...parameters },
  }));
}

function listPlatforms(json?: string): PlatformInfo[] {
  const listed = json === undefined ? platforms : [ownPlatform(json)];
  return listed.map(platform => ({
    id: platform.id,
    title: platform.title,
    description: platform.description,
    kind: platform.machine.kind,
    costs: costsOf(platform),
  }));
}

/** @throws EngineError naming every wrong place */
function ownPlatform(json: string): PlatformProfile {
  try {
    return parsePlatform(json);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw new EngineError(`The file is no platform: ${error.problems.join('; ')}.`, 'Correct it and try again.');
  }
}

/** The platform's prices, each with the component that it is reported under. */
export function costsOf(platform: PlatformProfile): CostInfo[] {
  return Object.entries(platform.costs).flatMap(([work, cost]) => {
    const kind = workByName(work);
    return kind === undefined ? [] : [{ work, component: WORK_COMPONENT[kind], ...cost }];
  });
}

function listFormats(): FormatInfo[] {
  return TRACE_FORMATS.map(({ id, title, description, record }) => ({ id, title, description, record }));
}

export function catalog() {
  return {
    policies: () => answer(listPolicies),
    platforms: json => answer(() => listPlatforms(json)),
    formats: () => answer(listFormats),
  } satisfies Partial<Engine>;
}
