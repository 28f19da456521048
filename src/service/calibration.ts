/** A platform from the user's own recordings. */
import { calibrate, type Calibration } from '../platforms/calibrate/calibrate';
import { PlatformError } from '../platforms/load';
import type { PlatformProfile } from '../platforms/profile';
import { resolvePlatform } from '../platforms/registry';
import type * as Api from './api';
import { EngineError } from './api';
import { costsOf } from './catalog';
import { readText } from './open-trace';
import { SourceReader, type SourceAccess } from './source';

/** Recordings are texts of a few MiB; more is a mistaken file. */
const MAX_RECORDING_BYTES = 256 * 2 ** 20;

/** @throws EngineError when the base is no platform, a file cannot be read, or no recording yields a price. */
export async function calibratePlatform(
  recordings: readonly Api.TraceSource[],
  base: string,
  id: string,
  options: Api.CallOptions,
  access?: SourceAccess,
): Promise<Api.CalibratedPlatform> {
  const platform = platformOf(base);
  const inputs: { name: string; text: string }[] = [];
  for (const recording of recordings) {
    const source = new SourceReader(recording, access);
    const bytes = await readText(source, MAX_RECORDING_BYTES, options);
    inputs.push({ name: source.name, text: new TextDecoder().decode(bytes) });
  }
  const { profile, measured, used, unused } = calibration(inputs, platform, id);
  return {
    json: `${JSON.stringify(profile, undefined, 2)}\n`,
    title: profile.title,
    measured: costsOf(profile).filter(({ work }) => measured.includes(work)),
    used,
    unused: [...unused],
  };
}

function platformOf(base: string): PlatformProfile {
  try {
    return resolvePlatform(base);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw new EngineError(`The base is no platform: ${error.problems.join('; ')}.`, 'See iommu-replay platforms.');
  }
}

function calibration(inputs: { name: string; text: string }[], base: PlatformProfile, id: string): Calibration {
  try {
    return calibrate(inputs, base, id);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      `Nothing could be calibrated: ${why}.`,
      'Give function_graph text of map and unmap functions, dma_map_benchmark or funclatency output.',
    );
  }
}
