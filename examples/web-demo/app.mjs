import { createClient } from './pulsevault-flags.mjs';

/** The flags of this page, and what holds for each before, and without, an answer. */
const DEFAULTS = { 'new-checkout': false, 'banner-text': '', theme: 'light' };
const THEMES = ['light', 'dark', 'harbour'];

const element = (id) => document.getElementById(id);
const user = element('user');

/** Whom the page is for. An application that signs people in takes this from its session, not from a menu. */
function context() {
  const { value, dataset } = user.selectedOptions[0];
  return value ? { targetingKey: value, ...dataset } : {};
}

const flags = createClient({ url: '/', context: context(), cache: 'local' });

function render() {
  const isNew = flags.getBoolean('new-checkout', DEFAULTS['new-checkout']);
  const checkout = element('checkout');
  const wanted = isNew ? 'new' : 'old';
  // Only when it is another one, so that nobody loses what they have typed.
  if (checkout.dataset.version !== wanted) {
    checkout.dataset.version = wanted;
    checkout.replaceChildren(element(`checkout-${wanted}`).content.cloneNode(true));
  }
  const text = flags.getString('banner-text', DEFAULTS['banner-text']);
  element('banner').textContent = text;
  element('banner').hidden = !text;
  const theme = flags.getString('theme', DEFAULTS.theme);
  document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : DEFAULTS.theme;
  explain();
}

/** The table that says why the page looks as it does. */
function explain() {
  const status = element('status');
  status.textContent = flags.status.toLowerCase().replace('_', ' ');
  status.dataset.status = flags.status;
  const rows = Object.entries(DEFAULTS).map(([key, fallback]) => {
    const { value, variant = '', reason, errorCode } = flags.details(key, fallback);
    const row = document.createElement('tr');
    for (const text of [key, JSON.stringify(value), variant, errorCode ?? reason]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  element('flags').replaceChildren(...rows);
}

let changes = 0;
flags.on('change', (keys) => {
  if (flags.status === 'READY' && loaded) changes += 1;
  element('changes').textContent = changes;
  render();
  // What changed lights up for a moment.
  for (const row of element('flags').rows) row.classList.toggle('changed', keys.has(row.cells[0].textContent));
});
for (const event of ['ready', 'stale', 'error']) flags.on(event, explain);
user.addEventListener('change', async () => {
  await flags.setContext(context());
  render();
});

let loaded = false;
element('loaded').textContent = new Date().toLocaleTimeString('en-GB');
render();
flags.ready.then(() => (loaded = true));
