/** The components of cost, in the order in which they are stacked. */
import type { PanelRun } from '../src/editor/panel/messages';
import { t } from './strings';

export type Component = keyof PanelRun['time']['components'];

const ORDER: readonly Component[] = ['iova', 'pageTable', 'invalidation', 'lock', 'copy', 'exit', 'pin', 'other'];

export function componentTitle(component: Component): string {
  const titles: Record<Component, string> = {
    iova: t('IOVA allocation'),
    pageTable: t('page table'),
    invalidation: t('invalidation'),
    lock: t('lock waits'),
    copy: t('copies'),
    exit: t('VM exits'),
    pin: t('pinning'),
    other: t('other'),
  };
  return titles[component];
}

/** The engine's name of a kind of work in words: `IovaCacheHit` is "IOVA cache hit". */
export function workWords(work: string): string {
  const words = work.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.replace(/\b(iova|pte|vm)\b/g, word => word.toUpperCase()).replace(/\bviommu\b/g, 'vIOMMU');
}

/** Those that cost something in any run; `index` is the component's own, so that its pattern never changes. */
export function usedComponents(runs: readonly PanelRun[]): { id: Component; index: number }[] {
  return ORDER.map((id, index) => ({ id, index })).filter(({ id }) => runs.some(run => run.time.components[id] > 0));
}

/** The component that costs a run most, and its share of the run's CPU time. */
export function largestComponent(run: PanelRun): { id: Component; share: number } {
  const id = ORDER.reduce((a, b) => (run.time.components[b] > run.time.components[a] ? b : a));
  return { id, share: run.time.cpuNs === 0 ? 0 : run.time.components[id] / run.time.cpuNs };
}
