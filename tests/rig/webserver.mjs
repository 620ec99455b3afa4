// SPDX-License-Identifier: MIT
//
// nginx or Apache in front of a rig, with the files of deploy/ as configure makes them, but for this rig's paths.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDir } from './files.mjs';

const AUTH = '127.0.0.1:7780';		// as deploy/apache/endpin.conf has it

// A copy of `from`, in which NAME is made of each NAME.in as configure would.
function make(from, to, { limit, ...paths }) {
	cpSync(from, to, { recursive: true });
	for (const name of readdirSync(to).filter((n) => /\.conf(\.in)?$/.test(n)).sort()) {
		const text = readFileSync(join(to, name), 'utf8').replace(/@(\w+)@/g, (_, path) => paths[path])
			.replaceAll(AUTH, paths.auth ?? AUTH).replace(/(timeout[=\t]+)30/g, (all, what) => limit ? `${what}${limit}` : all);
		rmSync(join(to, name));
		writeFileSync(join(to, name.replace(/\.in$/, '')), text);
	}
}

// `limit`: seconds, instead of the 30 that a web server waits for endpin.
const paths = ({ stage, dir, prefix = '', auth, limit }) => ({ rundir: dir, wwwdir: join(stage, 'www'), webprefix: prefix, auth, limit });

// What a site has that is only endpin.
const NGINX_SITE = `
		include endpin/endpin-api.conf;
		include endpin/endpin-pages.conf;
		error_page 404 /endpin-not-found;
		location / {
			return 404;
		}`;

// `site`: what is in server { }; `extra` comes behind it, and `http` behind the server. `name`: of the folder. Without
// `endpin` it knows none.
export function nginx({ port, extra = '', http = '', site = NGINX_SITE, name = 'nginx', endpin = true, ...rig }) {
	const { dir } = rig;
	const conf = makeDir(join(dir, name), 0o755);
	make(join(rig.stage, 'nginx'), join(conf, 'endpin'), paths(rig));
	const temp = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi']
		.map((name) => `	${name}_temp_path ${makeDir(join(conf, name))};`).join('\n');
	writeFileSync(join(conf, 'nginx.conf'), `daemon off;
pid ${conf}/nginx.pid;
worker_processes 2;
error_log ${dir}/${name}-error.log notice;
events {
	worker_connections 2048;
}
http {
	include /etc/nginx/mime.types;
	server_tokens off;
${temp}
${endpin ? `	include endpin/endpin.conf;
	access_log ${dir}/${name}-access.log endpin;` : '	access_log off;'}
	server {
		listen 127.0.0.1:${port} backlog=1024;
		server_name 127.0.0.1;
${site}
${extra}
	}
${http}
}
`);
	return { command: '/usr/sbin/nginx', args: ['-p', conf, '-c', 'nginx.conf', '-e', `${dir}/${name}-error.log`], stop: 'SIGQUIT' };
}

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'authnz_fcgi', 'alias', 'asis', 'dir', 'mime', 'headers', 'setenvif', 'unique_id',
	'log_config', 'proxy', 'proxy_fcgi', 'proxy_http', 'unixd'];
const BUILT_IN = ['log_config', 'unixd'];

const APACHE_SITE = `
	Include endpin/endpin-api.conf
	Include endpin/endpin-pages.conf
	ErrorDocument 404 /404.html`;

export function apache({ port, extra = '', site = APACHE_SITE, name = 'apache', endpin = true, ...rig }) {
	const { dir } = rig;
	const conf = makeDir(join(dir, name), 0o755);
	make(join(rig.stage, 'apache'), join(conf, 'endpin'), { ...paths(rig), endpinconfdir: conf });
	cpSync(join(conf, 'endpin'), join(conf, 'apache'), { recursive: true });
	mkdirSync(join(conf, 'empty'));
	const modules = MODULES.filter((name) => !BUILT_IN.includes(name))
		.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n');
	writeFileSync(join(conf, 'apache2.conf'), `ServerRoot ${conf}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${conf}/apache.pid
DefaultRuntimeDir ${conf}
Mutex pthread
ErrorLog ${dir}/${name}-error.log
LogLevel warn
${modules}
TypesConfig /etc/mime.types
AddType text/javascript .js
${endpin ? 'Include endpin/endpin.conf' : ''}
<VirtualHost 127.0.0.1:${port}>
	DocumentRoot ${conf}/empty
${endpin ? `	CustomLog ${dir}/${name}-access.log endpin` : ''}
${site}
${extra}
</VirtualHost>
`);
	return { command: '/usr/sbin/apache2', args: ['-d', conf, '-f', 'apache2.conf', '-DFOREGROUND'], stop: 'SIGTERM' };
}
