// SPDX-License-Identifier: MIT
//
// Setlist, an example of a product that endpin stands beside: a list of pieces to practise, three for everybody and as
// many as they like for who pays.  It knows nothing of passwords, cards and referral links.  The web server says who is
// asking (site.conf), and its pages talk to endpin on the same origin (setlist.js).
//
// usage: node setlist.mjs [PORT]
//
// doc/guide/agents.md puts referrals into it.  It keeps what people write in memory, for it is only an example.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const FREE = 3, LONGEST = 100;
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const FILES = ['/setlist.js'];

const pieces = new Map();	// by account

const text = (words) => words.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const layout = ({ title, main, member = false }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<script type="module" src="/setlist.js"></script>
</head>
<body>
<nav>
<a href="/">Setlist</a>
<a href="/pricing">Prices</a>
${member ? `<a href="/app/">Your pieces</a>
<a href="/account">Account</a>
<button id="logout">Log out</button>` : `<a href="/login">Log in</a>
<a href="/signup">Sign up</a>`}
</nav>
<main>
<h1>${title}</h1>
${main}
<p id="said" role="alert"></p>
</main>
</body>
</html>
`;

const PAGES = {
	'/': () => layout({
		title: 'What will you play?',
		main: `<p>Setlist keeps the pieces that you practise. Three are free.</p>
<p><a href="/signup">Begin</a></p>`
	}),
	'/signup': () => layout({
		title: 'Sign up',
		main: `<form id="signup">
<label>E-mail <input name="email" type="email" autocomplete="email" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
<label>First name <input name="firstName" autocomplete="given-name"></label>
<button>Create account</button>
</form>`
	}),
	'/login': () => layout({
		title: 'Log in',
		main: `<form id="login">
<label>E-mail <input name="email" type="email" autocomplete="email" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
</form>`
	}),
	'/pricing': () => layout({ title: 'Prices', main: '<ul id="plans"></ul>' }),
	'/account': () => layout({ title: 'Your account', member: true, main: '<p id="plan"></p>' }),
	'/app/': ({ account, entitled }) => {
		const own = pieces.get(account) ?? [];
		return layout({
			title: 'Your pieces', member: true,
			main: `<ol>
${own.map((piece) => `<li>${text(piece)}</li>`).join('\n')}
</ol>
${entitled || own.length < FREE ? `<form method="post" action="/app/">
<label>Piece <input name="piece" maxlength="${LONGEST}" required></label>
<button>Add</button>
</form>` : `<p>That is what is free. <a href="/pricing">More</a></p>`}`
		});
	}
};

// Of a form of ours, and of no other site's.
async function add(req, { account, entitled }) {
	let body = '';
	for await (const chunk of req.setEncoding('utf8'))
		if ((body += chunk).length > 10 * LONGEST)
			return 413;
	if (req.headers['sec-fetch-site'] !== 'same-origin')
		return 403;
	const own = pieces.get(account) ?? [];
	const piece = new URLSearchParams(body).get('piece')?.trim().slice(0, LONGEST);
	if (piece && (entitled || own.length < FREE))
		pieces.set(account, [...own, piece]);
	return 303;
}

async function answer(req, res) {
	const { pathname } = new URL(req.url, 'http://setlist');
	// site.conf lets nobody else write these.
	const who = { account: req.headers['x-endpin-account'], entitled: req.headers['x-endpin-entitled'] === 'true' };

	if (FILES.includes(pathname))
		return res.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(new URL(`.${pathname}`, import.meta.url)));
	if (req.method === 'POST' && pathname === '/app/')
		return res.writeHead(await add(req, who), { location: '/app/' }).end();
	if (!Object.hasOwn(PAGES, pathname))
		return res.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
	res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': POLICY });
	res.end(PAGES[pathname](who));
}

createServer((req, res) => answer(req, res).catch((error) => {
	console.error(error);
	res.destroy();
})).listen(Number(process.argv[2] ?? 3000), '127.0.0.1');
