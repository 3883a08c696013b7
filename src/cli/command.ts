import type { ParseArgsOptionsConfig } from 'node:util';
import type { Settings } from '../core/settings.ts';

/** Where a command reads and writes; tests hand in their own. */
export type Io = {
  out(text: string): void;
  err(text: string): void;
  stdin(): AsyncIterable<string>;
  readonly interactive: boolean;
};

export type Invocation = {
  readonly values: { readonly [option: string]: string | boolean | (string | boolean)[] | undefined };
  readonly positionals: readonly string[];
  readonly io: Io;
  /** Reads environment and firstmate.yaml when asked. @throws UsageError */
  /** Without secrets there are no sources: for commands that take no webhooks. */
  readonly settings: (needs?: { readonly secrets: boolean }) => Promise<Settings>;
  readonly stop: AbortSignal;
};

/** One command of the command line: a file of this folder. The number is the exit code. */
export type Command = {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  run(invocation: Invocation): Promise<0 | 1 | 2>;
};

/** Wrong usage or input: printed as it is, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
