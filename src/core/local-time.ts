/**
 * The moment at which the clocks of a zone show this time, ISO 8601 in UTC. A time that clocks skip in spring is
 * taken as the moment at which they skip; of one that they show twice in autumn, the first.
 * @param local `2026-03-29T02:30`, or with seconds
 * @param timeZone an IANA name
 * @throws RangeError for a time or a zone that is none
 */
export function utcOfLocal(local: string, timeZone: string): string {
  const asIfUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asIfUtc)) throw new RangeError(`${local} is no time`);
  const [before, after] = [asIfUtc - DAY, asIfUtc + DAY].map((near) => offsetAt(near, timeZone));
  const candidates = [asIfUtc - (before ?? 0), asIfUtc - (after ?? 0)];
  const shown = candidates.filter((moment) => moment + offsetAt(moment, timeZone) === asIfUtc);
  const found = shown.length > 0 ? Math.min(...shown) : skipped(candidates, asIfUtc, timeZone);
  return new Date(found).toISOString();
}

const DAY = 24 * 60 * 60 * 1000;

/** The first moment after the gap that the local time falls into. */
function skipped(candidates: readonly number[], asIfUtc: number, timeZone: string): number {
  let [low, high] = [Math.min(...candidates), Math.max(...candidates)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(middle, timeZone) < asIfUtc) low = middle;
    else high = middle;
  }
  return high;
}

/** Milliseconds by which the zone's clocks are ahead of UTC. */
function offsetAt(moment: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour') % 24,
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(moment / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}
