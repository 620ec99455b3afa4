// SPDX-License-Identifier: MIT
//
// From a link to a payment: what a link brings whoever follows it, once, and how many went how far.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, run, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const SECOND = 'k3vTqPz9LmA';
let rig;

before(async () => {
	rig = await openRig({ name: 'funnel', set: { 'courier.poll': 1, 'plan solo.referral_months': 3, 'plan solo.referral_discount': '20%' } });
});
after(() => rig?.close());

const offer = async (query = '', client = rig.client()) => {
	const answer = await client.get(`/api/referral/offer${query}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
};
const views = (ucc) => rig.value('SELECT coalesce(sum(views), 0)::int FROM referral_view WHERE ucc = $1', [ucc]);
const funnel = async (...args) => JSON.parse(await rig.endpin('funnel', '--json', ...args));
const discounts = async ({ sessionId }) => (await askStripe(rig, 'GET', `/checkout/sessions/${sessionId}`)).discounts;

test('a link says what it brings: 20 is 20 %, and the name is whatever the link says', async () => {
	const told = await offer(`?ucc=${UCC}&celloN=QsO2Yg`);
	assert.deepEqual([told.valid, told.due, told.ucc, told.referrerName], [true, true, UCC, 'Böb']);
	const solo = told.plans.find((p) => p.name === 'solo');
	assert.deepEqual(solo, { name: 'solo', percentage: 20, amountOff: 380, months: 3, discount: true, trialDays: null, credit: null, currency: 'usd' });
	for (const celloN of ['', '%20', 'QQ%3D%3D%0A', 'AAAA', '_w', 'QUFB'.repeat(40), encodeURIComponent(Buffer.from('a\u0000b').toString('base64'))])
		assert.equal((await offer(`?ucc=${UCC}&celloN=${celloN}`)).referrerName, null, celloN);
	assert.equal((await offer(`?ucc=${UCC}&celloN=${Buffer.from('<b>Bob</b>').toString('base64').replace(/=+$/, '')}`)).referrerName, '<b>Bob</b>');
	for (const query of ['', '?ucc=test', '?ucc=WELCOME10', `?ucc=${UCC}x`])
		assert.deepEqual(await offer(query), { valid: false, due: false, ucc: null, referrerName: null, plans: [] }, query);
});

test('a link that is followed is counted, one that is remembered is not', async () => {
	const was = await views(SECOND);
	await offer(`?ucc=${SECOND}`);
	await offer(`?ucc=${SECOND}`);
	const client = rig.client();
	client.cookies.set('cello-referral', SECOND);
	assert.equal((await offer('', client)).ucc, SECOND);
	assert.equal(await views(SECOND), was + 2);
	// Anybody can make codes up: of a day there are so many rows and no more.
	await rig.sql(`INSERT INTO referral_view SELECT 'z' || lpad(i::text, 10, '0'), (now() AT TIME ZONE 'UTC')::date, 1 FROM generate_series(1, 10000) i`);
	assert.equal((await offer('?ucc=AAAAAAAAAAA')).valid, true);
	await offer(`?ucc=${SECOND}`);
	assert.deepEqual([await views('AAAAAAAAAAA'), await views(SECOND)], [0, was + 3]);
	await rig.sql("DELETE FROM referral_view WHERE ucc LIKE 'z0%'");
});

test('the discount is given at Checkout until somebody has paid, and never again', async () => {
	const { client, customer } = await signup(rig, { ucc: UCC }).then(async (c) => ({ client: c, customer: await customerOf(rig, c.account) }));
	assert.equal((await offer('', client)).due, true);
	assert.equal((await discounts(await checkout(client))).length, 1);
	await subscribe(rig, client);
	await quiet(rig);
	assert.deepEqual((({ valid, due, plans }) => [valid, due, plans])(await offer('', client)), [true, false, []]);
	assert.deepEqual((await client.get('/api/session')).json.referral, { ucc: UCC, discountDue: false });
	// The subscription is over; another is at the full price, and still that referrer's.
	const [{ id }] = (await askStripe(rig, 'GET', `/subscriptions?customer=${customer}`)).data;
	await askStripe(rig, 'DELETE', `/subscriptions/${id}`);
	await quiet(rig);
	await rig.sql("UPDATE subscription SET current_period_end = now() - interval '30 days', paid_until = now() - interval '30 days' WHERE customer_id = $1", [customer]);
	const again = await waitFor('another page', async () => {
		const answer = await client.post('/api/checkout', { plan: 'solo' });
		return answer.status === 201 && answer.json;
	});
	assert.deepEqual(await discounts(again), []);
	const stranger = await signup(rig);
	assert.deepEqual((({ valid, due }) => [valid, due])(await offer(`?ucc=${UCC}`, stranger)), [false, false]);
	assert.deepEqual(await discounts(await checkout(stranger)), []);
});

test('endpin funnel: by week, referrer and plan, referred and not', async () => {
	const before = await funnel();
	await offer(`?ucc=${SECOND}`);
	const tried = await signup(rig, { ucc: SECOND });
	await subscribe(rig, tried);
	const alone = await signup(rig);
	const { sessionId } = await checkout(alone, 'quartet');
	await pay(rig, sessionId);
	await signup(rig, { ucc: SECOND });
	// A code that tries things out refers nobody.
	await signup(rig, { ucc: 'test' });
	await quiet(rig);
	await waitFor('both payments', async () => (await rig.value('SELECT count(*)::int FROM ledger_entry WHERE account_id = ANY ($1)',
		[[tried.account.id, alone.account.id]])) === 2);
	const now = await funnel();
	const more = (kind) => ['views', 'signups', 'paid'].map((name) => now[kind][name] === null ? null : now[kind][name] - before[kind][name]);
	assert.deepEqual(more('referred'), [1, 2, 1]);
	assert.deepEqual(more('others'), [null, 2, 1]);
	assert.equal(now.until, `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);
	assert.equal(new Date(now.since).getUTCDay(), 1);
	const referrers = (await funnel('--by', 'referrer')).rows;
	assert.equal(referrers.find((r) => r.key === SECOND).signups, 2);
	assert.deepEqual(new Set(referrers.map((r) => r.key)), new Set([UCC, SECOND, null]));
	const plans = (await funnel('--by', 'plan')).rows;
	const quartet = plans.find((r) => r.key === 'quartet' && !r.referred);
	assert.ok(quartet.paid >= 1);
	assert.equal(quartet.money[0].yearly, quartet.paid * 12 * 4900);
	assert.ok(plans.find((r) => r.key === 'solo' && r.referred).paid >= 2);
	assert.equal(plans.find((r) => r.key === null && r.referred).paid, 0);
	// All of it goes back: that is nobody who has paid.
	const payment = await rig.value('SELECT payment_id FROM ledger_entry WHERE account_id = $1', [alone.account.id]);
	await askStripe(rig, 'POST', '/refunds', { payment_intent: payment });
	await waitFor('the refund', async () => (await funnel()).others.paid === now.others.paid - 1);
	const [was, is] = [now, await funnel()].map((f) => f.others.money.find((m) => m.currency === 'usd'));
	assert.deepEqual([is.came, is.went, is.yearly], [was.came, was.went - 4900, was.yearly]);
});

