// SPDX-License-Identifier: MIT
//
// Stripe's way to say no.

export class StripeError extends Error {
	constructor(status, fields) {
		super(fields.message);
		this.status = status;
		this.fields = fields;
	}

	body() {
		const { type = 'invalid_request_error', code, ...rest } = this.fields;
		const error = code === undefined ? { ...rest, type }
			: { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`, ...rest, type };
		return { error };
	}
}

export const invalid = (message, param, code) => new StripeError(400, { message, param, code });

export const unknownParam = (param) =>
	invalid(`Received unknown parameter: ${param}`, param, 'parameter_unknown');

export const missingParam = (param) =>
	invalid(`Missing required param: ${param}.`, param, 'parameter_missing');

export const exclusiveParams = (...names) =>
	invalid(`You may only specify one of these parameters: ${names.join(', ')}.`, names[0], 'parameters_exclusive');

export const emptyParam = (param) => invalid(
	`You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however ` +
	`'${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
	param, 'parameter_invalid_empty');

// An id in the path that names nothing is 404; one among the parameters is 400.
export const noSuch = (what, id, param, status = 404) =>
	new StripeError(status, { message: `No such ${what}: '${id}'`, param, code: 'resource_missing' });

export const cardError = (message, code, declineCode) =>
	new StripeError(402, { type: 'card_error', message, code, decline_code: declineCode });
