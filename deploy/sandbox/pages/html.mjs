// SPDX-License-Identifier: MIT
//
// Templates that escape what is put into them, and the frame around every page.

class Safe {
	constructor(text) {
		this.text = text;
	}

	toString() {
		return this.text;
	}
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function embed(value) {
	if (value === null || value === undefined || value === false)
		return '';
	if (Array.isArray(value))
		return value.map(embed).join('');
	return value instanceof Safe ? value.text : String(value).replaceAll(/[&<>"']/g, (c) => ENTITIES[c]);
}

export const html = (parts, ...values) => new Safe(String.raw({ raw: parts }, ...values.map(embed)));

export const page = (title, body) => `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sandbox.css">
</head>
<body>
<p class="banner">Sandbox: no real money, no real card, nothing leaves this machine.</p>
<main>
${body}
</main>
</body>
</html>
`}`;

// What a bank shows of its own; `fields` come back with the answer.
export const bankAsks = (action, sum, fields) => html`<h1>Your bank asks</h1>
<p>Is it you who pays ${sum} to endpin sandbox?</p>
<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button id="confirm" name="confirm" value="yes">Yes, it is me</button>
<button id="refuse" name="confirm" value="no" class="quiet">No</button>
</form>`;

export { money } from '../money.mjs';

export const day = (time) => new Date(time * 1000).toISOString().slice(0, 10);

export const every = ({ interval, interval_count: n }) => n === 1 ? `per ${interval}` : `every ${n} ${interval}s`;
