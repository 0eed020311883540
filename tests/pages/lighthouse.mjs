// One browser for all pages: reads {"url", "headers"} a line, writes what Lighthouse saw of that page a line.
import { createInterface } from 'node:readline';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const MEASURED = {
  first_paint: 'first-contentful-paint', largest_paint: 'largest-contentful-paint', shift: 'cumulative-layout-shift',
  blocked: 'total-blocking-time', bytes: 'total-byte-weight',
};

async function look({ url, headers }) {
  const { lhr } = await lighthouse(url, {
    port: chrome.port, logLevel: 'silent', output: 'json', extraHeaders: headers, ignoreStatusCode: true,
  });
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const requests = lhr.audits['network-requests'].details.items.map(each => each.url);
  const failed = Object.fromEntries(Object.values(lhr.categories).map(category => [category.id,
    category.auditRefs.filter(each => each.weight > 0 && lhr.audits[each.id].score !== null && lhr.audits[each.id].score < 0.9)
      .map(each => each.id)]));
  return {
    scores: Object.fromEntries(Object.values(lhr.categories).map(each => [each.id, Math.round(100 * (each.score ?? 0))])),
    figures: Object.fromEntries(Object.entries(MEASURED).map(([name, id]) => [name, lhr.audits[id].numericValue])),
    nodes: lhr.audits['dom-size-insight']?.details?.debugData?.totalElements ?? lhr.audits['dom-size']?.numericValue ?? null,
    requests, failed,
  };
}

const chrome = await launch({ chromePath: process.env.CHROME_PATH, chromeFlags: process.argv.slice(2) });
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const told = await look(JSON.parse(line)).catch(error => ({ error: String(error.message ?? error) }));
    process.stdout.write(JSON.stringify(told) + '\n');
  }
} finally {
  await chrome.kill();
}
