import { parseCommand } from '../core/command/parse.ts';
import type { RefusalCode } from '../core/command/refusal.ts';
import { protectionOf } from '../core/guards/protected-namespace.ts';
import type { Operation, OperationClass } from '../core/operation.ts';
import { type Command, UsageError } from './command.ts';

/** The judgement of one line, as `--json` prints it. `code` and `operation` are null where they do not apply. */
export type GuardLine = {
  readonly input: string;
  readonly verdict: 'refuse' | OperationClass;
  readonly code: RefusalCode | null;
  readonly reason: string;
  readonly operation: Operation | null;
};

/** No policy, no configuration: only what the registry knows and what is protected whatever is configured. */
export function guardLine(input: string): GuardLine {
  const parsed = parseCommand(input);
  if (parsed.verdict === 'refuse') {
    return { input, verdict: 'refuse', code: parsed.code, reason: parsed.reason, operation: null };
  }
  const { verdict, operation, reason } = parsed;
  const protection = protectionOf(operation, []);
  if (protection !== null) {
    return { input, verdict: 'refuse', code: 'protected_namespace', reason: protection, operation: null };
  }
  return { input, verdict, code: null, reason, operation };
}

export const command: Command = {
  name: 'guard',
  usage: 'guard [--json] < COMMANDS',
  summary: 'judges kubectl commands, one a line on stdin, with no policy loaded; runs none of them',
  options: { json: { type: 'boolean' } },
  async run({ values, positionals, io }) {
    const [word] = positionals;
    if (word !== undefined) throw new UsageError(`guard reads commands from stdin, not from "${word}"`);
    for await (const line of lines(io.stdin())) {
      const judged = guardLine(line);
      io.out(values.json === true ? `${JSON.stringify(judged)}\n` : `${readable(judged)}\n`);
    }
    return 0;
  },
};

/**
 * Only a line feed ends a line: any other control character is the grammar's to refuse. What came before it is put
 * together once, so that a line without an end takes no more time than its length.
 */
async function* lines(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let pending: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...more] = chunk.split('\n');
    pending.push(first);
    for (const next of more) {
      yield pending.join('');
      pending = [next];
    }
  }
  const last = pending.join('');
  if (last !== '') yield last;
}

/** A refused line may hold anything, so it is shown quoted and in plain ASCII: a terminal must not act on it. */
function readable({ input, verdict, code, reason }: GuardLine): string {
  const about = code === null ? reason : `${code}: ${reason}`;
  const quoted = JSON.stringify(input).replaceAll(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${verdict.padEnd(11)} ${quoted}  ${about}`;
}