// --- the same figures from the same rows, by another way ---

const DAY = 86_400_000;
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

// ISO 8601: the week is of the year that its Thursday is of.
function isoWeek(ms) {
	const thursday = new Date(ms);
	thursday.setUTCHours(0, 0, 0, 0);
	thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
	const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
	return `${thursday.getUTCFullYear()}-W${String(Math.floor((thursday - first) / (7 * DAY)) + 1).padStart(2, '0')}`;
}

const PLANS = { price_solo: ['solo', 1900 * 12], price_quartet: ['quartet', 4900 * 12], price_trial: ['trial', 19000] };

async function everything() {
	const all = {};
	for (const table of ['account', 'referral', 'referral_view', 'customer', 'subscription', 'subscription_item', 'trial', 'ledger_entry'])
		all[table] = (await rig.sql(`SELECT to_jsonb(t) AS row FROM ${table} t`)).map(({ row }) => row);
	return all;
}

function recount(all, by, since, until) {
	const cells = new Map();
	const cell = (key, referred) => {
		const name = JSON.stringify([key, referred]);
		if (!cells.has(name))
			cells.set(name, { key, referred, views: referred ? 0 : null, signups: 0, trials: 0, paid: 0, money: {} });
		return cells.get(name);
	};
	const name = (at, ucc, plan) => ({ week: isoWeek(at), month: day(at).slice(0, 7), referrer: ucc ?? null, plan: plan ?? null })[by];
	for (const v of all.referral_view)
		if (Date.parse(v.day) >= since && Date.parse(v.day) < until)
			cell(name(Date.parse(v.day), v.ucc), true).views += v.views;
	for (const a of all.account) {
		const at = Date.parse(a.created_at);
		if (at < since || at >= until)
			continue;
		const ucc = all.referral.find((r) => r.account_id === a.id)?.ucc;
		const customers = all.customer.filter((c) => (c.account_id ?? c.former_account_id) === a.id && c.livemode !== true).map((c) => c.id);
		const subscriptions = all.subscription.filter((s) => customers.includes(s.customer_id))
			.map((s) => ({ ...s, items: all.subscription_item.filter((i) => i.subscription_id === s.id).sort((x, y) => x.position - y.position) }))
			.sort((x, y) => x.created < y.created || (x.created === y.created && x.id < y.id) ? 1 : -1);
		const pricesOf = (s) => s.items.length ? s.items.map((i) => [i.price, i.quantity ?? s.quantity ?? 1]) : [[s.price, s.quantity ?? 1]];
		const newest = subscriptions.length ? pricesOf(subscriptions[0]) : [];
		const plan = newest.map(([p]) => PLANS[p]?.[0]).find((p) => p) ?? newest[0]?.[0];
		const x = cell(name(at, ucc, plan), ucc !== undefined);
		const money = {};
		const of = (currency) => money[currency] ??= { came: 0, went: 0, yearly: 0 };
		for (const e of all.ledger_entry.filter((l) => l.account_id === a.id && customers.includes(l.customer_id)))
			of(e.currency)[e.kind === 'payment' ? 'came' : 'went'] += e.amount;
		x.signups++;
		x.paid += Object.values(money).some((m) => m.came + m.went > 0) ? 1 : 0;
		for (const s of subscriptions)
			for (const [price, quantity] of ['active', 'past_due'].includes(s.status) && !s.pause ? pricesOf(s) : [])
				if (PLANS[price])
					of('usd').yearly += PLANS[price][1] * quantity;
		x.trials += all.trial.some((t) => t.account_id === a.id) || subscriptions.some((s) => s.trial_end) ? 1 : 0;
		for (const [currency, m] of Object.entries(money)) {
			const sum = x.money[currency] ??= { came: 0, went: 0, yearly: 0 };
			for (const part of ['came', 'went', 'yearly'])
				sum[part] += m[part];
		}
	}
	return [...cells.values()];
}

