/** Names of runs as short as they can be: what all runs share is said once, in the header. */
import type { PanelState } from '../src/editor/panel/messages';

/**
 * The engine names a run "Strict · Intel VT-d, bare metal". While all runs share their platform, the page calls them by
 * what tells them apart; names that the user gave stay as they are.
 */
export function withShortNames(state: PanelState): PanelState {
  const platforms = new Set(state.runs.map(run => run.platformTitle));
  if (platforms.size !== 1) return state;
  const suffix = ` · ${[...platforms][0]}`;
  const shorten = (name: string): string => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name);
  const { comparison, hotspots } = state;
  return {
    ...state,
    runs: state.runs.map(run => ({ ...run, name: shorten(run.name) })),
    ...(comparison && {
      comparison: { ...comparison, runs: comparison.runs.map(({ runId, name }) => ({ runId, name: shorten(name) })) },
    }),
    ...(hotspots && { hotspots: { ...hotspots, runName: shorten(hotspots.runName) } }),
  };
}
