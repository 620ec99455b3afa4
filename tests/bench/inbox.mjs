// SPDX-License-Identifier: MIT
//
// What is in an inbox and comes into it: which event is about what, and what both are called.
//
// Ids tell when, as Stripe's do (deploy/sandbox/ids.mjs): what comes now sorts beside what came just before, whatever else is
// kept.
//
// When a subscription renews, four events are about an invoice that nobody has heard of yet, and a fifth is about the
// subscription, which is as old as the customer.

import { beginsAt, spellNumber, ACCOUNT, DIGITS, SINCE } from '../../deploy/sandbox/ids.mjs';

// For numbers that come in no order, but each once, and in another order the next time: primes.
const STEP = 999983, OTHER_STEP = 7919;
const FOUR_DIGITS = 62 ** 4;

const OF_INVOICE = 4, EACH = OF_INVOICE + 1;	// events of a renewal, the subscription's last
const AT_ONCE = 100;		// renewals beside each other
export const KEPT_S = 365 * 86400;
const MONTHS = 12;		// in each of which each subscription renews
export const SUBSCRIBED_S = 3 * KEPT_S;	// in which people have subscribed, evenly
const SUBSCRIPTIONS_LEAST = 100000;	// more than renew while somebody measures: none does twice in an hour

const spelt = (n, length) => Array.from({ length }, (_, i) =>
	`substr('${DIGITS}', (${n} / ${62 ** (length - 1 - i)} % 62)::int + 1, 1)`).join(' || ');

// Of the i-th in second `t` of those that end in the four digits of `run`; and that as SQL, of columns.
export const idOf = (prefix, t, i, run) => `${prefix}_${beginsAt(t)}${spellNumber(i * STEP % FOUR_DIGITS, 4)}${run}`;
export const idSql = (prefix, t, i, run) => `'${prefix}_1' || ${spelt(`(${t} - ${SINCE})`, 5)} || '${ACCOUNT}' || ${spelt(`(${i} * ${STEP} % ${FOUR_DIGITS})`, 4)} || '${run}'`;
export const randomRun = () => spellNumber(Math.floor(Math.random() * FOUR_DIGITS), 4);

// Of the i-th event from 0: its renewal's number, its renewal's first event, and whether it is the subscription's. Where no
// subscription is known there are invoices alone.
export const renewalOf = (i, known) => Math.floor(i / AT_ONCE / (known ? EACH : OF_INVOICE)) * AT_ONCE + i % AT_ONCE;
export const renewalSql = `i / ${AT_ONCE * EACH} * ${AT_ONCE} + i % ${AT_ONCE}`;
export const firstSql = `i / ${AT_ONCE * EACH} * ${AT_ONCE * EACH} + i % ${AT_ONCE}`;
export const ofSubscription = (i) => Math.floor(i / AT_ONCE) % EACH === EACH - 1;
export const ofSubscriptionSql = `i / ${AT_ONCE} % ${EACH} = ${EACH - 1}`;

// How much an inbox with so many events holds.
export const renewalsOf = (events) => Math.floor(events / EACH);
export const subscriptionsOf = (events) => Math.max(Math.floor(events / EACH / MONTHS), SUBSCRIPTIONS_LEAST);

const subscribedAt = (n, all) => `(${all.since} + ${n} * ${SUBSCRIBED_S} / ${all.n})`;

// As SQL: the subscription of a renewal that is kept, each once before one comes again, and its id. `all`: how many there
// are, and since when.
export const renewedSql = (renewal, all) => `(${renewal}) * ${STEP} % ${all.n}`;
export const subscriptionSql = (n, all) => idSql('sub', subscribedAt(n, all), n, 'kept');

// The subscription of the i-th renewal that comes: no neighbour of those before it, in the table neither.
export function subscriptionOf(all, i) {
	const n = i * OTHER_STEP % all.n;
	return idOf('sub', all.since + Math.floor(n * SUBSCRIBED_S / all.n), n, 'kept');
}