const NUMBERS = ['signups', 'trials', 'paid'];
const shape = (x) => ({ ...Object.fromEntries(NUMBERS.map((n) => [n, x[n]])), views: x.views ?? 0, money: Array.isArray(x.money) ?
	Object.fromEntries(x.money.map(({ currency, ...m }) => [currency, m])) : x.money });
const isEmpty = (x) => [...NUMBERS, 'views'].every((n) => !x[n]);

function sum(rows) {
	const all = { views: 0, signups: 0, trials: 0, paid: 0, money: {} };
	for (const x of rows.map(shape)) {
		for (const n of [...NUMBERS, 'views'])
			all[n] += x[n];
		for (const [currency, m] of Object.entries(x.money)) {
			const to = all.money[currency] ??= { came: 0, went: 0, yearly: 0 };
			for (const part of ['came', 'went', 'yearly'])
				to[part] += m[part];
		}
	}
	return all;
}

// Rows as no sandbox would make so many of: two years, three currencies, everything at the edges of days.
async function makeUp(count) {
	let seed = 20261127;
	const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
	const pick = (list) => list[random(list.length)];
	const now = Date.now();
	for (let i = 0; i < count; i++) {
		const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
		const midnight = Date.parse(day(now - random(730) * DAY));
		const at = new Date(Math.min(now, midnight + pick([0, 1, DAY - 1, random(DAY)]))).toISOString();
		await rig.sql("INSERT INTO account (id, email, password_hash, created_at) VALUES ($1, $2, 'x', $3)", [id, `made-${i}@example.com`, at]);
		if (random(2))
			await rig.sql("INSERT INTO referral (account_id, ucc, source) VALUES ($1, $2, 'form')", [id, pick(['AAAAAAAAAAA', 'BBBBBBBBBBB', 'CCCCCCCCCCC'])]);
		if (!random(5))
			await rig.sql("INSERT INTO trial (account_id, subscription_id) VALUES ($1, 'sub_x')", [id]);
		for (let c = random(3); c > 0; c--) {
			const customer = `cus_${i}_${c}`;
			await rig.sql('INSERT INTO customer (id, account_id, former_account_id, livemode) VALUES ($1, $2, $3, $4)',
				[customer, c === 1 ? id : null, c === 1 ? null : id, pick([false, false, null, true])]);
			for (let s = random(3); s > 0; s--) {
				const price = pick(['price_solo', 'price_quartet', 'price_trial', 'price_of_nobody']);
				await rig.sql(`INSERT INTO subscription (id, customer_id, status, price, quantity, trial_end, created, livemode, pause)
					VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8)`, [`sub_${i}_${c}_${s}`, customer, pick(['active', 'canceled', 'past_due', 'trialing']),
					price, pick([null, 1, 7]), pick([null, null, null, at]), at, pick([null, null, null, 'void'])]);
				if (random(3))
					for (let t = 0; t <= random(2); t++)
						await rig.sql('INSERT INTO subscription_item (id, subscription_id, customer_id, price, quantity, position) VALUES ($1, $2, $3, $4, $5, $6)',
							[`si_${i}_${c}_${s}_${t}`, `sub_${i}_${c}_${s}`, customer, t ? 'price_seats' : price, pick([null, 3]), t]);
			}
			for (let e = random(4); e > 0; e--) {
				const [currency, amount] = [pick(['usd', 'eur', 'jpy']), 1 + random(9999)];
				const entry = (kind, x) => rig.sql(`INSERT INTO ledger_entry (kind, source_id, customer_id, account_id, currency, amount, booked_at)
					VALUES ($1, $2, $3, $4, $5, $6, now())`, [kind, `${kind}_${i}_${c}_${e}`, customer, id, currency, x]);
				await entry('payment', amount);
				if (!random(3))
					await entry('refund', -pick([amount, 1]));
				if (!random(9))
					await entry('dispute', -amount);
			}
		}
	}
	for (let i = 0; i < 200; i++)
		await rig.sql('INSERT INTO referral_view VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
			[pick(['AAAAAAAAAAA', 'BBBBBBBBBBB', 'DDDDDDDDDDD']), day(now - random(400) * DAY), 1 + random(50)]);
}

