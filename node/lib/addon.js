'use strict';
// The addon, for the modules that need it. They are loaded only where it loads.
const { addon, error } = require('./native').load();
if (error !== undefined) throw error;

module.exports = addon;
