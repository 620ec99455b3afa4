// SPDX-License-Identifier: MIT
//
// nginx or Apache in front of a rig, with the files of deploy/ as they are shipped but for their two paths.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDir } from './files.mjs';

function adapt(file, { dir, www }) {
	const text = readFileSync(file, 'utf8');
	writeFileSync(file, text.replaceAll('/run/endpin/', `${dir}/`).replaceAll('/usr/local/share/endpin/www', www));
}

export function nginx({ stage, dir, port, extra = '' }) {
	const conf = makeDir(join(dir, 'nginx'), 0o755);
	cpSync(join(stage, 'nginx'), join(conf, 'endpin'), { recursive: true });
	for (const name of readdirSync(join(conf, 'endpin')))
		adapt(join(conf, 'endpin', name), { dir, www: join(stage, 'www') });
	const temp = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi']
		.map((name) => `	${name}_temp_path ${makeDir(join(conf, name))};`).join('\n');
	writeFileSync(join(conf, 'nginx.conf'), `daemon off;
pid ${conf}/nginx.pid;
worker_processes 2;
error_log ${dir}/nginx-error.log notice;
events {
	worker_connections 2048;
}
http {
	include /etc/nginx/mime.types;
	server_tokens off;
${temp}
	include endpin/endpin.conf;
	access_log ${dir}/nginx-access.log endpin;
	server {
		listen 127.0.0.1:${port} backlog=1024;
		server_name 127.0.0.1;
		include endpin/endpin-locations.conf;
${extra}
	}
}
`);
	return { command: '/usr/sbin/nginx', args: ['-p', conf, '-c', 'nginx.conf', '-e', `${dir}/nginx-error.log`], stop: 'SIGQUIT' };
}

const MODULES = ['mpm_event', 'authz_core', 'alias', 'dir', 'mime', 'headers', 'setenvif', 'unique_id', 'log_config', 'proxy', 'proxy_fcgi', 'unixd'];
const BUILT_IN = ['log_config', 'unixd'];

export function apache({ stage, dir, port }) {
	const conf = makeDir(join(dir, 'apache'), 0o755);
	cpSync(join(stage, 'apache', 'endpin.conf'), join(conf, 'endpin.conf'));
	adapt(join(conf, 'endpin.conf'), { dir, www: join(stage, 'www') });
	mkdirSync(join(conf, 'empty'));
	const modules = MODULES.filter((name) => !BUILT_IN.includes(name))
		.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n');
	writeFileSync(join(conf, 'apache2.conf'), `ServerRoot ${conf}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${dir}/apache.pid
DefaultRuntimeDir ${dir}
Mutex pthread
ErrorLog ${dir}/apache-error.log
LogLevel warn
${modules}
TypesConfig /etc/mime.types
AddType text/javascript .js
<VirtualHost 127.0.0.1:${port}>
	DocumentRoot ${conf}/empty
	Include endpin.conf
	CustomLog ${dir}/apache-access.log endpin
</VirtualHost>
`);
	return { command: '/usr/sbin/apache2', args: ['-d', conf, '-f', 'apache2.conf', '-DFOREGROUND'], stop: 'SIGTERM' };
}