test('endpin funnel: each figure is what the rows give when they are counted otherwise, and any split is the whole', async () => {
	await makeUp(150);
	// Nothing of what was done before is still on its way.
	await quiet(rig);
	const all = await everything();
	const today = Date.parse(day(Date.now()));
	for (const [since, until] of [[null, null], [today - 365 * DAY, null], [today - 91 * DAY, today - 14 * DAY], [today - 30 * DAY, today - 29 * DAY], [today, null]]) {
		const args = ['--since', since === null ? 'ever' : day(since), ...until === null ? [] : ['--until', day(until)]];
		const totals = [];
		for (const by of ['week', 'month', 'referrer', 'plan']) {
			const told = await funnel('--by', by, ...args);
			const want = recount(all, by, since ?? 0, until ?? today + DAY);
			const key = (x) => `${x.key} ${x.referred}`;
			assert.deepEqual(Object.fromEntries(told.rows.filter((x) => !isEmpty(x)).map((x) => [key(x), shape(x)])),
				Object.fromEntries(want.map((x) => [key(x), shape(x)]).sort()), `${by} ${args}`);
			assert.equal(new Set(told.rows.map(key)).size, told.rows.length, 'each key once');
			for (const [name, referred] of [['referred', true], ['others', false]])
				assert.deepEqual(shape(told[name]), sum(told.rows.filter((x) => x.referred === referred)), `${by} ${args} ${name}`);
			totals.push([shape(told.referred), shape(told.others)]);
		}
		for (const t of totals)
			assert.deepEqual(t, totals[0], `${args}`);
	}
	// Days side by side leave nothing out and count nothing twice.
	const parts = await Promise.all([['ever', day(today - 200 * DAY)], [day(today - 200 * DAY), day(today - 77 * DAY)], [day(today - 77 * DAY), day(today + DAY)]]
		.map(([since, until]) => funnel('--since', since, '--until', until)));
	const whole = await funnel('--since', 'ever');
	for (const name of ['referred', 'others'])
		assert.deepEqual(sum(parts.map((p) => p[name])), shape(whole[name]));
	// Every week is there, empty or not, each twice, in its order.
	const weeks = whole.rows.map((r) => r.key);
	assert.deepEqual(weeks, [...weeks].sort());
	assert.equal(new Set(weeks).size * 2, weeks.length);
	assert.equal(weeks[0], isoWeek(Math.min(...all.account.map((a) => Date.parse(a.created_at)), ...all.referral_view.map((v) => Date.parse(v.day)))));
	assert.equal(weeks[weeks.length - 1], isoWeek(today));
});

