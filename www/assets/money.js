/* Prices and dates in the language that the page is written in. */

const language = document.documentElement.lang;

/*
 * Stripe counts these in other minor units than ISO 4217 does
 * (docs.stripe.com/currencies, "special cases").
 */
const STRIPE_DIGITS = { ISK: 2, UGX: 2, MGA: 0 };

/* `amount` is in the currency's minor units: cents, but whole yen. */
export function price(amount, currency) {
	const code = currency.toUpperCase();
	const style = { style: "currency", currency: code };
	const digits = STRIPE_DIGITS[code] ??
	    new Intl.NumberFormat(language, style)
	    .resolvedOptions().maximumFractionDigits;
	const value = amount / 10 ** digits;
	return new Intl.NumberFormat(language, {
		...style,
		minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
		maximumFractionDigits: digits,
	}).format(value);
}

export function day(timestamp) {
	return new Intl.DateTimeFormat(language, { dateStyle: "long" })
	    .format(new Date(timestamp));
}
