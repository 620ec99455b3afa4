/* Talking to endpin: JSON out, JSON in, every call with a deadline. */

/* Longer than endpin's own limit for the calls that wait for Stripe. */
const DEADLINE_MS = 30_000;

/* status 0: no answer at all, so nobody knows whether the request arrived. */
export class ApiError extends Error {
	constructor(status, problem = {}, retryAfter = 0) {
		super(problem.title ?? `HTTP ${status}`);
		this.status = status;
		this.code = problem.code ?? "";
		this.detail = problem.detail ?? "";
		this.errors = Array.isArray(problem.errors) ? problem.errors : [];
		this.retryAfter = retryAfter;
	}
}

/* Retry-After is either seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header) {
	if (!header)
		return 0;
	const seconds = /^\d+$/.test(header) ?
	    Number(header) : (Date.parse(header) - Date.now()) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

async function call(method, path, body) {
	const headers = { Accept: "application/json, application/problem+json" };
	if (body !== undefined)
		headers["Content-Type"] = "application/json";

	let answer, text;
	try {
		answer = await fetch(path, {
			method,
			headers,
			body: body === undefined ? undefined : JSON.stringify(body),
			cache: "no-store",
			signal: AbortSignal.timeout(DEADLINE_MS),
		});
		text = await answer.text();
	} catch {
		throw new ApiError(0);
	}

	/* The web server in front may answer in HTML when endpin is away. */
	let value;
	try {
		value = text ? JSON.parse(text) : null;
	} catch {
		value = null;
	}
	if (!answer.ok)
		throw new ApiError(answer.status, value ?? {},
		    secondsOf(answer.headers.get("Retry-After")));
	return value;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);

/* What to tell a person when the answer says nothing about their input. */
export function apology(error) {
	const again = error.retryAfter > 0 ?
	    `Please try again in ${error.retryAfter} ` +
	    `${error.retryAfter === 1 ? "second" : "seconds"}.` :
	    "Please try again in a moment.";

	switch (error.status) {
	case 0:
		return "We got no answer, so we cannot tell whether that worked. " +
		    "Check your connection, then try again.";
	case 409:
		/* Trying again would not help: the title says what would. */
		return error.message;
	case 429:
		return `That was a lot of attempts in a short time. ${again}`;
	case 503:
		return `We cannot do this right now; nothing was changed. ${again}`;
	default:
		return `Something went wrong on our side. ${again}`;
	}
}
