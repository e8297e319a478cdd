// A logger that writes to the socket of a syslog daemon, in both of its modes.
const fs = require('node:fs');
const winston = require('winston');
const { Syslog } = require('winston-syslog');
const unix = require('unix-dgram');

const where = process.argv[2];

function listen(onText) {
  const server = unix.createSocket('unix_dgram', (msg) => onText(String(msg)));
  server.bind(where);
  return server;
}

function loggerOf(protocol) {
  const transport = new Syslog({
    protocol, path: where, localhost: null, app_name: 'a_program',
  });
  return { transport, logger: winston.createLogger({ transports: [transport],
                                                     levels: winston.config.syslog.levels }) };
}

async function log(protocol) {
  const got = [];
  let onText = () => {};
  const server = listen((text) => got.push(text) && onText());
  const { transport, logger } = loggerOf(protocol);
  const errors = [];
  transport.on('error', (err) => errors.push(err.syscall));
  const all = new Promise((resolve) => {
    onText = () => got.length === 50 && resolve();
  });
  for (let i = 0; i < 50; i++) {
    logger.info(`line ${i}`);
    // The daemon's queue is short.
    if (i % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await all;
  console.log(protocol, got.every((text, i) => text.includes(`line ${i}`)), got[0].slice(0, 4),
              errors.length);
  const closed = new Promise((resolve) => transport.once('closed', resolve));
  logger.close();
  await closed;
  server.close();
  fs.unlinkSync(where);
}

async function main() {
  await log('unix');
  await log('unix-connect');
  const { logger } = loggerOf('unix-connect');
  const failed = new Promise((resolve) => logger.once('error', resolve));
  logger.info('nobody listens');
  // The package aborts the process here: the transport closes the socket twice.
  console.log('without a daemon:', (await failed).syscall);
}

main();
