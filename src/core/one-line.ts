/** Ends of lines, terminal escapes, and marks that make a line read in another order than it is written. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Anybody's text as part of one line of ours: printable, single spaces, at most `limit` characters. */
export function oneLine(text: string, limit = 300): string {
  const line = text.toWellFormed().replace(UNPRINTABLE, ' ').replace(/\s+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/** `02:07:03`, in UTC. */
export function timeOfDay(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** `2026-03-01 02:07:03`, in UTC. */
export function dateAndTime(time: string): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
