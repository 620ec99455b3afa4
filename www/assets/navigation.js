/* Where a page may send its visitor. */

/*
 * The `next` parameter as a path of this site, or null.  It comes from the
 * URL, so anybody can write it.  A path that starts with two slashes, or a
 * slash and a backslash, is another site to a browser; one such as "/.//x"
 * becomes that only once it is resolved, hence the second look.
 */
export function nextPath() {
	const wanted = new URLSearchParams(location.search).get("next");
	if (!wanted || !/^\/(?!\/)[\w\-.~!$&'()*+,;=:@%\/?]*$/.test(wanted))
		return null;
	const url = new URL(wanted, location.origin);
	if (url.origin !== location.origin || url.pathname.startsWith("//"))
		return null;
	return url.pathname + url.search;
}

/* A link to `page` that comes back to `next`; slashes stay readable. */
export function withNext(page, next) {
	return next === null ? page :
	    `${page}?next=${encodeURIComponent(next).replaceAll("%2F", "/")}`;
}

/* Follow an address that our server handed out, if it is a web address. */
export function leaveFor(address) {
	const url = new URL(address, location.origin);
	if (url.protocol !== "https:" && url.protocol !== "http:")
		throw new TypeError("not a web address");
	location.assign(url.href);
}
