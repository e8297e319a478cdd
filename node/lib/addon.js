'use strict';
// The addon, for the modules that use it. Without it, requiring this file throws.
const { addon, error } = require('./load_addon').load();
if (error !== undefined) throw error;

module.exports = addon;
