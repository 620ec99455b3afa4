/*
 * Talking to endpin: JSON out, JSON in, every call with a deadline.  Addresses
 * are relative to the page, so that all of it may live below a prefix.
 */

/* Longer than endpin's own limit for the calls that wait for Stripe. */
const DEADLINE_MS = 30_000;
const TWIN_TURNS = 10;

/* status 0: no answer at all, so nobody knows whether the request arrived. */
export class ApiError extends Error {
	constructor(status, problem = {}, retryAfter = 0) {
		super(problem.title ?? `HTTP ${status}`);
		this.status = status;
		this.code = problem.code ?? "";
		this.title = problem.title ?? "";
		this.errors = Array.isArray(problem.errors) ? problem.errors : [];
		this.retryAfter = retryAfter;
	}
}

/*
 * For .catch(): go on with `value` where endpin could not be had.  Any other
 * fault is the page's own and is nobody's to hide.
 */
export const instead = (value) => (error) => {
	if (error instanceof ApiError)
		return value;
	throw error;
};

/* For .catch(): the ApiError itself as the value, to be looked at. */
export const asValue = (error) => instead(error)(error);

/* Retry-After is either seconds or a date (RFC 9110, 10.2.3). */
function secondsOf(header) {
	if (!header)
		return 0;
	const seconds = /^\d+$/.test(header) ?
	    Number(header) : (Date.parse(header) - Date.now()) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

/* What browsers reject with when the network fails, or the deadline passes. */
const isOfNetwork = (error) =>
	error instanceof TypeError || error.name === "AbortError";

/* Nothing but the network can fail between here and the text. */
async function ask(path, options) {
	try {
		const answer = await fetch(path, options);
		return [answer, await answer.text()];
	} catch (error) {
		throw isOfNetwork(error) ? new ApiError(0) : error;
	}
}

/* undefined: this is no JSON, so it is not endpin's. */
function parse(text) {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError)
			return undefined;
		throw error;
	}
}

async function call(method, path, body) {
	const headers = { Accept: "application/json, application/problem+json" };
	if (body !== undefined)
		headers["Content-Type"] = "application/json";

	/* AbortSignal.timeout() is younger than some browsers. */
	const deadline = new AbortController();
	const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
	const options = { method, headers, cache: "no-store",
	    body: body === undefined ? undefined : JSON.stringify(body),
	    signal: deadline.signal };
	const [answer, text] = await ask(path, options)
	    .finally(() => clearTimeout(timer));

	/* The web server in front may answer in HTML when endpin is away. */
	const value = text ? parse(text) : null;
	if (!answer.ok)
		throw new ApiError(answer.status, value ?? {},
		    secondsOf(answer.headers.get("Retry-After")));
	/* The login page of somebody's wireless network, for one. */
	if (value === undefined)
		throw new ApiError(0);
	return value;
}

const inSeconds = (n) => new Promise((done) => setTimeout(done, n * 1000));

/*
 * Where the same may be under way from another tab: asked again while it is,
 * for its answer is ours as well.
 */
export async function postWithTwins(path, body) {
	for (let left = TWIN_TURNS;; left--) {
		const answer = await post(path, body).catch(asValue);
		if (!(answer instanceof ApiError))
			return answer;
		if (answer.code !== "order_in_progress" || left === 0)
			throw answer;
		await inSeconds(answer.retryAfter);
	}
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
