import { readdir, readFile } from 'node:fs/promises';

/**
 * Threads of the extension host that serves the open workbench. A thread that the engine ran in is the only one that
 * ends while the host lives: fewer threads mean that the engine has ended.
 *
 * @throws when there is none, or more than one
 */
export async function extensionHostThreads(): Promise<number> {
  const processes = await readProcesses();
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
      // The server was started by the process that also started this one.
      if (at === process.pid || at === process.ppid) return true;
    }
    return false;
  };
  const hosts = processes.filter(({ pid, command }) => command.includes('--type=extensionHost') && isOurs(pid));
  if (hosts.length !== 1) throw new Error(`There are ${hosts.length} extension hosts`);
  return (await readdir(`/proc/${hosts[0].pid}/task`)).length;
}

interface Process {
  pid: number;
  parent: number;
  command: string;
}

async function readProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0);
  const read = await Promise.all(
    pids.map(async pid => {
      const [command, status] = await Promise.all(
        ['cmdline', 'status'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      return { pid, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0), command };
    }),
  );
  return read;
}
