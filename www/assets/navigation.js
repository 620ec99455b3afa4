/* Where a page may send its visitor, and what the next page is to know. */

/*
 * `next`: a path of this site with its query, or null.  It was encoded once
 * (encodeURIComponent) and is decoded once; what is left is an address, as it
 * is, and nobody decodes or filters it any more.  It comes from the URL, so
 * anybody can write it: a path that begins with two slashes, or a slash and a
 * backslash, is another site to a browser, and the last word has the browser's
 * own reading of it.
 */
export function nextPath() {
	const wanted = new URLSearchParams(location.search).get("next") ?? "";
	if (!/^\/(?![/\\])/.test(wanted))
		return null;
	try {
		return new URL(wanted, location.origin).origin === location.origin ?
		    wanted : null;
	} catch {
		return null;	/* no address at all, as "/\t/[" is none */
	}
}

/* Go to what nextPath() said, or else to a page beside this one. */
export function follow(next, page) {
	location.assign(new URL(next ?? page,
	    next === null ? location.href : location.origin));
}

/* A page beside this one as a path of the site, for `next`. */
export function pathTo(page) {
	const url = new URL(page, location.href);
	return url.pathname + url.search;
}

/* A link to `page` that comes back to `next`. */
export function withNext(page, next) {
	return next === null ? page : `${page}?next=${encodeURIComponent(next)}`;
}

/*
 * To the login page and back, to `page` or to here.  `ended`: there was a
 * session, and the visitor is told that it is over.
 */
export function toLogin({ ended = false, page = location.href }) {
	if (ended)
		leave("session-ended", "1");
	location.replace(withNext("login", pathTo(page)));
}

/* Follow an address that our server handed out, if it is a web address. */
export function leaveFor(address) {
	const url = new URL(address, location.href);
	if (url.protocol !== "https:" && url.protocol !== "http:")
		throw new TypeError("not a web address");
	location.assign(url.href);
}

/* The note that somebody went to pay; taken when they come back. */
export const LEFT_FOR_CHECKOUT = "left-for-checkout";

/* Leave a note for the next page of this tab, where the browser allows it. */
export function leave(name, text) {
	try {
		sessionStorage.setItem(name, text);
	} catch {
		/* Whoever forbids it is asked once more on the next page. */
	}
}

/* Take it: "" if there is none. */
export function take(name) {
	try {
		const text = sessionStorage.getItem(name) ?? "";
		sessionStorage.removeItem(name);
		return text;
	} catch {
		return "";
	}
}
