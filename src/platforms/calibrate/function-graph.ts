import type { FunctionCalls, Recording } from './samples';

/**
 * function_graph text, in its layouts (kernel/trace/trace_functions_graph.c): the default one, with absolute time, task
 * and function names at the closing brace, and the latency format. A line is
 *
 *     [time |] cpu) [task |] [flags |] [mark duration us] |  indent function() { … }
 *
 * The last column holds the call, the one before it the duration; two blanks of indentation are one level.
 */
const LINE = /^(?:\s*[\d.]+\s*\|)?\s*(\d+)\)(.*)\|( +)(\S.*)$/;
const DURATION = /([\d.]+) us/;
const SWITCH = /^\s*(\d+)\)\s+\S.*=>\s+(\S.*?)\s*$/;
const TASK = /\s(\S+-\d+)\s+\|/;

/** Functions that begin an interrupt's share of an interrupted call (arch/x86, kernel/softirq.c). */
const INTERRUPT =
  /^(irq_enter_rcu|irq_enter|__sysvec_\w+|sysvec_\w+|common_interrupt|__common_interrupt|handle_softirqs|__do_softirq|gic_handle_irq)$/;

interface Frame {
  name: string;
  depth: number;
  descendants: number;
  interrupted: boolean;
}

/** True for text that function_graph wrote. */
export function isFunctionGraph(text: string): boolean {
  return (
    text.slice(0, 4096).includes('# tracer: function_graph') ||
    /^\s*\d+\)\s.*\|\s+\w+\(\)( \{|;)/m.test(text.slice(0, 4096))
  );
}

/** Reads function_graph text. Calls cut off at either end and calls with an interrupt inside are left out and counted. */
export function parseFunctionGraph(name: string, text: string): Recording {
  const functions = new Map<string, FunctionCalls>();
  const stacks = new Map<string, Frame[]>();
  const taskOfCpu = new Map<string, string>();
  const leftOut = { interrupted: 0, cut: 0 };

  for (const line of text.split('\n')) {
    const switched = SWITCH.exec(line);
    if (switched && !line.includes('|')) {
      taskOfCpu.set(switched[1], switched[2]);
      continue;
    }
    const match = LINE.exec(line);
    if (!match) continue;
    const [, cpu, middle, indent, call] = match;
    const task = TASK.exec(line)?.[1] ?? taskOfCpu.get(cpu) ?? '';
    const key = `${cpu} ${task}`;
    let stack = stacks.get(key);
    if (!stack) stacks.set(key, (stack = []));
    const duration = DURATION.exec(middle);
    step(stack, Math.floor(indent.length / 2), call, duration ? Number(duration[1]) * 1000 : undefined);
  }
  for (const stack of stacks.values()) leftOut.cut += stack.length;
  return { name, functions, leftOut, traced: true };

  function step(stack: Frame[], depth: number, call: string, ns: number | undefined): void {
    if (call.startsWith('}')) {
      close(stack, depth, ns);
      return;
    }
    unwindTo(stack, depth);
    const opened = /^([\w.]+)\(\)( \{|;)/.exec(call);
    if (!opened) return;
    const frame: Frame = { name: opened[1], depth, descendants: 0, interrupted: false };
    for (const outer of stack) outer.descendants++;
    if (INTERRUPT.test(frame.name)) for (const outer of stack) outer.interrupted = true;
    if (opened[2] === ';') record(frame, ns);
    else stack.push(frame);
  }

  function close(stack: Frame[], depth: number, ns: number | undefined): void {
    unwindTo(stack, depth + 1);
    const frame = stack.at(-1);
    if (frame?.depth !== depth) {
      leftOut.cut++;
      return;
    }
    stack.pop();
    record(frame, ns);
  }

  /** Drops frames at `depth` or deeper whose end the recording does not show. */
  function unwindTo(stack: Frame[], depth: number): void {
    while (stack.length > 0 && stack[stack.length - 1].depth >= depth) {
      stack.pop();
      leftOut.cut++;
    }
  }

  function record(frame: Frame, ns: number | undefined): void {
    if (ns === undefined) return;
    if (frame.interrupted) {
      leftOut.interrupted++;
      return;
    }
    let calls = functions.get(frame.name);
    if (!calls) functions.set(frame.name, (calls = { name: frame.name, durationNs: [], descendants: [] }));
    calls.durationNs.push(ns);
    calls.descendants.push(frame.descendants);
  }
}
