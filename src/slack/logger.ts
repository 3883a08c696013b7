import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';

/** Tokens, and the tickets in Socket Mode's addresses. */
const SECRET = /\bx(?:ox[a-z]|app)[a-z.]*-[\w-]+|wss?:\/\/\S+/gi;

/**
 * Bolt's and the client's own remarks, as one line each in our log. Below `warn` they carry payloads and headers,
 * so they are left out; objects beside the text are left out too.
 */
export function boltLogger(log: Log): Logger {
  const put = (level: 'warn' | 'error', said: readonly unknown[]): void => {
    const text = said.map(textOf).filter((part) => part !== '');
    log[level]({ from: 'slack' }, text.join(' ').replace(SECRET, '[secret]').slice(0, 500));
  };
  return {
    debug: () => {},
    info: () => {},
    warn: (...said: unknown[]) => put('warn', said),
    error: (...said: unknown[]) => put('error', said),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  return part instanceof Error ? part.message : '';
}

/** For Socket Mode's client: the loop around it says once what went wrong, where the client says it three times. */
export function silentLogger(): Logger {
  const nothing = (): void => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}
