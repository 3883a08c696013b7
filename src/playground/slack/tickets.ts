import { randomBytes } from 'node:crypto';

const triggerLifeMs = 3_000;
const responseUrlLifeMs = 30 * 60_000;
const responseUrlUses = 5;
const socketTicketLifeMs = 30_000;

export type ResponseTarget = { channel: string; user: string; messageTs?: string; threadTs?: string };
export type TriggerState =
  | { kind: 'good'; user: string; viewId?: string }
  | { kind: 'unknown' | 'expired' | 'exchanged' };

/**
 * Things that are good for a while or a number of times: trigger ids (once, 3 seconds), response URLs (five
 * times, 30 minutes) upload
 * URLs and the tickets in Socket Mode URLs (once). Limits: Slack's "Handling user interaction".
 */
export type Tickets = {
  newTrigger(user: string, viewId?: string): string;
  useTrigger(id: string): TriggerState;
  newResponseUrl(target: ResponseTarget): string;
  useResponseUrl(path: string): ResponseTarget | 'unknown' | 'expired_url' | 'used_url';
  /** The URL that takes a file's bytes, once. */
  newUpload(fileId: string): string;
  /** The file whose bytes a path takes. */
  useUpload(path: string): string | undefined;
  newSocketTicket(): string;
  useSocketTicket(ticket: string): boolean;
};

export function createTickets(now: () => number, baseUrl: () => string, teamId: string): Tickets {
  const triggers = new Map<string, { user: string; viewId?: string; until: number; used: boolean }>();
  const responses = new Map<string, { target: ResponseTarget; until: number; left: number }>();
  const uploads = new Map<string, string>();
  const sockets = new Map<string, number>();
  let counter = 1_000_000;
  return {
    newTrigger: (user, viewId) => {
      counter += 1;
      const id = `${counter}.${Math.floor(now())}.${randomBytes(16).toString('hex')}`;
      triggers.set(id, {
        user,
        until: now() + triggerLifeMs,
        used: false,
        ...(viewId === undefined ? {} : { viewId }),
      });
      return id;
    },
    useTrigger: (id) => {
      const trigger = triggers.get(id);
      if (!trigger) return { kind: 'unknown' };
      if (trigger.used) return { kind: 'exchanged' };
      if (now() > trigger.until) return { kind: 'expired' };
      trigger.used = true;
      return {
        kind: 'good',
        user: trigger.user,
        ...(trigger.viewId === undefined ? {} : { viewId: trigger.viewId }),
      };
    },
    newResponseUrl: (target) => {
      counter += 1;
      const path = `/actions/${teamId}/${counter}/${randomBytes(12).toString('base64url')}`;
      responses.set(path, { target, until: now() + responseUrlLifeMs, left: responseUrlUses });
      return `${baseUrl()}${path}`;
    },
    useResponseUrl: (path) => {
      const response = responses.get(path);
      if (!response) return 'unknown';
      if (now() > response.until) return 'expired_url';
      if (response.left === 0) return 'used_url';
      response.left -= 1;
      return response.target;
    },
    newUpload: (fileId) => {
      const path = `/upload/v1/${randomBytes(16).toString('hex')}`;
      uploads.set(path, fileId);
      return `${baseUrl()}${path}`;
    },
    useUpload: (path) => {
      const fileId = uploads.get(path);
      uploads.delete(path);
      return fileId;
    },
    newSocketTicket: () => {
      const ticket = randomBytes(16).toString('hex');
      sockets.set(ticket, now() + socketTicketLifeMs);
      return ticket;
    },
    useSocketTicket: (ticket) => {
      const until = sockets.get(ticket);
      sockets.delete(ticket);
      return until !== undefined && now() <= until;
    },
  };
}
