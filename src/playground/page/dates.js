const long = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' };

/**
 * Slack's date tokens for a time, in the reader's own time zone.
 * Format: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 * @param {number} seconds since the epoch
 * @param {string} format such as `{date_short_pretty} {time}`
 * @param {number} now milliseconds since the epoch
 */
export function formatDate(seconds, format, now = Date.now()) {
  const at = new Date(seconds * 1000);
  const on = (options) => at.toLocaleDateString([], options);
  const near = nearDay(at, now);
  const written = {
    date_num: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    date: on({ year: 'numeric', month: 'long', day: 'numeric' }),
    date_slash: on({ year: 'numeric', month: '2-digit', day: '2-digit' }),
    date_short: on({ year: 'numeric', month: 'short', day: 'numeric' }),
    date_long: on(long),
    time: at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
    time_secs: at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: ago(Math.round((now - at.getTime()) / 1000)),
  };
  written.date_pretty = near ?? written.date;
  written.date_short_pretty = near ?? written.date_short;
  written.date_long_pretty = near ?? written.date_long;
  return format.replace(/\{(\w+)\}/g, (token, name) => written[name] ?? token);
}

function nearDay(at, now) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(at) - midnight(new Date(now))) / 86_400_000);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
}

function ago(seconds) {
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(-seconds, 'second');
  if (size < 3_600) return relative.format(-Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(-Math.round(seconds / 3_600), 'hour');
  return relative.format(-Math.round(seconds / 86_400), 'day');
}

const two = (number) => String(number).padStart(2, '0');
