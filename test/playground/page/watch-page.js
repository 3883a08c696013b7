/**
 * How much the page's parts moved without anybody scrolling or pressing something, as browsers measure it.
 * Measure: https://web.dev/articles/cls
 */
const moved = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) moved.push(entry);
}).observe({ type: 'layout-shift', buffered: true });

/** The sum over what moved in the messages or above them. */
globalThis.messageShift = function messageShift() {
  return moved
    .filter((entry) => !entry.hadRecentInput)
    .filter((entry) =>
      entry.sources.some((one) => one.node?.parentElement?.closest('.room, .hint, .top, .channels')),
    )
    .reduce((sum, entry) => sum + entry.value, 0);
};

globalThis.refused = [];
addEventListener('securitypolicyviolation', (event) => {
  globalThis.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
