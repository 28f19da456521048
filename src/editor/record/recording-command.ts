/** The command that records a trace with all events that a replay uses, for a given kernel. */

export type Recorder = 'perf' | 'trace-cmd' | 'ftrace' | 'qemu';

export const RECORDERS: readonly Recorder[] = ['perf', 'trace-cmd', 'ftrace', 'qemu'];

export interface RecordingCommand {
  command: string;
  /** Event families that this kernel does not have. */
  missing: string[];
}

interface Kernel {
  major: number;
  minor: number;
}

/**
 * Event families and the kernel that brought them: `dma` in 6.12 (commit 038eb433dc14), `intel_iommu:qi_submit` in 5.12.
 * A recorder fails on a family that the kernel does not have, so that these are left out.
 */
const FAMILIES: readonly { name: string; since: Kernel; x86Only: boolean }[] = [
  { name: 'iommu', since: { major: 3, minor: 13 }, x86Only: false },
  { name: 'dma', since: { major: 6, minor: 12 }, x86Only: false },
  { name: 'swiotlb', since: { major: 3, minor: 14 }, x86Only: false },
  { name: 'intel_iommu', since: { major: 5, minor: 12 }, x86Only: true },
];

/** The version in `uname -r`: `6.12.117+deb13-amd64`; undefined where there is none. */
export function parseKernel(text: string): Kernel | undefined {
  const match = /^\s*v?(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** @param x86 whether the traced machine is an x86, which may have VT-d */
export function recordingCommand(recorder: Recorder, kernel: Kernel, x86: boolean): RecordingCommand {
  const present = FAMILIES.filter(family => isSince(kernel, family.since) && (x86 || !family.x86Only)).map(
    ({ name }) => name,
  );
  const missing = FAMILIES.filter(family => !present.includes(family.name) && (x86 || !family.x86Only)).map(
    ({ name }) => name,
  );
  switch (recorder) {
    case 'perf': {
      const events = present.map(name => `-e '${name}:*'`).join(' ');
      return {
        command: `sudo perf record -a -g -m 4M ${events} -o my.perf.data -- sleep 10 && sudo perf script --ns --show-lost-events -i my.perf.data > my.perf-script`,
        missing,
      };
    }
    case 'trace-cmd': {
      const events = present.map(name => `-e ${name}`).join(' ');
      return {
        command: `sudo trace-cmd record -b 65536 ${events} -o my.trace.dat sleep 10 && trace-cmd report -t -i my.trace.dat > my.trace-cmd`,
        missing,
      };
    }
    case 'ftrace': {
      const script = [
        'cd /sys/kernel/tracing',
        'echo 65536 > buffer_size_kb',
        ...present.map(name => `echo 1 > events/${name}/enable`),
        'sleep 10',
        ...present.map(name => `echo 0 > events/${name}/enable`),
        'cat trace',
      ];
      return { command: `sudo sh -c '${script.join('; ')}' > my.ftrace`, missing };
    }
    case 'qemu':
      return {
        command: `qemu-system-x86_64 … -trace 'vtd_*' -trace 'vfio_*' -trace 'virtio_iommu_*' -msg timestamp=on -D my.qemu.log`,
        missing: [],
      };
  }
}

function isSince(kernel: Kernel, since: Kernel): boolean {
  return kernel.major > since.major || (kernel.major === since.major && kernel.minor >= since.minor);
}
