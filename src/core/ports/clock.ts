/** Time as an argument: tests step it by hand. */
export type Clock = {
  /** ISO 8601 in UTC. */
  now(): string;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** One line an event; no payloads, no secrets. pino fits. */
export type Log = {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
};
