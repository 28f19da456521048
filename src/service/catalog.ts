/** What the product knows: policies, platforms and formats, as its clients list them. */
import { WORK_COMPONENT } from '../iommu/work';
import type { PlatformProfile } from '../platforms/profile';
import { platforms } from '../platforms/registry';
import { policies } from '../policies/registry';
import { workByName } from '../replay/pricing';
import { TRACE_FORMATS } from '../trace/formats/registry';
import { answer } from './answer';
import type { CostInfo, Engine, FormatInfo, PlatformInfo, PolicyInfo } from './api';

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

function listPlatforms(): PlatformInfo[] {
  return platforms.map(platform => ({
    id: platform.id,
    title: platform.title,
    description: platform.description,
    kind: platform.machine.kind,
    costs: costsOf(platform),
  }));
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
    platforms: () => answer(listPlatforms),
    formats: () => answer(listFormats),
  } satisfies Partial<Engine>;
}