test('endpin funnel: referrers come in the order that is wished for', async () => {
	const keys = async (...args) => (await funnel('--by', 'referrer', '--since', 'ever', ...args)).rows.filter((r) => r.referred);
	const money = (r, currency) => r.money.find((m) => m.currency === currency) ?? { came: 0, went: 0, yearly: 0 };
	for (const [args, of] of [[[], (r) => r.paid], [['--order', 'signups'], (r) => r.signups], [['--order', 'views'], (r) => r.views],
		[['--order', 'yearly'], (r) => money(r, 'usd').yearly],
		[['--order', 'came', '--currency', 'eur'], (r) => money(r, 'eur').came + money(r, 'eur').went]]) {
		const figures = (await keys(...args)).map(of);
		assert.deepEqual(figures, [...figures].sort((a, b) => b - a), `${args}`);
		assert.ok(figures.length >= 5);
	}
});

test('endpin funnel: a table, bars and a picture', async () => {
	const table = await rig.endpin('funnel');
	assert.match(table, /^Signed up since \d{4}-\d\d-\d\d and before \d{4}-\d\d-\d\d, days of UTC$/m);
	assert.match(table, /^WEEK +REFERRED +VIEWS +SIGNUPS +OF VIEWS +TRIALS +PAID +OF THEM$/m);
	assert.match(table, /^\d{4}-W\d\d +yes +\d/m);
	assert.match(table, /^all +yes +\d+ +\d+ +[\d.]+% +\d+ +\d+ +[\d.]+%$/m);
	assert.match(table, /^all +no +- +\d+ +- /m);
	assert.match(table, /^all +yes +usd +\d+ +-?\d+ +\d+$/m);
	for (const LC_ALL of ['C', 'C.UTF-8']) {
		const chart = await run(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, 'funnel', '--chart'], { env: { LC_ALL } });
		assert.match(chart, LC_ALL === 'C' ? /^ {2}views +#+ +\d+$/m : /^ {2}views +█+ +\d+$/m);
		assert.ok(!chart.includes('\u001b'), 'no colour where no terminal is');
		for (const line of chart.split('\n'))
			assert.ok([...line].length <= 80, `${[...line].length} columns: ${line}`);
	}
	const svg = await rig.endpin('funnel', '--svg', '-');
	assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img"/);
	assert.ok(svg.trim().endsWith('</svg>'));
	const file = join(rig.dir, 'funnel.svg');
	await rig.endpin('funnel', '--svg', file);
	assert.equal(readFileSync(file, 'utf8'), svg);
	for (const wrong of [['--by', 'moon'], ['--svg', file, '--json'], ['--since', '2026-13-01'], ['--since', '2026-11-01', '--until', '2026-11-01'], ['--order', 'moon']])
		await assert.rejects(rig.endpin('funnel', ...wrong), (e) => e.code === 2, wrong.join(' '));
	await assert.rejects(rig.endpin('funnel', '--svg', join(rig.dir, 'nowhere', 'x.svg')), (e) => e.code === 1);
});
