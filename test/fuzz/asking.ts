import { planId } from '../../src/core/ids.ts';
import { AT } from '../make.ts';

/** How a step asks: with a deadline (each is a timer until it ends), and with nobody who stops it. */
export const within = () => ({ signal: new AbortController().signal, timeoutMs: 20_000 });
export const about = () => ({ plan: planId('p1'), now: AT, ...within() });
